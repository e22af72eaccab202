// SPDX-License-Identifier: MIT

public import Tensor

/// The Adam optimiser over a fixed list of named parameters.
public final class Adam {
    private let parameters: [ParameterStore.Entry]
    private let means: [Tensor]
    private let variances: [Tensor]
    private let steps: [Tensor]

    /// Moments start at zero.
    public init(_ parameters: [ParameterStore.Entry]) throws {
        self.parameters = parameters
        means = try parameters.map { try $0.tensor.zerosLike() }
        variances = try parameters.map { try $0.tensor.zerosLike() }
        steps = try parameters.map { _ in try Tensor.full(0, shape: []) }
    }

    /// Moves every parameter that has a gradient.
    public func step(_ settings: AdamStep) throws {
        try Tensor.adam(
            settings, parameters: parameters.map(\.tensor), means: means, variances: variances, steps: steps)
    }

    /// Forgets the gradients; between the forward and the backward pass is where it is fastest.
    public func dropGradients() {
        for entry in parameters { entry.tensor.dropGradient() }
    }

    /// Moments and step counts, by the parameters' keys.
    public var state: StateDictionary {
        var state: StateDictionary = [:]
        for (index, entry) in parameters.enumerated() {
            state["\(entry.key).exp_avg"] = means[index]
            state["\(entry.key).exp_avg_sq"] = variances[index]
            state["\(entry.key).step"] = steps[index]
        }
        return state
    }

    /// - Throws: ``LayerError/state(missing:unexpected:misshapen:)`` where a moment is missing, unknown or has another
    ///   shape; nothing is then changed.
    public func load(_ state: StateDictionary) throws {
        try LayerError.check(state, against: self.state)
        for (key, tensor) in self.state {
            if let source = state[key] { try tensor.copy(from: source) }
        }
    }
}
