// SPDX-License-Identifier: MIT

import Layers
import Testing

@testable import Backbones
@testable import Experiments
@testable import Tensor
@testable import Training

private let batch = 8

func clusterContrastTrace(_ update: ClusterMemory.Update, _ graph: StepGraph, _ isRight: StepCheck) throws {
    var config = ClusterContrast.Config()
    config.schedule = StepSchedule(rate: 2e-5, warmup: 0, milestones: [1, 3])
    (config.weightDecay, config.momentum, config.update) = (0.05, 0.2, update)
    let method = ClusterContrast(config, TraceInputs.setting())
    let training = try ContrastTraining(
        NetworkShape(backbone: .resnet18), from: TraceInputs.network("contrasted ").store.state, config,
        random: TraceInputs.random, restoring: nil, graph: graph, elementType: .float64)
    let watched = try Watched(training.network.store.trained.map(\.tensor))
    for step in 0..<4 * TraceInputs.iterations {
        let epoch = step / TraceInputs.iterations
        training.meter = TraceInputs.meter(step)
        if step % TraceInputs.iterations == 0 {
            _ = try training.relabel(tracedClusters[epoch], of: tracedFeatures(epoch))
        }
        let memory = try #require(training.round).memory
        // Four images of each of two clusters, so that the order within one counts.
        let labels = (0..<batch).map { (step + $0 / 4) % memory.rows.shape[0] }
        let images = try TraceInputs.images(.target, step, classes: labels, height: 32, width: 16)
        try method.step(training, memory, images, labels: labels)
        let recorded =
            try losses(training.meter) + statistics("network", training.network.store, branches: [""]) + [
                "rate": [config.schedule.rate(epoch: epoch)], "gradient": watched.gradient(), "moved": watched.moved(),
                "memory": numbers(memory.rows.slice(0..<1, along: 1)),
                "memory row": numbers(memory.rows.slice(labels[0]..<labels[0] + 1)),
            ]
        guard try isRight(recorded) else { return }
    }
}
