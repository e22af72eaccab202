// SPDX-License-Identifier: MIT

import Layers
import Tensor

@testable import Backbones
@testable import Experiments
@testable import Training

private let schedule = StepSchedule(rate: 2e-5, warmup: 2, milestones: [3])
private let batch = 8

func sourcePretrainingTrace(_ graph: StepGraph, _ isRight: StepCheck) throws {
    var config = SourcePretraining.Config()
    (config.schedule, config.weightDecay) = (schedule, 0.05)
    let method = try SourcePretraining(config, TraceInputs.setting())
    try trace("pretrained ", rows: "rows", classes: TraceInputs.sourceClasses, graph, isRight) { training, step, meter in
        let labels = TraceInputs.labels(step, count: batch, classes: TraceInputs.sourceClasses)
        let others = TraceInputs.labels(step, count: batch, classes: TraceInputs.targetClasses)
        try method.step(
            training, TraceInputs.images(.source, step, classes: labels, height: 32, width: 16),
            labels: Tensor(labels),
            seen: TraceInputs.images(.target, step, classes: others, height: 32, width: 16), &meter)
    }
}

func cameraNetworkTrace(_ graph: StepGraph, _ isRight: StepCheck) throws {
    var config = CameraNetwork.Config()
    (config.schedule, config.weightDecay) = (schedule, 0.05)
    let method = CameraNetwork(config, TraceInputs.setting())
    try trace("camera ", rows: "camera rows", classes: TraceInputs.targetClasses, graph, isRight) { training, step, meter in
        let cameras = TraceInputs.labels(step, count: batch, classes: TraceInputs.targetClasses)
        try method.step(
            training, TraceInputs.images(.target, step, classes: cameras, height: 32, width: 16),
            cameras: Tensor(cameras), &meter)
    }
}

/// Steps of a network and a linear classifier.
private func trace(
    _ name: String, rows: String, classes: Int, _ graph: StepGraph, _ isRight: StepCheck,
    _ take: (ClassifierTraining, Int, inout LossMeter) throws -> Void
) throws {
    let begun = try TraceInputs.network(name).store.state
    let training = try ClassifierTraining(
        NetworkShape(backbone: .resnet18), from: begun, classes: classes, random: TraceInputs.random, in: SilentScope(),
        graph: graph, elementType: .float64)
    try training.network.store.load(begun)
    try training.classifier.weight.copy(from: TraceInputs.rows(rows, classes: classes))
    let watched = try Watched(training.network.store.trained.map(\.tensor) + [training.classifier.weight])
    for step in 0..<4 * TraceInputs.iterations {
        var meter = TraceInputs.meter(step)
        try take(training, step, &meter)
        let recorded =
            try losses(meter) + statistics("network", training.network.store, branches: [""]) + [
                "rate": [schedule.rate(epoch: meter.epoch)], "gradient": watched.gradient(), "moved": watched.moved(),
            ]
        guard try isRight(recorded) else { return }
    }
}
