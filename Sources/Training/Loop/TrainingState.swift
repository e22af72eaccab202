// SPDX-License-Identifier: MIT

public import Layers
internal import Tensor

/// All that a method has to remember in order to go on as if it had never stopped.
///
/// There is no position of a sampler and no state of a generator in it: every batch and every random number is
/// determined by the seed, the epoch and the step.
public struct TrainingState {
    /// The zero-based epoch that training is in: so many are done.
    public var epoch: Int
    /// Steps of that epoch that are done.
    public var step: Int
    public var tensors: StateDictionary
    public var numbers: [String: Int]
    /// Kept to the last bit.
    public var values: [String: Double]
    /// Kept too, but only ever reported: what evaluations have found, which somebody else may leave out.
    public var reports: [String: Double]

    public init(
        epoch: Int, step: Int = 0, tensors: StateDictionary = [:], numbers: [String: Int] = [:],
        values: [String: Double] = [:], reports: [String: Double] = [:]
    ) {
        self.epoch = epoch
        self.step = step
        self.tensors = tensors
        self.numbers = numbers
        self.values = values
        self.reports = reports
    }

    /// The part of the state whose keys begin with `part/`, without that beginning.
    ///
    /// Assigning adds or replaces such tensors.
    public subscript(part: String) -> StateDictionary {
        get {
            let prefix = part + "/"
            return Dictionary(
                uniqueKeysWithValues: tensors.compactMap { key, tensor in
                    key.hasPrefix(prefix) ? (String(key.dropFirst(prefix.count)), tensor) : nil
                })
        }
        set {
            for (key, tensor) in newValue { tensors["\(part)/\(key)"] = tensor }
        }
    }
}
