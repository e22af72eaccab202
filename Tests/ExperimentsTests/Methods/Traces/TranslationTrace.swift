// SPDX-License-Identifier: MIT

import Layers
import Patterns
import Tensor

@testable import Backbones
@testable import Experiments
@testable import Training

func translationTrace(_ isRight: StepCheck) throws {
    var config = SDA.Config()
    config.schedule = LinearDecaySchedule(rate: 2e-5, constant: 2, decaying: 2)
    (config.generatorChannels, config.generatorBlocks, config.discriminatorChannels) = (4, 1, 4)
    config.pool = 6
    let method = try SDA(config, TraceInputs.setting(height: 32, width: 32))
    let players = try TranslationPlayers(config, random: TraceInputs.random, elementType: .float64)
    let (toTarget, toSource) = (players.toTarget.store, players.toSource.store)
    let (judgeOfTarget, judgeOfSource) = (players.judgeOfTarget.store, players.judgeOfSource.store)
    for (name, store) in [
        ("G_A ", toTarget), ("G_B ", toSource), ("D_A ", judgeOfTarget), ("D_B ", judgeOfSource),
    ] { try Pattern.fill(store, named: name) }
    let generators = try Watched((toTarget.trained + toSource.trained).map(\.tensor))
    let discriminators = try Watched((judgeOfTarget.trained + judgeOfSource.trained).map(\.tensor))
    let encoder = try TraceInputs.network("encoder ")
    try encoder.store.record(false)
    for step in 0..<4 * TraceInputs.iterations {
        var meter = TraceInputs.meter(step)
        let labels = TraceInputs.labels(step, count: 4, classes: TraceInputs.sourceClasses)
        let others = TraceInputs.labels(step, count: 4, classes: TraceInputs.targetClasses)
        try method.step(
            players, encoder, source: TraceInputs.images(.source, step, classes: labels, height: 32, width: 32),
            labels: Tensor(labels), target: TraceInputs.images(.target, step, classes: others, height: 32, width: 32),
            &meter)
        let recorded =
            try losses(meter) + [
                "rate": [config.schedule.rate(epoch: meter.epoch)],
                "generators.gradient": generators.gradient(), "discriminators.gradient": discriminators.gradient(),
                "generators.moved": generators.moved(),
                "discriminators.moved": discriminators.moved(),
                "pool A": firstPixels(players.poolA), "pool B": firstPixels(players.poolB),
            ]
        guard try isRight(recorded) else { return }
    }
}

/// The first value of every image of a pool, in order: which images are remembered, and where.
private func firstPixels(_ pool: ImagePool) throws -> [Double] {
    guard let images = try pool.state()["images"] else { return [] }
    let columns = try images.contiguous().reshaped([images.shape[0], images.count / images.shape[0]])
    return try numbers(columns.slice(0..<1, along: 1))
}
