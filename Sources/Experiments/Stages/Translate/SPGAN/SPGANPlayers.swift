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

    /// - Parameters:
    ///   - size: That of all images.
    ///   - elementType: float32, or float64 where roundings are to be told from mistakes.
    init(_ config: SPGAN.Config, _ size: ImageSize, random: RandomKey, elementType: ElementType = .float32) throws {
        cycle = try TranslationPlayers(config.networks, on: .symmetric, random: random, elementType: elementType)
        metric = try MetricNetwork(
            channels: config.metricChannels, size, random: random.derived("metric"), elementType: elementType)
        metricOptimiser = try Adam(metric.store.trained)
    }

    /// What translated images lack of being like their originals and unlike the other domain, for the generators.
    ///
    /// - Parameter dropped: What the siamese network leaves out.
    func similarity(_ pass: CyclePass, _ dropped: inout RandomStream) throws -> Tensor {
        try metric.store.record(false)
        let seen = try embeddings(pass, &dropped)
        let unlike =
            try siamese(seen.fakeB, seen.target, areAlike: false)
            + siamese(seen.fakeA, seen.source, areAlike: false)
        return try (alike(seen) + 0.5 * unlike) / 4
    }

    /// One step of the siamese network, which is to tell the domains apart and not an image from its translation.
    ///
    /// - Returns: The loss.
    func moveMetric(_ pass: CyclePass, _ dropped: inout RandomStream, _ settings: AdamStep) throws -> Tensor {
        try metric.store.record(true)
        let seen = try embeddings(
            CyclePass(
                source: pass.source, target: pass.target, fakeB: pass.fakeB.detached(), fakeA: pass.fakeA.detached()),
            &dropped)
        let loss = try (alike(seen) + 2 * siamese(seen.source, seen.target, areAlike: false)) / 3
        try metricOptimiser.differentiate(loss)
        try metricOptimiser.step(settings)
        return loss
    }

    /// The siamese network's view of all images of a pass, `[B, 64]` each.
    private typealias Embeddings = (source: Tensor, fakeB: Tensor, target: Tensor, fakeA: Tensor)

    private func embeddings(_ pass: CyclePass, _ dropped: inout RandomStream) throws -> Embeddings {
        let source = try metric(pass.source, &dropped)
        let fakeB = try metric(pass.fakeB, &dropped)
        let target = try metric(pass.target, &dropped)
        return try (source, fakeB, target, metric(pass.fakeA, &dropped))
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
