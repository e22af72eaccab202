// SPDX-License-Identifier: MIT
//
// MMT+: two networks teach each other with their temporal means, on labelled source images and on target images with
// pseudo labels from clustering, while a contrastive term looks at every target image on its own.
//
// Goals, in order: the authors' procedure; equal results for equal seeds; readability.
//
// Deviations from the code of the report (arXiv:2008.10313, §2.3), mirrored in docs/methods/mmt-plus.md:
// 1. The classifier has the rows of this epoch's classes only. The authors allocate one for every target image and
//    cut the logits; the unused rows only decay.
// 2. A new Adam every epoch: their single-precision path. Their half-precision path keeps stale moments for rows
//    that now mean another cluster.
// 3. One device: each domain's statistics are those of its whole half of the batch.
// 4. The last epoch's mean networks are kept. The authors keep the best by the target's validation labels; the
//    metric `oracle_mAP` tells what that would have given.

public import Backbones
public import Layers
public import Randomness
internal import Retrieval
internal import Data
internal import Tensor

/// Improved mutual mean-teaching (MMT+).
///
/// - SeeAlso: Ge et al., arXiv:2008.10313, §2.3; Ge et al., ICLR 2020, arXiv:2001.01526 (MMT).
public struct MMTPlus {
    private let config: Config
    private let source: SourceImages
    private let target: TargetImages
    private let images: ImageSource
    private let validation: Validation
    private let random: RandomKey

    public init(
        _ config: Config, source: SourceImages, target: TargetImages, images: ImageSource, validation: Validation,
        random: RandomKey
    ) {
        self.config = config
        self.source = source
        self.target = target
        self.images = images
        self.validation = validation
        self.random = random
    }

    /// Trains both students and returns their mean networks, which tests use.
    ///
    /// - Parameters:
    ///   - initial: The states of two pre-trained networks with shared normalisation.
    /// - Throws: ``MethodError/tooFewClusters(found:needed:outliers:images:epoch:)`` where an epoch cannot fill a
    ///   batch, ``MethodError/notFinite(loss:epoch:step:)`` at the first such loss.
    public func train(
        _ backbone: Backbone, from initial: [StateDictionary], in scope: any TrainingScope
    ) throws -> [EmbeddingNetwork] {
        var pairs = try initial.enumerated().map { index, state in
            try MutualPair(
                backbone, from: state, classes: source.classCount, config,
                random: random.derived("network \(index + 1)"))
        }
        var progress = Progress()
        if let state = try scope.restore() {
            for index in pairs.indices { try pairs[index].load(state, number: index + 1) }
            progress = Progress(state)
        } else if config.sourceRows == .centroids {
            for index in pairs.indices { try pairs[index].setSourceRows(sourceCentroids(pairs[index].mean)) }
        }
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: progress.epoch)
        for epoch in progress.epoch..<config.epochs {
            let features = try meanFeatures(pairs)
            let labels = try cluster(features, epoch: epoch, in: scope)
            let centroids = labels.centroids(of: features)
            for index in pairs.indices { try pairs[index].relabel(sourceClasses: source.classCount, centroids) }
            try train(&pairs, on: pseudoLabelled(labels), epoch: epoch, in: scope)
            try evaluate(pairs, epoch: epoch, &progress, in: scope)
            progress.epoch = epoch + 1
            try scope.save(state(of: pairs, progress))
        }
        return pairs.map(\.mean)
    }

    // MARK: Before an epoch

    /// The mean embedding of every source identity, `[N_s, D]`.
    private func sourceCentroids(_ network: EmbeddingNetwork) throws -> Features<UnitNorm> {
        let features = try FeatureExtractor(images).features(of: source.samples, by: network, domain: .source)
        return ClusterLabels(values: source.samples.map(\.label)).centroids(of: features)
    }

    /// f, the normalised mean of both mean networks' embeddings of the target's training images.
    private func meanFeatures(_ pairs: [MutualPair]) throws -> Features<UnitNorm> {
        let extractor = FeatureExtractor(images)
        return try Features.mean(pairs.map { try extractor.features(of: target.samples, by: $0.mean) })
    }

    /// Pseudo labels from DBSCAN on Jaccard distances; −1 for outliers.
    private func cluster(
        _ features: Features<UnitNorm>, epoch: Int, in scope: any TrainingScope
    ) throws -> ClusterLabels {
        let jaccard = ClusteringJaccard(neighbours: config.neighbours, expansion: config.expansion)
        let radius = Float(config.radius)
        let labels = try DBSCAN(radius: radius, minimumPoints: config.minimumPoints)
            .labels(of: jaccard.distances(of: features, within: radius))
        try scope.record("clusters", Double(labels.clusterCount), epoch: epoch)
        try scope.record("outliers", Double(labels.outlierCount), epoch: epoch)
        let needed = (config.batch + config.instances - 1) / config.instances
        guard labels.clusterCount >= needed else {
            throw MethodError.tooFewClusters(
                found: labels.clusterCount, needed: needed, outliers: labels.outlierCount,
                images: target.samples.count, epoch: epoch)
        }
        return labels
    }

    /// The clustered images with their classes, which follow the source's.
    private func pseudoLabelled(_ labels: ClusterLabels) -> [Sample] {
        zip(target.samples, labels.values).compactMap { sample, label in
            label < 0 ? nil : Sample(path: sample.path, label: source.classCount + label, camera: sample.camera)
        }
    }

    // MARK: An epoch

    private func train(
        _ pairs: inout [MutualPair], on pseudoLabelled: [Sample], epoch: Int, in scope: any TrainingScope
    ) throws {
        let transform = images.augmentation(padding: config.padding, erasing: RandomErasing())
        let sources = try images.identityBatches(
            source.samples, instances: config.instances, transform, views: 2, purpose: "adapt.source"
        ).epoch(epoch, iterations: config.iterations, batchSize: config.batch)
        let targets = try images.identityBatches(
            pseudoLabelled, instances: config.instances, transform, views: 2, purpose: "adapt.target"
        ).epoch(epoch, iterations: config.iterations, batchSize: config.batch)
        let optimiser = try Adam(pairs.enumerated().flatMap { $1.trained(number: $0 + 1) })
        var meter = LossMeter(epoch: epoch)
        var step = epoch * config.iterations
        while let labelled = try sources.next(), let clustered = try targets.next() {
            // Source first, target second, the order that domain-specific normalisation expects.
            let labels = try Tensor(labelled.labels + clustered.labels)
            let views = try (0..<2).map { view in
                try Tensor.concatenated([
                    labelled.images(view: view, size: images.size), clustered.images(view: view, size: images.size),
                ])
            }
            let losses = try MutualLosses(pairs, views, labels: labels, config)
            optimiser.dropGradients()
            try losses.total(config).backward()
            try optimiser.step(AdamStep(rate: config.rate, decay: config.weightDecay))
            let decay = meanNetworkDecay(step: step, limit: config.meanDecay)
            for index in pairs.indices {
                try pairs[index].moveMean(decay: decay)
                try pairs[index].queue.enqueue(losses.keys[index])
            }
            try meter.add(losses.byName)
            step += 1
            try scope.advance()
        }
        try meter.report(to: scope)
    }

    // MARK: After an epoch

    private func evaluate(
        _ pairs: [MutualPair], epoch: Int, _ progress: inout Progress, in scope: any TrainingScope
    ) throws {
        guard config.evaluateEvery > 0, (epoch + 1) % config.evaluateEvery == 0 else { return }
        for (index, pair) in pairs.enumerated() {
            let mAP = try validation.metrics(of: pair.mean).mAP
            try scope.record("mAP/mean\(index + 1)", mAP, epoch: epoch)
            progress.oracle = max(progress.oracle, mAP)
        }
        try scope.record("oracle_mAP", progress.oracle, epoch: epoch)
    }

    private func state(of pairs: [MutualPair], _ progress: Progress) throws -> TrainingState {
        var state = TrainingState(epoch: progress.epoch)
        for (index, pair) in pairs.enumerated() { pair.store(in: &state, number: index + 1) }
        try progress.store(in: &state)
        return state
    }
}

/// How far training is, beside the networks.
private struct Progress {
    var epoch = 0
    /// The best validation mAP so far, which only somebody who knows the labels could have picked.
    var oracle = 0.0

    init() {}

    init(_ state: TrainingState) {
        epoch = state.epoch
        oracle = state.numbers["oracle_mAP"].map { Double(bitPattern: UInt64(bitPattern: Int64($0))) } ?? 0
    }

    func store(in state: inout TrainingState) throws {
        state.numbers["oracle_mAP"] = Int(Int64(bitPattern: oracle.bitPattern))
    }
}
