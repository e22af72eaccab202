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

func mutualTrace(_ head: Head, tripletWeight: Double = 0, epochs: Int = 2, _ graph: StepGraph, _ isRight: StepCheck) throws {
    var config = MMTPlus.Config()
    (config.batch, config.iterations, config.head) = (batch, TraceInputs.iterations, head)
    (config.rate, config.weightDecay, config.meanDecay, config.tripletWeight) = (1e-5, 0.05, 0.9, tripletWeight)
    let method = try MMTPlus(config, TraceInputs.setting())
    let begun = try (1...2).map { try TraceInputs.network("network \($0) ").store.state }
    var training = try MMTPlusTraining(
        NetworkShape(backbone: .resnet18, domains: .separate), from: begun, classes: TraceInputs.sourceClasses, config,
        random: TraceInputs.random, restoring: nil, graph: graph, elementType: .float64)
    for index in training.queues.indices { try fill(&training, index, config) }
    let watched = try WatchedPairs(training.mutual.pairs)
    for step in 0..<epochs * TraceInputs.iterations {
        let epoch = step / TraceInputs.iterations
        training.mutual.meter = TraceInputs.meter(step)
        if step % TraceInputs.iterations == 0 {
            _ = try training.mutual.relabel(Clusters(tracedClusters[epoch], of: tracedFeatures(epoch)))
        }
        let (views, labels) = try inputs(step, clusterCount: tracedClusters[epoch].clusterCount)
        try method.step(&training, #require(training.mutual.round), views, labels: Tensor(labels))
        let recorded =
            try losses(training.mutual.meter) + watched.numbers(training.mutual.pairs, branches: [".BN_S", ".BN_T"])
            + numbersOf(training.queues)
        guard try isRight(recorded) else { return }
    }
}

/// Gives a pair's rows and its queue the values of the fixture's.
private func fill(_ training: inout MMTPlusTraining, _ index: Int, _ config: MMTPlus.Config) throws {
    let pair = training.mutual.pairs[index]
    let rows = try TraceInputs.rows("rows \(index + 1)", classes: TraceInputs.sourceClasses)
    for classifier in [pair.studentClassifier, pair.meanClassifier] { try classifier.weight.copy(from: rows) }
    let keys = try Pattern.tensor("queue \(index + 1)", shape: [512, config.queueLength]).converted(to: .float64)
    training.queues[index] = MomentumQueue(
        keysDQ: try keys.transposed().normalisedRows().transposed().contiguous(), temperature: config.temperature)
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

private func numbersOf(_ queues: [MomentumQueue]) throws -> RecordedStep {
    try queues.enumerated().reduce(into: [:]) { recorded, queue in
        recorded["queue \(queue.offset + 1).pointer"] = [Double(queue.element.pointer)]
        recorded["queue \(queue.offset + 1).keys"] = try numbers(queue.element.keysDQ.slice(0..<1))
    }
}
