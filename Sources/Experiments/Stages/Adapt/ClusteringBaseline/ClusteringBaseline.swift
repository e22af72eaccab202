// SPDX-License-Identifier: MIT
//
// One network that is trained on its own clusters: the plainest way to adapt, which every other method is held against.
//
// Goals, in order: the authors' procedure; equal results for equal seeds; readability.
//
// Deviations from the authors' code: docs/methods/clustering-baseline.md, 1 to 9.

internal import Backbones
internal import Data
internal import Layers
internal import Reporting
internal import Retrieval
internal import Tensor
internal import Training

/// The clustering baseline: hard pseudo labels from DBSCAN or k-means, label-smoothed cross-entropy and the softmax triplet
/// loss.
///
/// - SeeAlso: Ge et al., ICLR 2020, arXiv:2001.01526, §4.4; Fan et al., TOMM 2018, arXiv:1705.10444.
struct ClusteringBaseline {
    /// The numbers of the method; the defaults are those of the authors' script for DBSCAN.
    struct Config: Sendable, Equatable {
        var epochs = 40
        var iterations = 400
        var batch = 64
        /// Images of each cluster in a batch.
        var instances = 4
        var rate = 3.5e-4
        var weightDecay = 5e-4
        var padding = 10
        var clustering = EpochClustering.dbscan(density)
        /// DBSCAN's numbers where it is chosen.
        static let density = EpochClustering.Density(scale: .plain, radius: .fixed(0.6))
        /// Epochs between evaluations; 0 for none.
        var evaluateEvery = 1
    }

    private let config: Config
    private let setting: TrainingSetting

    init(_ config: Config, _ setting: TrainingSetting) {
        self.config = config
        self.setting = setting
    }

    /// Trains a network further on the target's images.
    ///
    /// - Parameter initial: The state of a pre-trained network of the shape.
    /// - Throws: ``MethodError/tooFewClusters(found:needed:outliers:images:epoch:)`` where an epoch cannot fill a
    ///   batch, ``MethodError/collapsed(largest:clustered:clusters:epoch:)`` where one cluster holds nearly all images for
    ///   too long, ``MethodError/notFinite(loss:epoch:step:)`` at the first such loss.
    func train(
        _ shape: NetworkShape, from initial: StateDictionary, in scope: any TrainingScope
    ) throws -> AdaptedNetworks {
        let training = try ClusterTraining(
            shape, from: initial, restoring: scope.restore(), graph: setting.stepGraph(in: scope))
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: training.meter)
        while training.meter.epoch < config.epochs {
            let round = try training.round ?? relabelled(training, in: scope)
            try train(training, round, in: scope)
            try training.history.evaluate(
                [training.network], after: training.meter.epoch, on: config.evaluations, setting, in: scope, training.state)
            training.endEpoch()
            try scope.endEpoch(training.state())
        }
        try training.history.end(training.meter.epoch - 1, with: clusters(training, in: scope).labels, in: scope)
        try scope.finish(training.state())
        return AdaptedNetworks([training.network], training.history)
    }

    /// An epoch's steps on pseudo labels of no meaning, for measuring what a step takes.
    func rehearse(_ shape: NetworkShape, in scope: any TrainingScope) throws -> EmbeddingNetwork {
        let blank = try EmbeddingNetwork(shape, random: setting.random)
        let training = try ClusterTraining(
            shape, from: blank.store.state, restoring: nil, graph: setting.stepGraph(in: scope))
        let (labels, features) = try setting.madeUpClusters(of: config.instances, dimension: shape.dimension)
        try train(training, training.relabel(Clusters(labels, of: features)), in: scope)
        return training.network
    }

    // MARK: An epoch

    /// Clusters the target's images and gives the classifier a row for each cluster.
    private func relabelled(
        _ training: ClusterTraining, in scope: any TrainingScope
    ) throws -> ClusterTraining.Round {
        let clusters = try self.clusters(training, in: scope)
        let epoch = training.meter.epoch
        if let radius = training.radius { try scope.record("eps", radius, epoch: epoch) }
        try training.history.begin(
            epoch, with: clusters.labels, filling: config.batch, of: config.instances, in: scope)
        return try training.relabel(clusters)
    }

    /// Those that the network gives as it is.
    private func clusters(_ training: ClusterTraining, in scope: any TrainingScope) throws -> Clusters {
        scope.begin(.embedding, of: setting.target.samples.count)
        let features = try setting.extractor
            .features(of: setting.target.samples, by: training.network) { try scope.pause(after: $0, training.state) }
        return try config.clustering.clusters(
            of: [features], radius: &training.radius, random: setting.random, by: setting.search, in: scope)
    }

    private func train(
        _ training: ClusterTraining, _ round: ClusterTraining.Round, in scope: any TrainingScope
    ) throws {
        let transform = setting.images.augmentation(padding: config.padding, erasing: RandomErasing())
        let batches = try setting.identityBatches(
            setting.target.samples.labelled(by: round.labels), instances: config.instances, transform,
            purpose: "adapt.target"
        ).batches(of: training.meter, iterations: config.iterations, batchSize: config.batch)
        scope.beginSteps(of: training.meter, iterations: config.iterations)
        while let batch = try batches.next() {
            try step(training, round, batch.images(), labels: Tensor(batch.labels))
            try scope.endStep(training.meter, training.state)
        }
        try training.meter.report(to: scope, rate: config.rate, after: batches)
    }

    /// One iteration.
    ///
    /// - Parameters:
    ///   - batch: `[B, 3, H, W]`.
    ///   - labels: The images' clusters, `[B]`.
    func step(
        _ training: ClusterTraining, _ round: ClusterTraining.Round, _ batch: Tensor, labels: Tensor
    ) throws {
        let losses = try training.graph([batch, labels]) { inputs in
            let output = try training.network(inputs[0], .training)
            let logits = try round.classifier(output.embedding, labels: inputs[1])
            let identity = try smoothedCrossEntropy(logits, labels: inputs[1])
            let triplet = try softmaxTriplet(output.pooled, labels: inputs[1])
            try round.optimiser.differentiate(identity + triplet)
            return ["identity": identity, "triplet": triplet]
        }
        try round.optimiser.step(AdamStep(rate: config.rate, decay: config.weightDecay))
        try training.meter.add(losses)
    }
}
