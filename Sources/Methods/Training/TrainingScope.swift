// SPDX-License-Identifier: MIT

public import Layers
internal import Tensor

/// All that a method has to remember in order to go on after an epoch as if it had never stopped.
public struct TrainingState {
    /// Epochs that are done.
    public var epoch: Int
    public var tensors: StateDictionary
    public var numbers: [String: Int]

    public init(epoch: Int, tensors: StateDictionary = [:], numbers: [String: Int] = [:]) {
        self.epoch = epoch
        self.tensors = tensors
        self.numbers = numbers
    }

    /// The part of the state whose keys begin with `part/`, without that beginning.
    ///
    /// Assigning adds or replaces such tensors.
    public subscript(part: String) -> StateDictionary {
        get {
            let prefix = part + "/"
            return Dictionary(uniqueKeysWithValues: tensors.compactMap { key, tensor in
                key.hasPrefix(prefix) ? (String(key.dropFirst(prefix.count)), tensor) : nil
            })
        }
        set {
            for (key, tensor) in newValue { tensors["\(part)/\(key)"] = tensor }
        }
    }
}

/// What a method is handed to keep its state, report its numbers and learn that it should stop.
///
/// Methods know neither files nor clocks; whoever runs them does.
public protocol TrainingScope {
    /// The state after the last epoch that was saved whole, or nothing before the first.
    func restore() throws -> TrainingState?

    /// Keeps the state; when this returns, it survives a kill.
    func save(_ state: TrainingState) throws

    /// Reports a number of an epoch.
    func record(_ name: String, _ value: Double, epoch: Int) throws

    /// Announces how many steps there are, and how many of them were done before.
    func begin(steps: Int, done: Int, unit: String)

    /// Counts a step.
    ///
    /// - Throws: Where the run is asked to stop.
    func advance() throws
}

extension TrainingScope {
    /// Announces epochs of so many steps each, the first of which were done before.
    func begin(epochs: Int, iterations: Int, from first: Int) {
        begin(steps: epochs * iterations, done: first * iterations, unit: "steps")
    }
}
