// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Randomness
internal import Tensor
internal import Training

/// The four networks of a CycleGAN with their optimisers and pools. A is the source, B the target.
final class TranslationPlayers {
    /// G_A.
    let toTarget: Translator
    /// G_B.
    let toSource: Translator
    /// D_A, which judges B.
    let judgeOfTarget: PatchDiscriminator
    /// D_B, which judges A.
    let judgeOfSource: PatchDiscriminator
    let generatorOptimiser: Adam
    let discriminatorOptimiser: Adam
    let poolA: ImagePool
    let poolB: ImagePool
    /// What takes the generators' part of a step.
    let playing: StepGraph
    /// What takes the discriminators'.
    let judging: StepGraph

    /// - Parameters:
    ///   - graph: What takes the steps.
    ///   - elementType: float32, or float64 where roundings are to be told from mistakes.
    init(
        _ networks: TranslationNetworks, on scale: ColourScale, random: RandomKey,
        graph: StepGraph = StepGraph(isOn: false), elementType: ElementType = .float32
    ) throws {
        func translator(_ name: String) throws -> Translator {
            let generator = try TranslationGenerator(
                channels: networks.generatorChannels, blockCount: networks.generatorBlocks, output: scale.output,
                normalisation: networks.generatorNorm, random: random.derived(name), elementType: elementType)
            return try Translator(generator, on: scale)
        }
        func discriminator(_ name: String) throws -> PatchDiscriminator {
            try PatchDiscriminator(
                channels: networks.discriminatorChannels, random: random.derived(name), elementType: elementType)
        }
        (toTarget, toSource) = try (translator("G_A"), translator("G_B"))
        (judgeOfTarget, judgeOfSource) = try (discriminator("D_A"), discriminator("D_B"))
        generatorOptimiser = try Adam(
            toTarget.store.trained(under: "G_A") + toSource.store.trained(under: "G_B"))
        discriminatorOptimiser = try Adam(
            judgeOfTarget.store.trained(under: "D_A") + judgeOfSource.store.trained(under: "D_B"))
        poolA = ImagePool(capacity: networks.pool)
        poolB = ImagePool(capacity: networks.pool)
        (playing, judging) = (graph, graph.another())
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
