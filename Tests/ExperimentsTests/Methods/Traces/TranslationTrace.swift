// SPDX-License-Identifier: MIT

import Layers
import Patterns
import Tensor

@testable import Backbones
@testable import Experiments
@testable import Training

private let schedule = LinearDecaySchedule(rate: 2e-5, constant: 2, decaying: 2)
private let batch = 4

private let networks: TranslationNetworks = {
    var networks = TranslationNetworks()
    (networks.generatorChannels, networks.generatorBlocks, networks.discriminatorChannels) = (4, 1, 4)
    networks.pool = 6
    return networks
}()

/// - Parameter targetEncoder: The name of E_t; nothing where E_s is both.
func translationTrace(targetEncoder: String? = nil, _ graph: StepGraph, _ isRight: StepCheck) throws {
    var config = SDA.Config()
    (config.schedule, config.networks) = (schedule, networks)
    let method = try SDA(config, TraceInputs.setting(height: 32, width: 32))
    let players = try TracedPlayers(
        TranslationPlayers(networks, on: .imageNet, random: TraceInputs.random, graph: graph, elementType: .float64))
    let encoder = try TraceInputs.network("encoder ")
    let encoders = try SDA.Encoders(
        source: encoder, target: targetEncoder.map { try TraceInputs.network($0) } ?? encoder)
    for step in 0..<4 * TraceInputs.iterations {
        var meter = TraceInputs.meter(step)
        let labels = TraceInputs.labels(step, count: batch, classes: TraceInputs.sourceClasses)
        let (source, target) = try images(step, on: .imageNet, height: 32, width: 32)
        try method.step(players.players, encoders, source: source, labels: Tensor(labels), target: target, &meter)
        let rate = schedule.rate(epoch: meter.epoch)
        guard try isRight(losses(meter) + players.recorded() + ["rate": [rate]]) else { return }
    }
}

func cycleGANTrace(_ graph: StepGraph, _ isRight: StepCheck) throws {
    var config = CycleGAN.Config()
    (config.schedule, config.networks) = (schedule, networks)
    let method = try CycleGAN(config, TraceInputs.setting(height: 32, width: 32))
    let players = try TracedPlayers(
        TranslationPlayers(networks, on: .symmetric, random: TraceInputs.random, graph: graph, elementType: .float64))
    for step in 0..<4 * TraceInputs.iterations {
        var meter = TraceInputs.meter(step)
        let (source, target) = try images(step, on: .symmetric, height: 32, width: 32)
        try method.step(players.players, source: source, target: target, &meter)
        let rate = schedule.rate(epoch: meter.epoch)
        guard try isRight(losses(meter) + players.recorded() + ["rate": [rate]]) else { return }
    }
}

/// The siamese network enters in the second epoch, its opinion in the third.
func spganTrace(_ graph: StepGraph, _ isRight: StepCheck) throws {
    var config = SPGAN.Config()
    (config.rate, config.networks, config.metricChannels) = (2e-5, networks, 4)
    let setting = TraceInputs.setting(height: 64, width: 64)
    let method = try SPGAN(config, setting)
    let all = try SPGANPlayers(
        config, setting.images.size, random: TraceInputs.random, graph: graph, elementType: .float64)
    let players = try TracedPlayers(all.cycle)
    try Pattern.fill(all.metric.store, named: "metric ")
    let metric = try Watched(all.metric.store.trained.map(\.tensor))
    for step in 0..<4 * TraceInputs.iterations {
        var meter = TraceInputs.meter(step)
        let (source, target) = try images(step, on: .symmetric, height: 64, width: 64)
        try method.step(all, source: source, target: target, &meter)
        var recorded = try losses(meter) + players.recorded() + ["metric.moved": metric.moved()]
        if meter.epoch >= 1 { recorded["metric.gradient"] = try metric.gradient() }
        guard try isRight(recorded) else { return }
    }
}

/// A batch of each domain.
private func images(
    _ step: Int, on scale: ColourScale, height: Int, width: Int
) throws -> (source: Tensor, target: Tensor) {
    func images(_ domain: Domain, classes: Int) throws -> Tensor {
        let labels = TraceInputs.labels(step, count: batch, classes: classes)
        return try scale.images(TraceInputs.images(domain, step, classes: labels, height: height, width: width))
    }
    return try (
        images(.source, classes: TraceInputs.sourceClasses), images(.target, classes: TraceInputs.targetClasses)
    )
}

/// The networks of a CycleGAN with the values of the fixture's, and where they began.
private struct TracedPlayers {
    let players: TranslationPlayers
    private let generators: Watched
    private let discriminators: Watched

    init(_ players: TranslationPlayers) throws {
        self.players = players
        let (toTarget, toSource) = (players.toTarget.store, players.toSource.store)
        let (judgeOfTarget, judgeOfSource) = (players.judgeOfTarget.store, players.judgeOfSource.store)
        for (name, store) in [
            ("G_A ", toTarget), ("G_B ", toSource), ("D_A ", judgeOfTarget), ("D_B ", judgeOfSource),
        ] { try Pattern.fill(store, named: name) }
        generators = try Watched((toTarget.trained + toSource.trained).map(\.tensor))
        discriminators = try Watched((judgeOfTarget.trained + judgeOfSource.trained).map(\.tensor))
    }

    func recorded() throws -> RecordedStep {
        try [
            "generators.gradient": generators.gradient(), "discriminators.gradient": discriminators.gradient(),
            "generators.moved": generators.moved(), "discriminators.moved": discriminators.moved(),
            "pool A": firstPixels(players.poolA), "pool B": firstPixels(players.poolB),
        ]
    }

    /// The first value of every image of a pool, in order: which images are remembered, and where.
    private func firstPixels(_ pool: ImagePool) throws -> [Double] {
        guard let images = try pool.state()["images"] else { return [] }
        let columns = try images.contiguous().reshaped([images.shape[0], images.count / images.shape[0]])
        return try numbers(columns.slice(0..<1, along: 1))
    }
}
