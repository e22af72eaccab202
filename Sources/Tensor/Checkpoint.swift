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

    /// Names and tensors in the file's order.
    public var entries: [(name: String, tensor: Tensor)]
    /// What stands beside the tensors: `epoch`, `best_mAP`. Values that are no single number or text are left out.
    public var fields: [String: Field]

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
    /// - Parameter key: Where they are, unless the file holds nothing but tensors; OpenUnReID's pairs of networks are
    ///   under `state_dict_1` and `state_dict_2`.
    /// - Throws: As ``PyTorchFile/init(readingFrom:)`` and ``PyTorchFile/checkpoint(under:)``.
    public init(readingFrom path: String, under key: String = usualKey) throws {
        self = try PyTorchFile(readingFrom: path).checkpoint(under: key)
    }
}

extension PyTorchFile {
    /// The tensors and fields of the file; a leading `module.` that all names have is taken off.
    ///
    /// - Throws: ``TensorError/noStateDictionary(path:key:found:)`` with the keys that are there;
    ///   ``TensorError/malformed(path:format:reason:)`` where the dictionary holds something that is no tensor, or the
    ///   elements are damaged.
    /// - Complexity: reads every tensor of the dictionary, and nothing else but single numbers.
    public func checkpoint(under key: String = Checkpoint.usualKey) throws -> Checkpoint {
        let (names, stored) = try storedState(under: key)
        let read = try tensors(stored)
        return Checkpoint(
            zip(PyTorchFile.withoutParallelPrefix(names), read).map { (name: $0, tensor: $1) }, fields: try fields())
    }

    /// The types and shapes of the tensors, without reading one, under the names of ``checkpoint(under:)``.
    public func header(under key: String = Checkpoint.usualKey) throws -> [String: StoredTensor] {
        let (names, stored) = try storedState(under: key)
        return Dictionary(uniqueKeysWithValues: zip(PyTorchFile.withoutParallelPrefix(names), stored))
    }

    private func storedState(under key: String) throws -> (names: [String], tensors: [StoredTensor]) {
        let missing = { (found: [String]) in
            TensorError.noStateDictionary(path: source.path, key: key, found: found)
        }
        guard case .mapping(let root) = value else { throw missing([]) }
        let state: Mapping
        if case .mapping(let inner)? = root[key] {
            state = inner
        } else if !root.entries.isEmpty, root.entries.allSatisfy(\.value.isTensor) {
            state = root
        } else {
            throw missing(root.keys)
        }
        var names: [String] = []
        var tensors: [StoredTensor] = []
        for entry in state.entries {
            guard case (.text(let name), .tensor(let tensor)) = entry else {
                throw Origin(path: source.path, format: format).malformed(
                    "the dictionary under '\(key)' holds \(entry.key.inWords), which is no name of a tensor")
            }
            names.append(name)
            tensors.append(tensor)
        }
        return (names, tensors)
    }

    private static func withoutParallelPrefix(_ names: [String]) -> [String] {
        let prefix = Checkpoint.parallelPrefix
        guard names.allSatisfy({ $0.hasPrefix(prefix) }) else { return names }
        return names.map { String($0.dropFirst(prefix.count)) }
    }

    private func fields() throws -> [String: Checkpoint.Field] {
        guard case .mapping(let root) = value, !root.entries.allSatisfy(\.value.isTensor) else { return [:] }
        var fields: [String: Checkpoint.Field] = [:]
        for entry in root.entries {
            guard case .text(let name) = entry.key else { continue }
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

extension PyTorchFile.Value {
    fileprivate var isTensor: Bool {
        if case .tensor = self { true } else { false }
    }

    /// What a key is called in errors.
    fileprivate var inWords: String {
        switch self {
        case .text(let text): "'\(text)'"
        case .integer(let number): "the key \(number)"
        default: "a key that is no text"
        }
    }
}
