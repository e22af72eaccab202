// SPDX-License-Identifier: MIT

internal import Retrieval
internal import Training

extension SpCL {
    /// The numbers of the method; the defaults are those of the authors' scripts.
    struct Config: Sendable, Equatable, EvaluatedTraining {
        var epochs = 50
        var iterations = 400
        /// Images of each domain in a batch.
        var batch = 64
        var instances = 4
        var schedule = StepSchedule(rate: 3.5e-4, warmup: 0, milestones: [20, 40])
        var weightDecay = 5e-4
        var padding = 10
        var clustering = DensityClustering(neighbours: 30, expansion: 6, radius: 0.6, minimumPoints: 4)
        /// How much ε grows and shrinks to see which clusters stay what they are.
        var gap = 0.02
        /// τ of the memory, and the share of a row that an update leaves of it.
        var temperature = 0.05
        var momentum = 0.2
        /// Epochs between evaluations; 0 for none.
        var evaluateEvery = 10

        init() {}

        /// The clustering in three radii.
        var selection: SelfPacedSelection {
            SelfPacedSelection(radius: clustering.radius, gap: gap, minimumPoints: clustering.minimumPoints)
        }

        /// Checks that labels do not put so many images together that a pass over them fills no batch: it takes
        /// ``instances`` images of every cluster, and every other image.
        ///
        /// - Throws: ``MethodError/tooFewClusters(found:needed:outliers:images:epoch:)``. That there are fewer images than
        ///   a batch has is not the clusters' fault, and not looked for.
        func requireBatch(of labels: ClusterLabels, epoch: Int) throws(MethodError) {
            let missing = batch - labels.outlierCount
            guard labels.values.count >= batch, labels.clusterCount * instances < missing else { return }
            throw .tooFewClusters(
                found: labels.clusterCount, needed: (missing + instances - 1) / instances, outliers: labels.outlierCount,
                images: labels.values.count, epoch: epoch)
        }
    }
}
