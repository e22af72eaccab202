// SPDX-License-Identifier: MIT

import Layers
import Retrieval
import Testing

@testable import Backbones
@testable import Experiments
@testable import Tensor
@testable import Training

func clusteringBaselineTrace(_ graph: StepGraph, _ isRight: StepCheck) throws {
    var config = ClusteringBaseline.Config()
    (config.rate, config.weightDecay) = (1e-5, 0.05)
    let method = ClusteringBaseline(config, TraceInputs.setting())
    let training = try ClusterTraining(
        NetworkShape(backbone: .resnet18), from: TraceInputs.network("clustered ").store.state, restoring: nil,
        graph: graph, elementType: .float64)
    let watched = try Watched(training.network.store.trained.map(\.tensor))
    for step in 0..<4 * TraceInputs.iterations {
        let epoch = step / TraceInputs.iterations
        training.meter = TraceInputs.meter(step)
        if step % TraceInputs.iterations == 0 {
            _ = try training.relabel(Clusters(tracedClusters[epoch], of: tracedFeatures(epoch)))
        }
        let round = try #require(training.round)
        let labels = TraceInputs.labels(step, count: 8, classes: tracedClusters[epoch].clusterCount)
        try method.step(
            training, round, TraceInputs.images(.target, step, classes: labels, height: 32, width: 16),
            labels: Tensor(labels))
        let rows = round.classifier.weight
        let recorded =
            try losses(training.meter) + statistics("network", training.network.store, branches: [""]) + [
                "gradient": watched.gradient(), "moved": watched.moved(),
                "rows.gradient": [length([#require(try rows.gradient())])],
                "rows": numbers(rows.detached().slice(0..<1, along: 1)),
            ]
        guard try isRight(recorded) else { return }
    }
}
