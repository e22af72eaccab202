// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Randomness
internal import Retrieval
internal import Tensor
internal import Training

/// All that moves while MMT+ trains.
struct MutualTraining {
    /// What lives as long as an epoch: the pseudo labels that it trains on, and its optimiser.
    struct Round {
        let labels: ClusterLabels
        let optimiser: Adam
    }

    var pairs: [MutualPair]
    /// Where training is.
    var meter: LossMeter
    /// Nothing between two epochs.
    private(set) var round: Round?
    /// The best validation mAP so far, which only somebody who knows the labels could have picked.
    var oracle: Double

    /// The pairs as they begin, or a kept state of them.
    init(_ pairs: [MutualPair], restoring state: TrainingState?) throws {
        self.pairs = pairs
        meter = LossMeter(state)
        oracle = state?.reports["oracle_mAP"] ?? 0
        guard let state else { return }
        for index in pairs.indices { try self.pairs[index].load(state, number: index + 1) }
        guard state.step > 0 else { return }
        guard let labels = state["round"]["labels"] else { throw MethodError.incompleteState(missing: "round/labels") }
        try round(on: ClusterLabels(values: labels.integers())).optimiser.load(state["optimiser"])
    }

    /// Gives every classifier a row for each cluster, and begins an epoch's steps.
    ///
    /// - Parameter features: f, `[N, D]`, that the labels come from.
    mutating func relabel(
        sourceClasses: Int, _ labels: ClusterLabels, of features: Features<UnitNorm>
    ) throws -> Round {
        let centroids = labels.centroids(of: features)
        for index in pairs.indices { try pairs[index].relabel(sourceClasses: sourceClasses, centroids) }
        return try round(on: labels)
    }

    /// Begins an epoch's steps, after the classifiers have got their rows.
    @discardableResult
    private mutating func round(on labels: ClusterLabels) throws -> Round {
        let optimiser = try Adam(pairs.enumerated().flatMap { $1.trained(number: $0 + 1) })
        let round = Round(labels: labels, optimiser: optimiser)
        self.round = round
        return round
    }

    mutating func endEpoch() {
        meter = LossMeter(epoch: meter.epoch + 1)
        round = nil
    }

    func state() throws -> TrainingState {
        var state = try meter.state()
        for (index, pair) in pairs.enumerated() { pair.store(in: &state, number: index + 1) }
        state.reports["oracle_mAP"] = oracle
        if let round {
            state["round"] = ["labels": try Tensor(round.labels.values)]
            state["optimiser"] = round.optimiser.state
        }
        return state
    }
}
