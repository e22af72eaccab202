// SPDX-License-Identifier: MIT

public import Layers

extension MMTPlus {
    /// Where the classifier's rows of the source's identities come from.
    public enum SourceRows: String, Sendable, CaseIterable {
        /// Drawn like a new classifier's, as in the authors' code.
        case random
        /// Each network's own mean embedding of the identity: short trainings need not find it first.
        case centroids
    }

    /// The numbers of the method; the defaults are those of the authors' script.
    public struct Config: Sendable, Equatable {
        public var epochs = 40
        public var iterations = 200
        /// Images of each domain in a batch.
        public var batch = 64
        public var instances = 4
        public var rate = 3.5e-4
        public var weightDecay = 5e-4
        public var padding = 10
        public var head = Head.arcface(scale: 64, margin: 0.35)
        public var sourceRows = SourceRows.random
        /// k₁ and k₂ of the Jaccard distance.
        public var neighbours = 20
        public var expansion = 6
        /// ε and the least number of neighbours of DBSCAN.
        public var radius = 0.6
        public var minimumPoints = 4
        /// α of the mean networks.
        public var meanDecay = 0.999
        /// The share of the soft classification loss; the hard one has the rest.
        public var softClassification = 0.5
        /// The weight of both triplet losses together, and the soft one's share of it.
        public var tripletWeight = 0.0
        public var softTriplet = 0.5
        /// The weight of the contrastive term.
        public var contrastiveWeight = 0.1
        /// τ of the contrastive term.
        public var temperature = 0.07
        /// Epochs between evaluations; 0 for none.
        public var evaluateEvery = 1

        public init() {}

        /// Keys in each network's queue: one epoch's.
        public var queueLength: Int { batch * iterations }
    }
}
