// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Randomness
internal import Tensor
internal import Training

/// The four networks of a CycleGAN with their optimisers and pools. A is the source, B the target.
final class TranslationPlayers {
    /// G_A.
    let toTarget: TranslationGenerator
    /// G_B.
    let toSource: TranslationGenerator
    /// D_A, which judges B.
    let judgeOfTarget: PatchDiscriminator
    /// D_B, which judges A.
    let judgeOfSource: PatchDiscriminator
    let generatorOptimiser: Adam
    let discriminatorOptimiser: Adam
    let poolA: ImagePool
    let poolB: ImagePool

    /// - Parameter elementType: float32, or float64 where roundings are to be told from mistakes.
    init(_ config: SDA.Config, random: RandomKey, elementType: ElementType = .float32) throws {
        func generator(_ name: String) throws -> TranslationGenerator {
            try TranslationGenerator(
                channels: config.generatorChannels, blockCount: config.generatorBlocks, random: random.derived(name),
                elementType: elementType)
        }
        func discriminator(_ name: String) throws -> PatchDiscriminator {
            try PatchDiscriminator(
                channels: config.discriminatorChannels, random: random.derived(name), elementType: elementType)
        }
        (toTarget, toSource) = try (generator("G_A"), generator("G_B"))
        (judgeOfTarget, judgeOfSource) = try (discriminator("D_A"), discriminator("D_B"))
        generatorOptimiser = try Adam(
            toTarget.store.trained(under: "G_A") + toSource.store.trained(under: "G_B"))
        discriminatorOptimiser = try Adam(
            judgeOfTarget.store.trained(under: "D_A") + judgeOfSource.store.trained(under: "D_B"))
        poolA = ImagePool(capacity: config.pool)
        poolB = ImagePool(capacity: config.pool)
    }

    /// Whether gradients are recorded for the discriminators; the generators' step needs none.
    func discriminators(trained: Bool) throws {
        for store in [judgeOfTarget.store, judgeOfSource.store] { try store.record(trained) }
    }

    /// Everything, so far into an epoch.
    func state(_ meter: LossMeter) throws -> TrainingState {
        var state = try meter.state()
        for (name, store) in stores { state[name] = store.state }
        state["generators"] = generatorOptimiser.state
        state["discriminators"] = discriminatorOptimiser.state
        state["pool_A"] = try poolA.state()
        state["pool_B"] = try poolB.state()
        return state
    }

    func load(_ state: TrainingState) throws {
        for (name, store) in stores { try store.load(state[name]) }
        try generatorOptimiser.load(state["generators"])
        try discriminatorOptimiser.load(state["discriminators"])
        try poolA.load(state["pool_A"])
        try poolB.load(state["pool_B"])
    }

    private var stores: [(String, ParameterStore)] {
        [("G_A", toTarget.store), ("G_B", toSource.store), ("D_A", judgeOfTarget.store), ("D_B", judgeOfSource.store)]
    }
}
