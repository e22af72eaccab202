// SPDX-License-Identifier: MIT

package import Layers
package import Retrieval
internal import Reporting
internal import Tensor

/// All that moves while two networks teach each other: what MMT and MMT+ have in common.
package struct MutualTraining {
    /// What lives as long as an epoch: the pseudo labels that it trains on, and its optimiser.
    package struct Round {
        package let labels: ClusterLabels
        package let optimiser: Adam
    }

    package var pairs: [MutualPair]
    package let graph: StepGraph
    /// Where training is.
    package var meter: LossMeter
    /// Nothing between two epochs.
    package private(set) var round: Round?
    package let history: AdaptationHistory

    /// The pairs as they begin, or a kept state of them.
    ///
    /// - Parameter graph: What takes the steps.
    package init(_ pairs: [MutualPair], restoring state: TrainingState?, graph: StepGraph) throws {
        self.pairs = pairs
        self.graph = graph
        meter = LossMeter(state)
        history = try AdaptationHistory(.agreement, restoring: state)
        guard let state else { return }
        for index in pairs.indices { try self.pairs[index].load(state, number: index + 1) }
        guard state.step > 0 else { return }
        guard let labels = state["round"]["labels"] else { throw MethodError.incompleteState(missing: "round/labels") }
        try round(on: ClusterLabels(values: labels.integers())).optimiser.load(state["optimiser"])
    }

    /// Gives every classifier a row for each cluster, and begins an epoch's steps.
    package mutating func relabel(_ clusters: Clusters) throws -> Round {
        for index in pairs.indices { try pairs[index].relabel(clusters.centroids) }
        return try round(on: clusters.labels)
    }

    /// Begins an epoch's steps, after the classifiers have got their rows.
    @discardableResult
    private mutating func round(on labels: ClusterLabels) throws -> Round {
        let optimiser = try Adam(pairs.enumerated().flatMap { $1.trained(number: $0 + 1) })
        let round = Round(labels: labels, optimiser: optimiser)
        self.round = round
        graph.renew()
        return round
    }

    /// Moves the mean networks after a step, by α_t, the number t of the step being counted through all epochs.
    package func moveMeans(iterations: Int, limit: Double) throws {
        let decay = meanNetworkDecay(step: meter.epoch * iterations + meter.step, limit: limit)
        for pair in pairs { try pair.moveMean(decay: decay) }
    }

    package mutating func endEpoch() {
        meter = LossMeter(epoch: meter.epoch + 1)
        round = nil
    }

    package func state() throws -> TrainingState {
        var state = try meter.state()
        for (index, pair) in pairs.enumerated() { pair.store(in: &state, number: index + 1) }
        try history.store(in: &state)
        if let round {
            state["round"] = ["labels": try Tensor(round.labels.values)]
            state["optimiser"] = round.optimiser.state
        }
        return state
    }
}

// MARK: What the mean networks see

extension MutualTraining {
    /// The embeddings of the target's training images by each mean network, `[N_t, D]`. How far they agree is added to the
    /// epoch before, where that was scored.
    ///
    /// - Parameter state: That after the last step, with which the run may be left meanwhile.
    package func targetFeatures(
        _ setting: TrainingSetting, in scope: any TrainingScope, _ state: () throws -> TrainingState
    ) throws -> [Features<UnitNorm>] {
        scope.begin(.embedding, of: pairs.count * setting.target.samples.count)
        let features = try pairs.map { pair in
            try setting.extractor.features(of: setting.target.samples, by: pair.mean) { try scope.pause(after: $0, state) }
        }
        try history.setAgreement(of: features, after: meter.epoch - 1, in: scope)
        return features
    }

    /// Scores both mean networks after an epoch that is to be looked at.
    ///
    /// - Parameter state: That after the last step, with which the run may be left meanwhile.
    package func evaluate(
        _ setting: TrainingSetting, on schedule: EvaluationSchedule, in scope: any TrainingScope,
        _ state: () throws -> TrainingState
    ) throws {
        try history.evaluate(pairs.map(\.mean), after: meter.epoch, on: schedule, setting, in: scope, state)
    }

    /// Adds how far the mean networks agree after the last epoch, where that was scored.
    ///
    /// - Parameter state: That at the end, with which the run may be left meanwhile.
    package func end(
        _ setting: TrainingSetting, in scope: any TrainingScope, _ state: () throws -> TrainingState
    ) throws {
        guard history.waitsForScore(meter.epoch - 1) else { return }
        _ = try targetFeatures(setting, in: scope, state)
    }
}
