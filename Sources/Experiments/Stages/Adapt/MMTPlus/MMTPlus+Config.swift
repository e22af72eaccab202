// SPDX-License-Identifier: MIT

internal import Layers
internal import Training

extension MMTPlus {
    /// Where the classifier's rows of the source's identities come from.
    enum SourceRows: String, Sendable, CaseIterable {
        /// Drawn like a new classifier's, as in the authors' code.
        case random
        /// Each network's own mean embedding of the identity: short trainings need not find it first.
        case centroids
    }

    /// The numbers of the method; the defaults are those of the authors' script.
    struct Config: Sendable, Equatable {
        var epochs = 40
        var iterations = 200
        /// Images of each domain in a batch.
        var batch = 64
        var instances = 4
        var rate = 3.5e-4
        var weightDecay = 5e-4
        var padding = 10
        var head = Head.arcface(scale: 64, margin: 0.35)
        var sourceRows = SourceRows.random
        var clustering = DensityClustering(neighbours: 20, expansion: 6, radius: 0.6, minimumPoints: 4)
        /// α of the mean networks.
        var meanDecay = 0.999
        /// The share of the soft classification loss; the hard one has the rest.
        var softClassification = 0.5
        /// The weight of both triplet losses together, and the soft one's share of it.
        var tripletWeight = 0.0
        var softTriplet = 0.5
        /// The weight of the contrastive term.
        var contrastiveWeight = 0.1
        /// τ of the contrastive term.
        var temperature = MomentumQueue.usualTemperature
        /// Epochs between evaluations; 0 for none.
        var evaluateEvery = 1

        init() {}

        /// Keys in each network's queue: one epoch's.
        var queueLength: Int { batch * iterations }
    }
}
