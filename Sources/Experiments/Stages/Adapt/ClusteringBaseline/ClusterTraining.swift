// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Retrieval
internal import Tensor
internal import Training

/// All that moves while a network is trained on its clusters.
final class ClusterTraining {
    /// What lives as long as an epoch: the pseudo labels, the classifier with a row for each cluster, and the optimiser.
    struct Round {
        let labels: ClusterLabels
        let classifier: Classifier
        let optimiser: Adam
        fileprivate let rows: ParameterStore
    }

    let network: EmbeddingNetwork
    let graph: StepGraph
    /// Where training is.
    var meter: LossMeter
    /// Nothing between two epochs.
    private(set) var round: Round?
    let history: AdaptationHistory
    /// ε of DBSCAN as the first epoch has found it; nothing where it is given.
    var radius: Double?
    private let elementType: ElementType

    /// A network as it begins, or a kept state of its training.
    ///
    /// - Parameters:
    ///   - graph: What takes the steps.
    ///   - elementType: float32, or float64 where roundings are to be told from mistakes.
    init(
        _ shape: NetworkShape, from initial: StateDictionary, restoring state: TrainingState?,
        graph: StepGraph = StepGraph(isOn: false), elementType: ElementType = .float32
    ) throws {
        self.graph = graph
        network = try EmbeddingNetwork(shape, random: nil, elementType: elementType)
        meter = LossMeter(state)
        history = try AdaptationHistory(.stability, restoring: state)
        radius = state?.values["clustering_radius"]
        self.elementType = elementType
        try network.store.load(state?["network"] ?? initial)
        guard let state, state.step > 0 else { return }
        guard let labels = state["round"]["labels"], let weight = state["round"]["classifier.weight"] else {
            throw MethodError.incompleteState(missing: "round/labels or round/classifier.weight")
        }
        let round = try begin(ClusterLabels(values: labels.integers()), rows: weight)
        try round.optimiser.load(state["optimiser"])
    }

    /// Gives the classifier a row for each cluster, its unit centroid, and begins an epoch's steps.
    func relabel(_ clusters: Clusters) throws -> Round {
        try begin(clusters.labels, rows: Tensor(clusters.centroids))
    }

    private func begin(_ labels: ClusterLabels, rows values: Tensor) throws -> Round {
        let rows = ParameterStore(random: nil, elementType: elementType)
        let classifier = try Classifier(
            values.shape[1], classes: values.shape[0], head: .linear, at: rows.root / "classifier")
        try classifier.weight.copy(from: values)
        let optimiser = try Adam(network.store.trained + rows.trained)
        let round = Round(labels: labels, classifier: classifier, optimiser: optimiser, rows: rows)
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
        try history.store(in: &state)
        state.values["clustering_radius"] = radius
        if let round {
            state["round"] = round.rows.state.merging(["labels": try Tensor(round.labels.values)]) { first, _ in first }
            state["optimiser"] = round.optimiser.state
        }
        return state
    }
}
