// SPDX-License-Identifier: MIT

internal import Layers
internal import Randomness
internal import Tensor
internal import Training

/// The networks of an SPGAN: those of a CycleGAN, and the siamese one with its optimiser.
final class SPGANPlayers {
    let cycle: TranslationPlayers
    let metric: MetricNetwork
    let metricOptimiser: Adam
    /// What takes the generators' part of a step in which they do not move.
    private let watching: StepGraph
    /// What takes the siamese network's.
    private let telling: StepGraph

    /// - Parameters:
    ///   - size: That of all images.
    ///   - graph: What takes the steps.
    ///   - elementType: float32, or float64 where roundings are to be told from mistakes.
    init(
        _ config: SPGAN.Config, _ size: ImageSize, random: RandomKey, graph: StepGraph = StepGraph(isOn: false),
        elementType: ElementType = .float32
    ) throws {
        cycle = try TranslationPlayers(
            config.networks, on: .symmetric, random: random, graph: graph, elementType: elementType)
        metric = try MetricNetwork(
            channels: config.metricChannels, size, random: random.derived("metric"), elementType: elementType)
        metricOptimiser = try Adam(metric.store.trained)
        (watching, telling) = (graph.another(), graph.another())
    }

    /// What the generators make in a step in which they do not move.
    func pass(source: Tensor, target: Tensor) throws -> CyclePass {
        try watching([source, target]) { inputs in
            try withoutGradients { try CyclePass(cycle, source: inputs[0], target: inputs[1]) }
        }
    }

    /// What translated images lack of being like their originals and unlike the other domain, for the generators.
    ///
    /// - Parameter kept: What the siamese network keeps.
    func similarity(_ pass: CyclePass, kept: [Tensor]) throws -> Tensor {
        try metric.store.record(false)
        let seen = try embeddings(pass, kept: kept)
        let unlike =
            try siamese(seen.fakeB, seen.target, areAlike: false)
            + siamese(seen.fakeA, seen.source, areAlike: false)
        return try (alike(seen) + 0.5 * unlike) / 4
    }

    /// One step of the siamese network, which is to tell the domains apart and not an image from its translation.
    ///
    /// - Parameters:
    ///   - pass: Fakes without gradients.
    ///   - dropped: What the siamese network leaves out.
    /// - Returns: The loss.
    func moveMetric(_ pass: CyclePass, _ dropped: inout RandomStream, _ settings: AdamStep) throws -> Tensor {
        let kept = try metric.kept(of: pass.source.shape[0], &dropped)
        let loss = try telling([pass.source, pass.target, pass.fakeB, pass.fakeA] + kept) { inputs in
            try metric.store.record(true)
            let pass = CyclePass(source: inputs[0], target: inputs[1], fakeB: inputs[2], fakeA: inputs[3])
            let seen = try embeddings(pass, kept: Array(inputs.dropFirst(4)))
            let loss = try (alike(seen) + 2 * siamese(seen.source, seen.target, areAlike: false)) / 3
            try metricOptimiser.differentiate(loss)
            return try loss.detached()
        }
        try metricOptimiser.step(settings)
        return loss
    }

    /// The siamese network's view of all images of a pass, `[B, 64]` each.
    private typealias Embeddings = (source: Tensor, fakeB: Tensor, target: Tensor, fakeA: Tensor)

    private func embeddings(_ pass: CyclePass, kept: [Tensor]) throws -> Embeddings {
        try (
            metric(pass.source, kept: kept[0]), metric(pass.fakeB, kept: kept[1]), metric(pass.target, kept: kept[2]),
            metric(pass.fakeA, kept: kept[3])
        )
    }

    /// Images and their translations.
    private func alike(_ seen: Embeddings) throws -> Tensor {
        try siamese(seen.source, seen.fakeB, areAlike: true) + siamese(seen.target, seen.fakeA, areAlike: true)
    }

    // MARK: State

    /// Everything, so far into an epoch.
    func state(_ meter: LossMeter) throws -> TrainingState {
        var state = try cycle.state(meter)
        state["metric"] = metric.store.state
        state["metric_optimiser"] = metricOptimiser.state
        return state
    }

    func load(_ state: TrainingState) throws {
        try cycle.load(state)
        try metric.store.load(state["metric"])
        try metricOptimiser.load(state["metric_optimiser"])
    }
}
