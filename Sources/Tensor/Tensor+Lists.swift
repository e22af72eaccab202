// SPDX-License-Identifier: MIT

internal import CTorch

/// Adam's numbers for one step.
public struct AdamStep: Sendable, Equatable {
    /// Learning rate, α.
    public var rate: Double
    public var beta1: Double
    public var beta2: Double
    public var epsilon: Double
    /// L2 decay, added to the gradient before the moments are updated (not decoupled).
    public var decay: Double

    public init(rate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, decay: Double = 0) {
        self.rate = rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.decay = decay
    }
}

extension Tensor {
    /// One step of Adam over all parameters that have a gradient, in a single fused pass.
    ///
    /// - Parameters:
    ///   - parameters, means, variances: As many tensors each, of the same shapes and memory layouts: θ, m and v.
    ///   - steps: One scalar for each parameter, t; counts only the steps in which that parameter had a gradient.
    /// - SeeAlso: Kingma and Ba, ICLR 2015, arXiv:1412.6980, algorithm 1.
    public static func adam(
        _ step: AdamStep, parameters: [Tensor], means: [Tensor], variances: [Tensor], steps: [Tensor]
    ) throws {
        precondition(
            parameters.count == means.count && means.count == variances.count && means.count == steps.count,
            "\(parameters.count) parameters, \(means.count) means, \(variances.count) variances, \(steps.count) steps")
        try check(
            "adam", [],
            pt_adam_step(
                parameters.map(\.handle), means.map(\.handle), variances.map(\.handle), steps.map(\.handle),
                Int32(parameters.count), step.rate, step.beta1, step.beta2, step.epsilon, step.decay))
    }

    /// Moves each average towards its value: `average += weight · (value − average)`.
    public static func moveAverages(_ averages: [Tensor], towards values: [Tensor], weight: Double) throws {
        precondition(averages.count == values.count, "\(averages.count) averages of \(values.count) values")
        try check(
            "moveAverages", [],
            pt_lerp_into(
                averages.map(\.handle), values.map(\.handle), Int32(averages.count), weight))
    }
}
