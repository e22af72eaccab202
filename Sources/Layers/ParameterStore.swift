// SPDX-License-Identifier: MIT

public import Randomness
public import Tensor

/// The named tensors of a network, in the order in which its layers made them.
public final class ParameterStore {
    /// What training does to a tensor.
    public enum Role: Sendable {
        /// Moved by the optimiser.
        case trained
        /// Kept as it is, such as the bias of the neck's batch normalisation.
        case frozen
        /// Gathered by forward passes: running means, variances and counts.
        case statistic
    }

    public struct Entry {
        public let key: String
        public let tensor: Tensor
        public let role: Role
    }

    public private(set) var entries: [Entry] = []
    private var keys: Set<String> = []
    private let random: RandomKey?
    private let elementType: ElementType

    /// - Parameters:
    ///   - random: Where initial values come from; each tensor's stream is named by its key. Without one, what would be
    ///     drawn is zero, for a network whose stored values are loaded next.
    ///   - elementType: What the tensors are made of: float32, or float64 where a network's roundings are to be told
    ///     from its mistakes.
    public init(random: RandomKey?, elementType: ElementType = .float32) {
        self.random = random
        self.elementType = elementType
    }

    /// The root from which layers name their tensors.
    public var root: Path { Path(store: self, key: "") }

    public var trained: [Entry] { entries.filter { $0.role == .trained } }

    /// The trained tensors, a network's name put before their keys, for an optimiser of several networks.
    public func trained(under name: String) -> [Entry] {
        trained.map { Entry(key: "\(name).\($0.key)", tensor: $0.tensor, role: $0.role) }
    }

    /// Records gradients for the trained tensors, or stops it for as long as the network only passes them on.
    public func record(_ recording: Bool) throws {
        for entry in trained { try entry.tensor.setRequiresGradient(recording) }
    }

    /// The number of elements that an optimiser moves or keeps frozen: what papers call parameters.
    public var parameterCount: Int {
        entries.filter { $0.role != .statistic }.map(\.tensor.count).reduce(0, +)
    }

    /// All tensors by key.
    public var state: [String: Tensor] {
        Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.tensor) })
    }

    /// Overwrites all tensors, keeping their memory layouts.
    ///
    /// - Throws: ``LayerError/state(missing:unexpected:misshapen:)`` unless the keys and shapes are exactly this
    ///   store's; nothing is then changed.
    public func load(_ state: [String: Tensor]) throws {
        try LayerError.check(state, against: self.state)
        for entry in entries {
            if let source = state[entry.key] { try entry.tensor.copy(from: source) }
        }
    }

    fileprivate func add(_ key: String, _ tensor: Tensor, _ role: Role) throws -> Tensor {
        let isNew = keys.insert(key).inserted
        precondition(isNew, "two tensors are named '\(key)'")
        if role == .trained { try tensor.setRequiresGradient(true) }
        entries.append(Entry(key: key, tensor: tensor, role: role))
        return tensor
    }

    fileprivate func values(_ key: String, _ shape: [Int], _ initial: InitialValues) throws -> Tensor {
        if case .constant(let value) = initial {
            return try Tensor.full(Double(value), shape: shape, type: elementType)
        }
        guard let random else { return try Tensor.full(0, shape: shape, type: elementType) }
        var stream = random.stream("initial value of " + key)
        return try Tensor(initial.values(shape: shape, &stream), shape: shape).converted(to: elementType)
    }
}

/// Where in a network a layer stands: the beginning of its tensors' keys.
public struct Path {
    private let store: ParameterStore
    private let key: String

    fileprivate init(store: ParameterStore, key: String) {
        self.store = store
        self.key = key
    }

    public static func / (path: Path, name: String) -> Path {
        Path(store: path.store, key: path.key.isEmpty ? name : path.key + "." + name)
    }

    public static func / (path: Path, index: Int) -> Path {
        path / String(index)
    }

    /// Makes a tensor under this path.
    public func make(
        _ name: String, shape: [Int], _ initial: InitialValues, role: ParameterStore.Role = .trained
    ) throws -> Tensor {
        let full = (self / name).key
        let tensor = try store.values(full, shape, initial)
        return try store.add(full, shape.count == 4 ? tensor.channelsLast() : tensor, role)
    }

    /// Makes a whole number, zero at first, such as the count of batches.
    public func makeCounter(_ name: String) throws -> Tensor {
        try store.add((self / name).key, Tensor.full(0, shape: [], type: .int64), .statistic)
    }
}
