// SPDX-License-Identifier: MIT

/// A network's tensors by their published names, with what a checkpoint says beside them.
///
/// The container is the field's: `{state_dict, epoch, best_mAP}`, or the tensors alone.
public struct Checkpoint {
    /// A plain value beside the tensors.
    public enum Field: Equatable, Sendable {
        case integer(Int)
        case number(Double)
        case text(String)
    }

    /// What stood around the tensors in a file, and beside them, that they were read without.
    public struct Surroundings: Equatable, Sendable {
        /// The keys of the dictionaries that they were under, the outermost first.
        public var keys: [String]
        /// What was taken off the front of every name.
        public var prefix: String
        /// The names of what was among them and is no tensor.
        public var others: [String]
        /// Classes and functions that the file names; what they would have made was left out.
        public var foreignClasses: [String]

        public init(keys: [String] = [], prefix: String = "", others: [String] = [], foreignClasses: [String] = []) {
            self.keys = keys
            self.prefix = prefix
            self.others = others
            self.foreignClasses = foreignClasses
        }
    }

    /// Names and tensors in the file's order.
    public var entries: [(name: String, tensor: Tensor)]
    /// What stands beside the tensors: `epoch`, `best_mAP`. Values that are no single number or text are left out.
    public var fields: [String: Field]
    public var surroundings = Surroundings()

    public init(_ entries: [(name: String, tensor: Tensor)], fields: [String: Field] = [:]) {
        self.entries = entries
        self.fields = fields
    }

    /// The tensors by name.
    public var tensors: [String: Tensor] {
        Dictionary(entries.map { ($0.name, $0.tensor) }) { $1 }
    }

    /// The number of finished epochs.
    public var epoch: Int? {
        if case .integer(let epoch)? = fields["epoch"] { epoch } else { nil }
    }

    /// The best validation score so far, under the field's key `best_mAP`; a camera network's is its accuracy.
    public var bestScore: Double? {
        switch fields["best_mAP"] {
        case .number(let score): score
        case .integer(let score): Double(score)
        default: nil
        }
    }

    /// Where the field's checkpoints keep their tensors.
    public static let usualKey = "state_dict"
    /// What data-parallel training puts before every name.
    static let parallelPrefix = "module."
}

extension Checkpoint {
    /// Reads a checkpoint's tensors.
    ///
    /// - Throws: As ``PyTorchFile/init(readingFrom:)`` and ``PyTorchFile/checkpoint(under:)``.
    public init(readingFrom path: String, under key: String? = nil) throws {
        self = try PyTorchFile(readingFrom: path).checkpoint(under: key)
    }
}

extension PyTorchFile {
    /// The tensors and fields of the file; a leading `module.` that all names have is taken off.
    ///
    /// - Parameter key: The key of the dictionary that the tensors are in; several, from the outermost in, are joined by
    ///   dots. Without it the usual ones are tried, then the dictionary with the most tensors is taken.
    /// - Throws: ``TensorError/noStateDictionary(path:key:found:)`` with the keys that are there,
    ///   ``TensorError/severalStateDictionaries(path:keys:)`` where none stands out,
    ///   ``TensorError/foreignClass(path:name:)`` where all is inside an object;
    ///   ``TensorError/malformed(path:format:reason:)`` where the elements are damaged.
    /// - Complexity: reads every tensor of the dictionary, and nothing else but single numbers.
    public func checkpoint(under key: String? = nil) throws -> Checkpoint {
        let state = try storedState(under: key)
        let stored = state.tensors
        let read = try tensors(stored.map(\.tensor))
        let names = PyTorchFile.withoutParallelPrefix(stored.map(\.name))
        var checkpoint = Checkpoint(zip(names, read).map { (name: $0, tensor: $1) }, fields: try fields(beside: state))
        checkpoint.surroundings = Checkpoint.Surroundings(
            keys: state.keys, prefix: names == stored.map(\.name) ? "" : Checkpoint.parallelPrefix,
            others: state.others, foreignClasses: foreignClasses)
        return checkpoint
    }

    /// The types and shapes of the tensors, without reading one, under the names of ``checkpoint(under:)``.
    public func header(under key: String? = nil) throws -> [String: StoredTensor] {
        let stored = try storedState(under: key).tensors
        let names = PyTorchFile.withoutParallelPrefix(stored.map(\.name))
        return Dictionary(uniqueKeysWithValues: zip(names, stored.map(\.tensor)))
    }

    /// - Throws: As ``checkpoint(under:)``.
    func storedState(under key: String?) throws -> StateSearch.Found {
        if case .opaque(let name) = value { throw TensorError.foreignClass(path: source.path, name: name) }
        let missing = { (found: [String]) in
            TensorError.noStateDictionary(path: source.path, key: key ?? Checkpoint.usualKey, found: found)
        }
        guard case .mapping(let root) = value else { throw missing([]) }
        let search = StateSearch(root)
        if let key {
            guard let found = search.under(key) else { throw missing(search.all.map(\.name).filter { !$0.isEmpty }) }
            return found
        }
        let best = search.best
        guard let found = best.first else { throw missing(root.keysInWords) }
        guard best.count == 1 else {
            throw TensorError.severalStateDictionaries(path: source.path, keys: best.map(\.name))
        }
        return found
    }

    private static func withoutParallelPrefix(_ names: [String]) -> [String] {
        let prefix = Checkpoint.parallelPrefix
        guard names.allSatisfy({ $0.hasPrefix(prefix) }) else { return names }
        return names.map { String($0.dropFirst(prefix.count)) }
    }

    func fields(beside state: StateSearch.Found) throws -> [String: Checkpoint.Field] {
        guard case .mapping(let root) = value, !state.keys.isEmpty else { return [:] }
        var fields: [String: Checkpoint.Field] = [:]
        for entry in root.entries {
            // The key of the tensors is no field's, whatever is under it here.
            guard case .text(let name) = entry.key, name != Checkpoint.usualKey else { continue }
            fields[name] = try field(entry.value)
        }
        return fields
    }

    private func field(_ value: Value) throws -> Checkpoint.Field? {
        switch value {
        case .integer(let number): return .integer(number)
        case .float(let number): return .number(number)
        case .text(let text): return .text(text)
        // The camera network's score is a tensor of one element.
        case .tensor(let stored) where stored.shape.allSatisfy { $0 == 1 }:
            let tensor = try tensor(stored)
            switch tensor.elementType {
            case .float32: return .number(Double(try tensor.scalar()))
            case .int64: return .integer(try tensor.integers()[0])
            default: return nil
            }
        default: return nil
        }
    }
}
