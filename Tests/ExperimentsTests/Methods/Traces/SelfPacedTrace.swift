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
private let imageCount = 24

/// The cluster of each image of the target in every epoch: with images in none, without, of none at all, and few.
private let selected: [ClusterLabels] = [
    { $0 % 4 == 3 ? -1 : $0 % 5 }, { $0 % 3 }, { _ in -1 }, { $0 < 8 ? $0 / 4 : -1 },
].map { (rule: (Int) -> Int) in ClusterLabels(values: (0..<imageCount).map(rule)) }

func selfPacedTrace(hasSource: Bool, epochs: Int, _ graph: StepGraph, _ isRight: StepCheck) throws {
    var config = SpCL.Config()
    config.schedule = StepSchedule(rate: 2e-5, warmup: 0, milestones: [1, 3])
    config.weightDecay = 0.05
    let shape = NetworkShape(
        backbone: .resnet18, pooling: .average, domains: hasSource ? .separate : .shared, imagesPerNormGroup: 4)
    var setting = TraceInputs.setting()
    if !hasSource { setting.source = nil }
    let method = SpCL(config, setting)
    var training = try begin(shape, classes: hasSource ? TraceInputs.sourceClasses : 0, config, graph)
    let watched = try Watched(training.network.store.trained.map(\.tensor))
    for step in 0..<epochs * TraceInputs.iterations {
        training.meter = TraceInputs.meter(step)
        if step % TraceInputs.iterations == 0 { try training.relabel(selected[training.meter.epoch].singled) }
        let classes = hasSource ? TraceInputs.labels(step, count: batch, classes: TraceInputs.sourceClasses) : []
        // Every row twice in a batch.
        let instances = (0..<batch).map { (3 * step + $0 / 2) % imageCount }
        let parts =
            (hasSource ? [try TraceInputs.images(.source, step, classes: classes, height: 32, width: 16)] : [])
            + [try TraceInputs.images(.target, step, classes: instances, height: 32, width: 16)]
        try method.step(&training, Tensor.concatenated(parts), classes: classes, instances: instances)
        let rows = try #require(training.memory).rows
        let bias = try #require(training.network.store.state[hasSource ? "feat_bn.BN_T.bias" : "feat_bn.bias"])
        let recorded =
            try losses(training.meter)
            + statistics("network", training.network.store, branches: hasSource ? [".BN_S", ".BN_T"] : [""]) + [
                "rate": [config.schedule.rate(epoch: training.meter.epoch)],
                "gradient": watched.gradient(), "moved": watched.moved(),
                "neck bias": numbers(bias.detached().slice(0..<4)),
                "memory": numbers(rows.slice(0..<1, along: 1)),
                "memory row": numbers(rows.slice(rows.shape[0] - 1..<rows.shape[0])),
            ]
        guard try isRight(recorded) else { return }
    }
}

/// A network with the values of the fixture's, and its memory.
private func begin(
    _ shape: NetworkShape, classes: Int, _ config: SpCL.Config, _ graph: StepGraph
) throws -> SelfPacedTraining {
    var shared = shape
    shared.domains = .shared
    let begun = try EmbeddingNetwork(shared, random: nil, elementType: .float64)
    try Pattern.fill(begun.store, named: "self-paced ")
    var training = try SelfPacedTraining(
        shape, from: begun.store.state, sourceClassCount: classes, config, random: TraceInputs.random, restoring: nil,
        graph: graph, elementType: .float64)
    let rows = try Pattern.tensor("memory", shape: [classes + imageCount, 512]).converted(to: .float64)
    try training.remember(rows.normalisedRows(), sourceClassCount: classes, config)
    return training
}
