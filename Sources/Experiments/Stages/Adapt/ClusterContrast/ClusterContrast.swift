// SPDX-License-Identifier: MIT
//
// Cluster Contrast: one network is held against a memory with a row for each of its clusters, which is made anew before
// every epoch and moved by every batch.
//
// Goals, in order: the authors' procedure; equal results for equal seeds; readability.
//
// Deviations from the authors' code: docs/methods/cluster-contrast.md, 1 to 5.

internal import Backbones
internal import Data
internal import Layers
internal import Reporting
internal import Retrieval
internal import Tensor
internal import Training

/// Contrast with clusters: from ImageNet's weights, without any labels, or from a network that a source has trained.
///
/// - SeeAlso: Dai et al., ACCV 2022, arXiv:2103.11568.
struct ClusterContrast {
    private let config: Config
    private let setting: TrainingSetting

    init(_ config: Config, _ setting: TrainingSetting) {
        self.config = config
        self.setting = setting
    }

    /// Trains a network on the target's images, or goes on with the one of the scope's last checkpoint.
    ///
    /// - Parameters:
    ///   - shape: With shared normalisation.
    ///   - initial: What the network begins with: ImageNet's weights, or a trained network's; nothing for drawn ones.
    /// - Throws: ``MethodError/tooFewClusters(found:needed:outliers:images:epoch:)`` where an epoch cannot fill a
    ///   batch, ``MethodError/collapsed(largest:clustered:clusters:epoch:)`` where one cluster holds nearly all images for
    ///   too long, ``MethodError/notFinite(loss:epoch:step:)`` at the first such loss.
    func train(
        _ shape: NetworkShape, from initial: StateDictionary?, in scope: any TrainingScope
    ) throws -> AdaptedNetworks {
        let training = try begin(shape, from: initial, restoring: scope.restore(), in: scope)
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: training.meter)
        while training.meter.epoch < config.epochs {
            let round = try training.round ?? relabelled(training, in: scope)
            try train(training, round, in: scope)
            try training.history.evaluate(
                [training.network], after: training.meter.epoch, on: config.evaluations, setting, in: scope, training.state)
            training.endEpoch()
            try scope.endEpoch(training.state())
        }
        try training.history.end(
            training.meter.epoch - 1, with: labels(of: features(training, in: scope), in: scope), in: scope)
        try scope.finish(training.state())
        return AdaptedNetworks([training.network], training.history)
    }

    /// An epoch's steps on pseudo labels of no meaning, for measuring what a step takes.
    func rehearse(_ shape: NetworkShape, in scope: any TrainingScope) throws -> EmbeddingNetwork {
        let training = try begin(shape, from: nil, restoring: nil, in: scope)
        let (labels, features) = try setting.madeUpClusters(of: config.instances, dimension: shape.dimension)
        try train(training, training.relabel(labels, of: features), in: scope)
        return training.network
    }

    private func begin(
        _ shape: NetworkShape, from initial: StateDictionary?, restoring state: TrainingState?,
        in scope: any TrainingScope
    ) throws -> ContrastTraining {
        precondition(shape.domains == .shared, "batches of the target alone have no half for another domain")
        return try ContrastTraining(
            shape, from: initial, config, random: setting.random, restoring: state, graph: setting.stepGraph(in: scope))
    }

    // MARK: An epoch

    /// Clusters the target's images and gives the memory a row for each cluster.
    private func relabelled(_ training: ContrastTraining, in scope: any TrainingScope) throws -> ContrastTraining.Round {
        let features = try self.features(training, in: scope)
        let labels = try labels(of: features, in: scope)
        let epoch = training.meter.epoch
        try training.history.begin(
            epoch, with: labels, filling: config.batch, of: config.instances, in: scope)
        return try training.relabel(labels, of: features)
    }

    private func labels(of features: Features<UnitNorm>, in scope: any TrainingScope) throws -> ClusterLabels {
        try config.clustering.labels(of: features, by: setting.search, in: scope)
    }

    /// What the network makes of the target's images as it is, `[N_t, D]`.
    private func features(_ training: ContrastTraining, in scope: any TrainingScope) throws -> Features<UnitNorm> {
        scope.begin(.embedding, of: setting.target.samples.count)
        return try setting.extractor
            .features(of: setting.target.samples, by: training.network) { try scope.pause(after: $0, training.state) }
    }

    private func train(
        _ training: ContrastTraining, _ round: ContrastTraining.Round, in scope: any TrainingScope
    ) throws {
        let transform = setting.images.augmentation(padding: config.padding, erasing: RandomErasing())
        let batches = try setting.identityBatches(
            setting.target.samples.labelled(by: round.labels), instances: config.instances, transform,
            purpose: "adapt.target"
        ).batches(of: training.meter, iterations: config.iterations, batchSize: config.batch)
        scope.beginSteps(of: training.meter, iterations: config.iterations)
        while let batch = try batches.next() {
            try step(training, round.memory, batch.images(), labels: batch.labels)
            try scope.endStep(training.meter, training.state)
        }
        try training.meter.report(to: scope, rate: config.schedule.rate(epoch: training.meter.epoch), after: batches)
    }

    /// One iteration: a step of the network, and of the memory's rows that the batch belongs to.
    ///
    /// - Parameters:
    ///   - images: `[B, 3, H, W]`.
    ///   - labels: The images' clusters, `[B]`.
    func step(_ training: ContrastTraining, _ memory: ClusterMemory, _ images: Tensor, labels: [Int]) throws {
        let (embeddings, loss) = try training.graph([images, Tensor(labels)]) { inputs in
            let embeddings = try training.network(inputs[0], .training).embedding.normalisedRows()
            let loss = try memory.loss(of: embeddings, labels: inputs[1])
            try training.optimiser.differentiate(loss)
            return (embeddings, loss)
        }
        // The gradient has gone through the rows as the loss has met them.
        try memory.update(towards: embeddings.detached(), labels: labels)
        let rate = config.schedule.rate(epoch: training.meter.epoch)
        try training.optimiser.step(AdamStep(rate: rate, decay: config.weightDecay))
        try training.meter.add(["contrast": loss])
    }
}
