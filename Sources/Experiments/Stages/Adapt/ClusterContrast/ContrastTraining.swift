// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Randomness
internal import Retrieval
internal import Tensor
internal import Training

/// All that moves while a network is held against its clusters.
final class ContrastTraining {
    /// What lives as long as an epoch: the pseudo labels, and the memory with a row for each cluster.
    struct Round {
        let labels: ClusterLabels
        let memory: ClusterMemory
    }

    let network: EmbeddingNetwork
    /// Goes on through all epochs, since the network is all that it moves.
    let optimiser: Adam
    let graph: StepGraph
    /// Where training is.
    var meter: LossMeter
    let history: AdaptationHistory
    /// Nothing between two epochs.
    private(set) var round: Round?
    private let config: ClusterContrast.Config
    private let elementType: ElementType

    /// A network as it begins, or a kept state of its training.
    ///
    /// - Parameters:
    ///   - initial: ImageNet's weights or those of a network that was trained before; nothing for drawn ones.
    ///   - graph: What takes the steps.
    ///   - elementType: float32, or float64 where roundings are to be told from mistakes.
    init(
        _ shape: NetworkShape, from initial: StateDictionary?, _ config: ClusterContrast.Config, random: RandomKey,
        restoring state: TrainingState?, graph: StepGraph = StepGraph(isOn: false), elementType: ElementType = .float32
    ) throws {
        self.graph = graph
        network = try EmbeddingNetwork(shape, random: random, elementType: elementType)
        if let initial { try network.begin(with: initial) }
        optimiser = try Adam(network.store.trained)
        meter = LossMeter(state)
        history = try AdaptationHistory(.stability, restoring: state)
        self.config = config
        self.elementType = elementType
        guard let state else { return }
        try network.store.load(state["network"])
        try optimiser.load(state["optimiser"])
        guard state.step > 0 else { return }
        guard let labels = state["round"]["labels"], let rows = state["round"]["memory"] else {
            throw MethodError.incompleteState(missing: "round/labels or round/memory")
        }
        _ = try begin(ClusterLabels(values: labels.integers()), rows: rows)
    }

    /// Gives every cluster a row, its unit centroid, and begins an epoch's steps.
    ///
    /// - Parameter features: `[N, D]`, that the labels come from.
    func relabel(_ labels: ClusterLabels, of features: Features<UnitNorm>) throws -> Round {
        try begin(labels, rows: Tensor(labels.centroids(of: features)))
    }

    private func begin(_ labels: ClusterLabels, rows: Tensor) throws -> Round {
        let memory = ClusterMemory(
            try rows.converted(to: elementType), temperature: config.temperature, momentum: config.momentum,
            rule: config.update)
        let round = Round(labels: labels, memory: memory)
        self.round = round
        graph.renew()
        return round
    }

    func endEpoch() {
        meter = LossMeter(epoch: meter.epoch + 1)
        round = nil
    }

    func state() throws -> TrainingState {
        var state = try meter.state()
        state["network"] = network.store.state
        state["optimiser"] = optimiser.state
        try history.store(in: &state)
        if let round { state["round"] = ["labels": try Tensor(round.labels.values), "memory": round.memory.rows] }
        return state
    }
}
