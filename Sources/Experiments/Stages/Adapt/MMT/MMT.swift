// SPDX-License-Identifier: MIT
//
// MMT: two networks teach each other with their temporal means, on target images with pseudo labels from clustering.
//
// Goals, in order: the authors' procedure; equal results for equal seeds; readability.
//
// Deviations from the authors' code: docs/methods/mmt.md, 1 to 9.

internal import Backbones
internal import Data
internal import Layers
internal import Retrieval
internal import Tensor
internal import Training

/// Mutual mean-teaching.
///
/// - SeeAlso: Ge et al., ICLR 2020, arXiv:2001.01526.
struct MMT {
    /// The numbers of the method; the defaults are those of the authors' k-means program, which is the paper's.
    struct Config: Sendable, Equatable {
        var epochs = 40
        var iterations = 800
        var batch = 64
        /// Images of each cluster in a batch.
        var instances = 4
        var rate = 3.5e-4
        var weightDecay = 5e-4
        var padding = 10
        var clustering = EpochClustering.kMeans(EpochClustering.Means())
        /// DBSCAN's numbers where it is chosen.
        static let density = EpochClustering.Density(scale: .relative, radius: .nearest(share: 1.6e-3))
        /// α of the mean networks.
        var meanDecay = 0.999
        /// The share of the soft classification loss, and that of the soft triplet loss; the hard ones have the rest.
        var softClassification = 0.5
        var softTriplet = 0.8
        /// Epochs between evaluations; 0 for none.
        var evaluateEvery = 1

        init() {}
    }

    private let config: Config
    private let setting: TrainingSetting

    init(_ config: Config, _ setting: TrainingSetting) {
        self.config = config
        self.setting = setting
    }

    /// Trains both students and returns their mean networks, which tests use, with what the epochs came to.
    ///
    /// - Parameters:
    ///   - shape: Of all networks, for images of one domain.
    ///   - initial: The states of two pre-trained networks.
    /// - Throws: ``MethodError/tooFewClusters(found:needed:outliers:images:epoch:)`` where an epoch cannot fill a
    ///   batch, ``MethodError/collapsed(largest:clustered:clusters:epoch:)`` where one cluster holds nearly all images for
    ///   too long, ``MethodError/notFinite(loss:epoch:step:)`` at the first such loss.
    func train(
        _ shape: NetworkShape, from initial: [StateDictionary], in scope: any TrainingScope
    ) throws -> AdaptedNetworks {
        var training = try begin(shape, from: initial, restoring: scope.restore(), in: scope)
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: training.mutual.meter)
        while training.mutual.meter.epoch < config.epochs {
            let round = try training.mutual.round ?? relabelled(&training, in: scope)
            try train(&training, round, in: scope)
            try training.mutual.evaluate(setting, on: config.evaluations, in: scope, training.state)
            training.mutual.endEpoch()
            try scope.endEpoch(training.state())
        }
        try training.mutual.end(setting, in: scope, training.state)
        try scope.finish(training.state())
        return AdaptedNetworks(training.mutual.pairs.map(\.mean), training.mutual.history)
    }

    /// An epoch's steps on pseudo labels of no meaning, for measuring what a step takes.
    func rehearse(_ shape: NetworkShape, in scope: any TrainingScope) throws {
        let blank = try EmbeddingNetwork(shape, random: setting.random)
        var training = try begin(shape, from: [blank, blank].map(\.store.state), restoring: nil, in: scope)
        let (labels, features) = try setting.madeUpClusters(of: config.instances, dimension: shape.dimension)
        try train(&training, training.mutual.relabel(Clusters(labels, of: features)), in: scope)
    }

    private func begin(
        _ shape: NetworkShape, from initial: [StateDictionary], restoring state: TrainingState?,
        in scope: any TrainingScope
    ) throws -> MMTTraining {
        try MMTTraining(
            shape, from: initial, random: setting.random, restoring: state, graph: setting.stepGraph(in: scope))
    }

    // MARK: An epoch

    /// Clusters the target's images and gives every classifier a row for each cluster.
    private func relabelled(
        _ training: inout MMTTraining, in scope: any TrainingScope
    ) throws -> MutualTraining.Round {
        let epoch = training.mutual.meter.epoch
        let features = try training.mutual.targetFeatures(setting, in: scope, training.state)
        let clusters = try config.clustering.clusters(
            of: features, radius: &training.radius, random: setting.random, by: setting.search, in: scope)
        if let radius = training.radius { try scope.record("eps", radius, epoch: epoch) }
        try training.mutual.history.begin(
            epoch, with: clusters.labels, filling: config.batch, of: config.instances, in: scope)
        return try training.mutual.relabel(clusters)
    }

    private func train(
        _ training: inout MMTTraining, _ round: MutualTraining.Round, in scope: any TrainingScope
    ) throws {
        let transform = setting.images.augmentation(padding: config.padding, erasing: RandomErasing())
        let batches = try setting.identityBatches(
            setting.target.samples.labelled(by: round.labels), instances: config.instances, transform, views: 2,
            purpose: "adapt.target"
        ).batches(of: training.mutual.meter, iterations: config.iterations, batchSize: config.batch)
        scope.beginSteps(of: training.mutual.meter, iterations: config.iterations)
        while let batch = try batches.next() {
            try step(
                &training, round, (0..<2).map { try batch.images(view: $0) }, labels: Tensor(batch.labels))
            try scope.endStep(training.mutual.meter, training.state)
        }
        try training.mutual.meter.report(to: scope, rate: config.rate, after: batches)
    }

    /// One iteration: a step of both students, then the mean networks follow.
    ///
    /// - Parameters:
    ///   - views: Two of the same images, `[B, 3, H, W]`.
    ///   - labels: The images' clusters, `[B]`.
    func step(
        _ training: inout MMTTraining, _ round: MutualTraining.Round, _ views: [Tensor], labels: Tensor
    ) throws {
        let losses = try training.mutual.graph(views + [labels]) { [pairs = training.mutual.pairs] inputs in
            let losses = try MutualLosses(pairs, Array(inputs.dropLast()), labels: inputs[2])
            try round.optimiser.differentiate(total(losses))
            return losses.byName
        }
        try round.optimiser.step(AdamStep(rate: config.rate, decay: config.weightDecay))
        try training.mutual.moveMeans(iterations: config.iterations, limit: config.meanDecay)
        try training.mutual.meter.add(losses)
    }

    /// Classification and triplets weigh the same, and each is shared between hard and soft labels.
    func total(_ losses: MutualLosses) throws -> Tensor {
        try losses.classification(soft: config.softClassification) + losses.triplets(soft: config.softTriplet)
    }
}
