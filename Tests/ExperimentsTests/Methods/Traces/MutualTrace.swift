// SPDX-License-Identifier: MIT

import Layers
import Patterns
import Retrieval
import Testing

@testable import Backbones
@testable import Experiments
@testable import Tensor
@testable import Training

private let batch = 8

/// The clusters of every epoch of a trace, of 24 images: with outliers as DBSCAN gives them, and without as k-means does.
let tracedClusters: [ClusterLabels] = [
    { $0 % 7 == 3 ? -1 : $0 % 5 }, { $0 % 6 }, { $0 % 5 == 0 ? -1 : ($0 * 3) % 4 }, { ($0 * 5) % 7 },
].map { (rule: (Int) -> Int) in ClusterLabels(values: (0..<24).map(rule)) }

func mutualTrace(_ head: Head, tripletWeight: Double = 0, epochs: Int = 2, _ isRight: StepCheck) throws {
    var config = MMTPlus.Config()
    (config.batch, config.iterations, config.head) = (batch, TraceInputs.iterations, head)
    (config.rate, config.weightDecay, config.meanDecay, config.tripletWeight) = (1e-5, 0.05, 0.9, tripletWeight)
    let method = try MMTPlus(config, TraceInputs.setting())
    var training = try MutualTraining((1...2).map { try pair($0, TraceInputs.sourceClasses, config) }, restoring: nil)
    let students = try training.pairs.map { try Watched($0.student.store.trained.map(\.tensor)) }
    let means = try training.pairs.map { try Watched($0.mean.store.trained.map(\.tensor)) }
    for step in 0..<epochs * TraceInputs.iterations {
        let epoch = step / TraceInputs.iterations
        training.meter = TraceInputs.meter(step)
        if step % TraceInputs.iterations == 0 {
            _ = try training.relabel(
                sourceClasses: TraceInputs.sourceClasses, tracedClusters[epoch], of: tracedFeatures(epoch))
        }
        let (views, labels) = try inputs(step, clusterCount: tracedClusters[epoch].clusterCount)
        try method.step(&training, #require(training.round), views, labels: Tensor(labels))
        var recorded = try losses(training.meter)
        for (index, number) in [1, 2].enumerated() {
            recorded =
                try recorded + numbersOf(training.pairs[index], number) + [
                    "student \(number).gradient": students[index].gradient(),
                    "student \(number).moved": students[index].moved(),
                    "mean \(number).moved": means[index].moved(),
                ]
        }
        guard try isRight(recorded) else { return }
    }
}

/// A pair with the values of the fixture's.
private func pair(_ number: Int, _ classes: Int, _ config: MMTPlus.Config) throws -> MutualPair {
    let begun = try TraceInputs.network("network \(number) ").store.state
    var pair = try MutualPair(
        NetworkShape(backbone: .resnet18, domains: .separate), from: begun, classes: classes, config,
        random: TraceInputs.random,
        elementType: .float64)
    let rows = try TraceInputs.rows("rows \(number)", classes: classes)
    for classifier in [pair.studentClassifier, pair.meanClassifier] { try classifier.weight.copy(from: rows) }
    let keys = try Pattern.tensor("queue \(number)", shape: [512, config.queueLength]).converted(to: .float64)
    pair.queue = MomentumQueue(
        keysDQ: try keys.transposed().normalisedRows().transposed().contiguous(), temperature: config.temperature)
    return pair
}

/// What they are clusters of, `[24, 512]`.
func tracedFeatures(_ epoch: Int) throws -> Features<UnitNorm> {
    let values = try Pattern.tensor("features \(epoch)", shape: [24, 512]).floats()
    return try Features<Raw>(values, count: 24, dimension: 512).normalised()
}

/// Two views, the source's half first, and the joint labels.
private func inputs(_ step: Int, clusterCount: Int) throws -> (views: [Tensor], labels: [Int]) {
    let source = TraceInputs.labels(step, count: batch, classes: TraceInputs.sourceClasses)
    let target = TraceInputs.labels(step, count: batch, classes: clusterCount)
    let views = try (0..<2).map { view in
        try Tensor.concatenated([
            TraceInputs.images(.source, step, classes: source, height: 32, width: 16, view: view),
            TraceInputs.images(.target, step, classes: target, height: 32, width: 16, view: view),
        ])
    }
    return (views, source + target.map { TraceInputs.sourceClasses + $0 })
}

/// A pair's classifiers, queue and statistics.
private func numbersOf(_ pair: MutualPair, _ number: Int) throws -> RecordedStep {
    let rows = pair.studentClassifier.weight
    let separate = [".BN_S", ".BN_T"]
    return try [
        "rows \(number).gradient": [length([#require(try rows.gradient())])],
        "rows \(number).student": numbers(rows.detached().slice(0..<1, along: 1)),
        "rows \(number).mean": numbers(pair.meanClassifier.weight.slice(0..<1, along: 1)),
        "queue \(number).pointer": [Double(pair.queue.pointer)],
        "queue \(number).keys": numbers(pair.queue.keysDQ.slice(0..<1)),
    ] + statistics("student \(number)", pair.student.store, branches: separate)
        + statistics("mean \(number)", pair.mean.store, branches: separate)
}
