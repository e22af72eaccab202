// SPDX-License-Identifier: MIT

import Layers
import Retrieval
import Testing

@testable import Backbones
@testable import Experiments
@testable import Tensor
@testable import Training

private let batch = 8

func mmtTrace(_ graph: StepGraph, _ isRight: StepCheck) throws {
    var config = MMT.Config()
    (config.batch, config.iterations) = (batch, TraceInputs.iterations)
    (config.rate, config.weightDecay, config.meanDecay) = (1e-6, 0.05, 0.9)
    let method = MMT(config, TraceInputs.setting())
    let shape = NetworkShape(backbone: .resnet18, pooling: .average, imagesPerNormGroup: 4)
    let begun = try (1...2).map { try TraceInputs.network("network \($0) ", shape).store.state }
    var training = try MMTTraining(
        shape, from: begun, random: TraceInputs.random, restoring: nil, graph: graph, elementType: .float64)
    let watched = try WatchedPairs(training.mutual.pairs)
    for step in 0..<4 * TraceInputs.iterations {
        let epoch = step / TraceInputs.iterations
        training.mutual.meter = TraceInputs.meter(step)
        if step % TraceInputs.iterations == 0 {
            _ = try training.mutual.relabel(Clusters(tracedClusters[epoch], of: tracedFeatures(epoch)))
        }
        let labels = TraceInputs.labels(step, count: batch, classes: tracedClusters[epoch].clusterCount)
        let views = try (0..<2).map {
            try TraceInputs.images(.target, step, classes: labels, height: 32, width: 16, view: $0)
        }
        try method.step(&training, #require(training.mutual.round), views, labels: Tensor(labels))
        let recorded =
            try losses(training.mutual.meter) + watched.numbers(training.mutual.pairs, branches: [""])
        guard try isRight(recorded) else { return }
    }
}
