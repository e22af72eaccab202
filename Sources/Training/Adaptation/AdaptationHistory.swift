// SPDX-License-Identifier: MIT

package import Backbones
package import Retrieval
internal import Reporting
internal import Tensor

/// What an adaptation has come to, epoch by epoch: for people to read, for picks, and to end a training that has collapsed.
///
/// Kept with the training's state. No step depends on anything in it.
package final class AdaptationHistory {
    /// What a high score stands for where no label is known.
    package enum Score: String, Sendable, CaseIterable {
        /// The clusters that a network gives after an epoch are those that it was trained on in it: their adjusted Rand
        /// index. A training that has not settled moves them.
        case stability
        /// Two mean networks rank the target's training images alike: the share of nearest neighbours that both have. The
        /// rate at which two trained networks disagree on images without labels follows the rate at which they err.
        ///
        /// - SeeAlso: Jiang et al., ICLR 2022, arXiv:2106.13799, for classifiers.
        case agreement
    }

    package let score: Score
    package private(set) var evaluated: EvaluatedEpochs
    /// Those before the latest epoch; nothing before the first.
    private var labels: ClusterLabels?
    /// How many epochs in a row have had merged clusters.
    private var mergedEpochs: Int

    /// A beginning, or what a kept state holds. One of before it was kept has nothing of it.
    package init(_ score: Score, restoring state: TrainingState?) throws {
        self.score = score
        evaluated = state.map { EvaluatedEpochs($0) } ?? EvaluatedEpochs()
        labels = try state?["history"]["labels"].map { ClusterLabels(values: try $0.integers()) }
        mergedEpochs = state?.numbers["merged_epochs"] ?? 0
    }

    package func store(in state: inout TrainingState) throws {
        evaluated.store(in: &state)
        if let labels { state["history"] = ["labels": try Tensor(labels.values)] }
        state.numbers["merged_epochs"] = mergedEpochs
    }
}

// MARK: Clusters

extension AdaptationHistory {
    /// Takes the clusters before an epoch, reports them beside those of the epoch before, and adds how stable that one has
    /// been.
    ///
    /// - Throws: ``MethodError/collapsed(largest:clustered:clusters:epoch:)`` where one cluster has held nearly all
    ///   clustered images for ``ClusterHealth/mostMergedEpochs`` epochs and still does.
    package func begin(_ epoch: Int, with labels: ClusterLabels, in scope: any TrainingScope) throws {
        let health = ClusterHealth(labels)
        let before = self.labels.map { ClusterHealth($0) }
        try record(health, after: before, epoch: epoch, in: scope)
        if before != nil { try setStability(of: epoch - 1, with: labels, in: scope) }
        mergedEpochs = health.isMerged ? mergedEpochs + 1 : 0
        self.labels = labels
        guard mergedEpochs <= ClusterHealth.mostMergedEpochs else {
            throw MethodError.collapsed(
                largest: health.largest, clustered: health.clustered, clusters: health.clusters, epoch: epoch)
        }
    }

    /// The same for batches that are filled from the clusters.
    ///
    /// - Throws: ``MethodError/tooFewClusters(found:needed:outliers:images:epoch:)`` too.
    package func begin(
        _ epoch: Int, with labels: ClusterLabels, filling batch: Int, of instances: Int, in scope: any TrainingScope
    ) throws {
        try begin(epoch, with: labels, in: scope)
        try labels.require(filling: batch, of: instances, epoch: epoch)
    }

    private func record(
        _ health: ClusterHealth, after before: ClusterHealth?, epoch: Int, in scope: any TrainingScope
    ) throws {
        var values = [
            ("clusters", Double(health.clusters)), ("outliers", Double(health.outliers)),
            ("outlier_share", health.outlierShare), ("largest_cluster_share", health.largestShare),
        ]
        if let before {
            values.append(("clusters_change", Double(health.clusters - before.clusters)))
            values.append(("outlier_share_change", health.outlierShare - before.outlierShare))
        }
        for (name, value) in values { try scope.record(name, value, epoch: epoch) }
        scope.tell(.clusters(health.text(after: before)))
    }

    private func setStability(of epoch: Int, with labels: ClusterLabels, in scope: any TrainingScope) throws {
        guard let trained = self.labels else { return }
        let stability = labels.adjustedRandIndex(with: trained)
        try scope.record(Score.stability.rawValue, stability, epoch: epoch)
        if score == .stability { evaluated.setScore(stability, of: epoch) }
    }
}

// MARK: Scores

extension AdaptationHistory {
    /// Scores networks after an epoch that is to be looked at, and reports the mAP of each, and the best of all so far.
    ///
    /// - Parameters:
    ///   - networks: One, or the mean networks of a pair.
    ///   - state: That after the last step, with which the run may be left meanwhile.
    package func evaluate(
        _ networks: [EmbeddingNetwork], after epoch: Int, on schedule: EvaluationSchedule, _ setting: TrainingSetting,
        in scope: any TrainingScope, _ state: () throws -> TrainingState
    ) throws {
        guard schedule.includes(epoch) else { return }
        var found: [RankingFigures] = []
        scope.begin(.evaluating, of: networks.count * setting.validation.samples.count)
        for (index, network) in networks.enumerated() {
            let distances = try setting.validation.distances(of: network) { try scope.pause(after: $0, state) }
            let metrics = try setting.validation.metrics(of: distances)
            try scope.show(distances, of: index, setting.validation, epoch: epoch)
            found.append(RankingFigures(metrics))
            for (name, value) in [("mAP", metrics.mAP), ("top1", metrics.top1)] {
                try scope.record(networks.count == 1 ? name : "\(name)/mean\(index + 1)", value, epoch: epoch)
            }
        }
        evaluated.add(EvaluatedEpochs.Epoch(number: epoch, networks: found))
        guard let best = evaluated.oracle?.figures.mAP else { return }
        try scope.record("oracle_mAP", best, epoch: epoch)
        scope.tell(.score(name: "mAP", latest: found[0].mAP, best: best))
    }

    /// Whether an epoch was scored, and what is known of it without labels is still to be found.
    package func waitsForScore(_ epoch: Int) -> Bool { evaluated.waitsForScore(epoch) }

    /// Adds how stable the clusters were in the last epoch, which no other follows, where that was scored.
    ///
    /// - Parameter labels: Those that the trained network gives; made where they are needed.
    package func end(
        _ epoch: Int, with labels: @autoclosure () throws -> ClusterLabels, in scope: any TrainingScope
    ) throws {
        guard waitsForScore(epoch) else { return }
        try setStability(of: epoch, with: labels(), in: scope)
    }

    /// Adds how far two mean networks agree after an epoch, where that is waited for.
    ///
    /// - Parameter features: What each makes of the target's training images, `[N, D]`.
    /// - Complexity: O(1000·N·D).
    package func setAgreement(
        of features: [Features<UnitNorm>], after epoch: Int, in scope: any TrainingScope
    ) throws {
        guard waitsForScore(epoch) else { return }
        let agreement = try NeighbourOverlap().share(of: features[0], with: features[1])
        try scope.record(Score.agreement.rawValue, agreement, epoch: epoch)
        evaluated.setScore(agreement, of: epoch)
    }
}
