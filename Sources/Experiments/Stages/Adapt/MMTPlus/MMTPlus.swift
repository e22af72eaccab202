// SPDX-License-Identifier: MIT
//
// MMT+: two networks teach each other with their temporal means, on labelled source images and on target images with
// pseudo labels from clustering, while a contrastive term looks at every target image on its own.
//
// Goals, in order: the authors' procedure; equal results for equal seeds; readability.
//
// Deviations from the authors' code: docs/methods/mmt-plus.md, 1 to 7.

internal import Backbones
internal import Layers
internal import Reporting
internal import Retrieval
internal import Data
internal import Tensor
internal import Training

/// Improved mutual mean-teaching (MMT+).
///
/// - SeeAlso: Ge et al., arXiv:2008.10313, §2.3; Ge et al., ICLR 2020, arXiv:2001.01526 (MMT).
struct MMTPlus {
    private let config: Config
    private let source: SourceImages
    private let setting: TrainingSetting

    init(_ config: Config, _ setting: TrainingSetting) throws {
        self.config = config
        self.setting = setting
        source = try setting.requireSource()
    }

    /// Trains both students and returns their mean networks, which tests use, with what the epochs came to.
    ///
    /// - Parameters:
    ///   - shape: Of the mean networks, their normalisation by domain.
    ///   - initial: The states of two pre-trained networks with shared normalisation.
    /// - Throws: ``MethodError/tooFewClusters(found:needed:outliers:images:epoch:)`` where an epoch cannot fill a
    ///   batch, ``MethodError/collapsed(largest:clustered:clusters:epoch:)`` where one cluster holds nearly all images for
    ///   too long, ``MethodError/notFinite(loss:epoch:step:)`` at the first such loss.
    func train(
        _ shape: NetworkShape, from initial: [StateDictionary], in scope: any TrainingScope
    ) throws -> AdaptedNetworks {
        var training = try begin(shape, from: initial, restoring: scope.restore(), in: scope)
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: training.mutual.meter)
        if training.lacksSourceRows { try setSourceRows(of: &training, in: scope) }
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
        var sharing = shape
        sharing.domains = .shared
        let blank = try EmbeddingNetwork(sharing, random: setting.random)
        var training = try begin(shape, from: [blank, blank].map(\.store.state), restoring: nil, in: scope)
        let (labels, features) = try setting.madeUpClusters(of: config.instances, dimension: shape.dimension)
        try train(&training, training.mutual.relabel(Clusters(labels, of: features)), in: scope)
    }

    private func begin(
        _ shape: NetworkShape, from initial: [StateDictionary], restoring state: TrainingState?,
        in scope: any TrainingScope
    ) throws -> MMTPlusTraining {
        try MMTPlusTraining(
            shape, from: initial, classes: source.classCount, config, random: setting.random, restoring: state,
            graph: setting.stepGraph(in: scope))
    }

    // MARK: Before an epoch

    /// Gives each pair's classifiers its network's mean embedding of every source identity as rows, `[N_s, D]`.
    private func setSourceRows(of training: inout MMTPlusTraining, in scope: any TrainingScope) throws {
        let pause = { [training] (count: Int) in try scope.pause(after: count, training.state) }
        scope.begin(.embedding, of: training.mutual.pairs.count * source.samples.count)
        let labels = ClusterLabels(values: source.samples.map(\.label))
        for pair in training.mutual.pairs {
            let features = try setting.extractor.features(
                of: source.samples, by: pair.mean, domain: .source, progress: pause)
            let rows = try Tensor(labels.centroids(of: features))
            for classifier in [pair.studentClassifier, pair.meanClassifier] { try classifier.weight.copy(from: rows) }
        }
        training.lacksSourceRows = false
    }

    /// Clusters the target's images and gives every classifier a row for each cluster.
    private func relabelled(
        _ training: inout MMTPlusTraining, in scope: any TrainingScope
    ) throws -> MutualTraining.Round {
        let epoch = training.mutual.meter.epoch
        let features = try training.mutual.targetFeatures(setting, in: scope, training.state)
        let mean = try Features.mean(features)
        let labels = try config.clustering.labels(of: mean, by: setting.search, in: scope)
        try training.mutual.history.begin(
            epoch, with: labels, filling: config.batch, of: config.instances, in: scope)
        return try training.mutual.relabel(Clusters(labels, of: mean))
    }

    // MARK: An epoch

    private func train(
        _ training: inout MMTPlusTraining, _ round: MutualTraining.Round, in scope: any TrainingScope
    ) throws {
        let transform = setting.images.augmentation(padding: config.padding, erasing: RandomErasing())
        let sources = try setting.identityBatches(
            source.samples, instances: config.instances, transform, views: 2, purpose: "adapt.source"
        ).batches(of: training.mutual.meter, iterations: config.iterations, batchSize: config.batch)
        let targets = try setting.identityBatches(
            setting.target.samples.labelled(by: round.labels, after: source.classCount),
            instances: config.instances, transform, views: 2, purpose: "adapt.target"
        ).batches(of: training.mutual.meter, iterations: config.iterations, batchSize: config.batch)
        scope.beginSteps(of: training.mutual.meter, iterations: config.iterations)
        while let labelled = try sources.next(), let clustered = try targets.next() {
            // Source first, target second, the order that domain-specific normalisation expects.
            let labels = try Tensor(labelled.labels + clustered.labels)
            let views = try (0..<2).map { try labelled.images(view: $0, followedBy: clustered) }
            try step(&training, round, views, labels: labels)
            try scope.endStep(training.mutual.meter, training.state)
        }
        try training.mutual.meter.report(to: scope, rate: config.rate, after: sources, targets)
    }

    /// One iteration: a step of both students, then the mean networks and the queues follow.
    ///
    /// - Parameters:
    ///   - views: Two of the same images, `[2B, 3, H, W]`, source half first.
    ///   - labels: `[2B]`.
    func step(
        _ training: inout MMTPlusTraining, _ round: MutualTraining.Round, _ views: [Tensor], labels: Tensor
    ) throws {
        let (losses, keys) = try training.mutual.graph(views + [labels]) { [training] inputs in
            let losses = try MMTPlusLosses(training, Array(inputs.dropLast()), labels: inputs[2])
            try round.optimiser.differentiate(losses.total(config))
            return (losses.byName, losses.keys)
        }
        try round.optimiser.step(AdamStep(rate: config.rate, decay: config.weightDecay))
        try training.mutual.moveMeans(iterations: config.iterations, limit: config.meanDecay)
        for index in training.queues.indices { try training.queues[index].enqueue(keys[index]) }
        try training.mutual.meter.add(losses)
    }
}
