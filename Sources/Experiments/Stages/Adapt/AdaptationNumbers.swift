// SPDX-License-Identifier: MIT

/// The numbers that adaptations on batches of whole clusters have in common, whatever their losses are.
protocol AdaptationNumbers {
    var epochs: Int { get set }
    var iterations: Int { get set }
    /// Images of a domain in a batch.
    var batch: Int { get set }
    /// Images of each cluster in it.
    var instances: Int { get set }
    var rate: Double { get set }
    var weightDecay: Double { get set }
    var padding: Int { get set }
}

extension Field where Part: AdaptationNumbers {
    static var adaptation: [Field] {
        [
            .integer("epochs", .result, \.epochs, Limits.epochs),
            .integer("iterations", .result, \.iterations, Limits.iterations),
            .integer("batch", [.result, .cost], \.batch, Limits.batch),
            .integer("instances", [.result, .cost], \.instances, Limits.instances),
            .number("rate", .result, \.rate, Limits.learningRate),
            .number("weight_decay", .result, \.weightDecay, Limits.weightDecay),
            .integer("padding", .result, \.padding, Limits.padding),
        ]
    }
}
