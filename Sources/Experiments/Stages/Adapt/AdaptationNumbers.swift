// SPDX-License-Identifier: MIT

/// The numbers that adaptations on batches of whole clusters have in common, whatever their losses are.
protocol AdaptationNumbers: EvaluatedTraining {
    var rate: Double { get set }
    var weightDecay: Double { get set }
    var padding: Int { get set }
}

extension Field where Part: AdaptationNumbers {
    static var adaptation: [Field] {
        [
            .epochs(\.epochs),
            .iterations(\.iterations),
            .batch(\.batch, "Images of a domain in a batch."),
            .instances(\.instances, "Images of each cluster, or identity of the source, in a batch."),
            .rate(\.rate),
            .weightDecay(\.weightDecay),
            .padding(\.padding),
        ]
    }
}
