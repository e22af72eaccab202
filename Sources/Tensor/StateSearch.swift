// SPDX-License-Identifier: MIT

/// Looks for a network's tensors in what was given to `torch.save`.
///
/// Programs wrap them in dictionaries of their own, beside the state of optimisers and settings.
///
/// - Complexity: O(entries), those of a dictionary counted as often as it is met, up to as many as a pickle has
///   instructions.
struct StateSearch {
    /// A dictionary that holds tensors under names, and the keys that lead to it.
    struct Found {
        let keys: [String]
        let mapping: PyTorchFile.Mapping
        let tensorCount: Int

        /// The keys as a user writes them.
        var name: String { keys.joined(separator: ".") }

        /// In the file's order.
        var tensors: [(name: String, tensor: PyTorchFile.StoredTensor)] {
            mapping.entries.compactMap { key, value in
                guard case (.text(let name), .tensor(let tensor)) = (key, value) else { return nil }
                return (name, tensor)
            }
        }

        /// What is no tensor, in words.
        var others: [String] {
            mapping.entries.compactMap { key, value in
                if case (.text, .tensor) = (key, value) { nil } else { StateSearch.words(key, value) }
            }
        }
    }

    /// The key under which a network's tensors usually are; where several are there the earlier is taken.
    enum UsualKey: String, CaseIterable {
        case stateDictionary = "state_dict", modelState = "model_state_dict", model, network, net
    }

    /// All dictionaries of tensors, the outer ones first.
    private(set) var all: [Found] = []
    private var visited = 0

    /// Programs wrap once or twice.
    private static let deepest = 4

    init(_ root: PyTorchFile.Mapping) {
        look(into: root, [])
    }

    private mutating func look(into mapping: PyTorchFile.Mapping, _ keys: [String]) {
        visited += mapping.entries.count
        // A file may have one large dictionary in very many places.
        guard visited <= Unpickler.mostInstructions else { return }
        var count = 0
        var inner: [(String, PyTorchFile.Mapping)] = []
        for (key, value) in mapping.entries {
            if case (.text, .tensor) = (key, value) { count += 1 }
            if case (.text(let name), .mapping(let found)) = (key, value) { inner.append((name, found)) }
        }
        if count > 0 { all.append(Found(keys: keys, mapping: mapping, tensorCount: count)) }
        guard keys.count < StateSearch.deepest else { return }
        for (name, value) in inner { look(into: value, keys + [name]) }
    }

    /// The dictionary under a key, or under several that are joined by dots.
    func under(_ key: String) -> Found? {
        all.first { $0.name == key }
    }

    /// The network's: that under a usual key, or else the one that has the most tensors.
    ///
    /// - Returns: Several where none stands out, nothing where no dictionary has tensors.
    var best: [Found] {
        for key in UsualKey.allCases {
            let within = all.filter { $0.keys.first == key.rawValue }
            if let itself = within.first(where: { $0.keys.count == 1 }) { return [itself] }
            if !within.isEmpty { return StateSearch.largest(of: within) }
        }
        return StateSearch.largest(of: all)
    }

    private static func largest(of found: [Found]) -> [Found] {
        let most = found.map(\.tensorCount).max() ?? 0
        return found.filter { $0.tensorCount == most }
    }
}

extension PyTorchFile.Mapping {
    /// The keys that are text, and of which class the objects under them are.
    var keysInWords: [String] {
        entries.compactMap { key, value in if case .text = key { StateSearch.words(key, value) } else { nil } }
    }
}

extension StateSearch {
    /// What an entry of a dictionary is called in messages.
    static func words(_ key: PyTorchFile.Value, _ value: PyTorchFile.Value) -> String {
        let name =
            switch key {
            case .text(let text): text
            case .integer(let number): "the key \(number)"
            default: "a key that is no text"
            }
        return if case .opaque(let owner) = value { "\(name) (an object of \(owner))" } else { name }
    }
}
