// SPDX-License-Identifier: MIT
//
// SpCL: one network learns from a memory that holds every class of the source and every image of the target, and from
// pseudo labels that trust few clusters at first and more from epoch to epoch.
//
// Goals, in order: the authors' procedure; equal results for equal seeds; readability.
//
// Deviations from the authors' code: docs/methods/spcl.md, 1 to 8.

internal import Backbones
internal import Data
internal import Layers
internal import Randomness
internal import Reporting
internal import Retrieval
internal import Tensor
internal import Training

/// Self-paced contrastive learning with hybrid memory, with a labelled source beside the target or without one.
///
/// - SeeAlso: Ge et al., NeurIPS 2020, arXiv:2006.02713.
struct SpCL {
    private let config: Config
    private let setting: TrainingSetting

    init(_ config: Config, _ setting: TrainingSetting) {
        self.config = config
        self.setting = setting
    }

    private var sourceClassCount: Int { setting.source?.classCount ?? 0 }

    /// Trains a new network, or goes on with the one of the scope's last checkpoint.
    ///
    /// - Parameters:
    ///   - shape: Its normalisation by domain where there is a source, else shared.
    ///   - initial: The weights that it begins with, ImageNet's as a rule; nothing for drawn ones.
    /// - Throws: `DataError.tooFewImages` where the images do not fill a batch,
    ///   ``MethodError/tooFewClusters(found:needed:outliers:images:epoch:)`` where clusters put too many of them together,
    ///   ``MethodError/collapsed(largest:clustered:clusters:epoch:)`` where one holds nearly all of those in clusters for
    ///   too long, ``MethodError/notFinite(loss:epoch:step:)`` at the first such loss.
    func train(
        _ shape: NetworkShape, from initial: StateDictionary?, in scope: any TrainingScope
    ) throws -> AdaptedNetworks {
        var training = try begin(shape, from: initial, restoring: scope.restore(), in: scope)
        scope.begin(epochs: config.epochs, iterations: config.iterations, from: training.meter)
        if training.memory == nil { try remember(&training, in: scope) }
        while training.meter.epoch < config.epochs {
            let labels = try training.labels ?? relabelled(&training, in: scope)
            try train(&training, labels, in: scope)
            try training.history.evaluate(
                [training.network], after: training.meter.epoch, on: config.evaluations, setting, in: scope, training.state)
            training.endEpoch()
            try scope.endEpoch(training.state())
        }
        try training.history.end(training.meter.epoch - 1, with: selected(training, in: scope).labels, in: scope)
        try scope.finish(training.state())
        return AdaptedNetworks([training.network], training.history)
    }

    /// An epoch's steps on a memory and labels of no meaning, for measuring what a step takes.
    func rehearse(_ shape: NetworkShape, in scope: any TrainingScope) throws -> EmbeddingNetwork {
        var training = try begin(shape, from: nil, restoring: nil, in: scope)
        let count = setting.target.samples.count
        let rows = (0..<(sourceClassCount + count) * shape.dimension).map { Float($0 % 7) + 1 }
        try training.remember(
            Tensor(rows, shape: [sourceClassCount + count, shape.dimension]).normalisedRows(),
            sourceClassCount: sourceClassCount, config)
        let labels = (0..<count).map { $0 / config.instances }
        try training.relabel(labels)
        try train(&training, labels, in: scope)
        return training.network
    }

    private func begin(
        _ shape: NetworkShape, from initial: StateDictionary?, restoring state: TrainingState?,
        in scope: any TrainingScope
    ) throws -> SelfPacedTraining {
        precondition(
            (shape.domains == .separate) == (setting.source != nil),
            "normalisation is \(shape.domains.rawValue) \(setting.source == nil ? "without" : "with") a source")
        return try SelfPacedTraining(
            shape, from: initial, sourceClassCount: sourceClassCount, config, random: setting.random, restoring: state,
            graph: setting.stepGraph(in: scope))
    }

    // MARK: Before the first epoch

    /// Fills the memory with what the initial network makes of all images. From here on it is only moved by batches.
    private func remember(_ training: inout SelfPacedTraining, in scope: any TrainingScope) throws {
        let pause = { [training] (count: Int) in try scope.pause(after: count, training.state) }
        scope.begin(.embedding, of: (setting.source?.samples.count ?? 0) + setting.target.samples.count)
        var rows: [[Float]] = []
        if let source = setting.source {
            let features = try setting.extractor.features(
                of: source.samples, by: training.network, domain: .source, progress: pause)
            rows.append(ClusterLabels(values: source.samples.map(\.label)).centroids(of: features).values)
        }
        let target = setting.target.samples
        rows.append(try setting.extractor.features(of: target, by: training.network, progress: pause).values)
        let shape = [sourceClassCount + target.count, training.network.dimension]
        try training.remember(Tensor(joining: rows, shape: shape), sourceClassCount: sourceClassCount, config)
    }

    // MARK: Before an epoch

    /// Clusters the target's rows of the memory and keeps the clusters, and the images in them, that can be trusted.
    private func relabelled(_ training: inout SelfPacedTraining, in scope: any TrainingScope) throws -> [Int] {
        let selection = try selected(training, in: scope)
        try training.relabel(selection)
        let epoch = training.meter.epoch
        try training.history.begin(epoch, with: selection.labels, in: scope)
        if let threshold = selection.independenceThreshold {
            try scope.record("independence", 1 - Double(threshold), epoch: epoch)
        }
        try config.requireBatch(of: selection.labels, epoch: epoch)
        return selection.ids
    }

    /// Those of the memory as it is.
    private func selected(
        _ training: SelfPacedTraining, in scope: any TrainingScope
    ) throws -> SelfPacedSelection.Selection {
        guard let memory = training.memory else { preconditionFailure("images are clustered before they are embedded") }
        let jaccard = ClusteringJaccard(
            neighbours: config.clustering.neighbours, expansion: config.clustering.expansion, search: setting.search)
        let distances = try jaccard.distances(of: memory.targetFeatures(), within: config.selection.largestRadius, in: scope)
        return config.selection.select(from: distances, independenceThreshold: training.independenceThreshold)
    }

    // MARK: An epoch

    private func train(
        _ training: inout SelfPacedTraining, _ labels: [Int], in scope: any TrainingScope
    ) throws {
        let sources = try setting.source.map { try batches(of: $0.samples, "adapt.source", training.meter) }
        let targets = try batches(
            of: setting.target.samples.labelled(by: ClusterLabels(values: labels)), "adapt.target", training.meter)
        scope.beginSteps(of: training.meter, iterations: config.iterations)
        while let clustered = try targets.next() {
            let labelled = try sources?.next()
            // Source first, target second, the order that domain-specific normalisation expects.
            let images = try labelled.map { try $0.images(followedBy: clustered) } ?? clustered.images()
            try step(&training, images, classes: labelled?.labels ?? [], instances: clustered.indices)
            try scope.endStep(training.meter, training.state)
        }
        try training.meter.report(
            to: scope, rate: config.schedule.rate(epoch: training.meter.epoch), after: sources, targets)
    }

    private func batches(of samples: [Sample], _ purpose: String, _ meter: LossMeter) throws -> BatchSequence {
        let transform = setting.images.augmentation(padding: config.padding, erasing: RandomErasing())
        return try setting.identityBatches(samples, instances: config.instances, transform, purpose: purpose)
            .batches(of: meter, iterations: config.iterations, batchSize: config.batch)
    }

    /// One iteration: a step of the network, and of the memory's rows that the batch belongs to.
    ///
    /// - Parameters:
    ///   - images: `[2B, 3, H, W]`, source half first; `[B, 3, H, W]` without a source.
    ///   - classes: Of the source's images, `[B]`, in `0 ..< N_s`; none without a source.
    ///   - instances: The numbers of the target's images, `[B]`, in `0 ..< N_t`.
    func step(
        _ training: inout SelfPacedTraining, _ images: Tensor, classes: [Int], instances: [Int]
    ) throws {
        guard let memory = training.memory else { preconditionFailure("a step is taken before images are embedded") }
        let embeddings = try training.embed(images)
        let source = classes.isEmpty ? nil : try memory.compare(embeddings.slice(0..<classes.count), with: classes)
        let target = try memory.compare(
            embeddings.slice(classes.count..<images.shape[0]), with: instances.map { memory.sourceClassCount + $0 })
        // Both have met one memory. On the way back the target goes first, as it does where the authors' sum of losses is
        // differentiated, so that the source's gradient goes through rows that the target has moved.
        let targetGradient = try memory.absorb(target)
        let sourceGradient = try source.map { try memory.absorb($0) }
        try training.step(
            embeddings, along: Tensor.concatenated([sourceGradient, targetGradient].compactMap { $0 }),
            AdamStep(rate: config.schedule.rate(epoch: training.meter.epoch), decay: config.weightDecay))
        try training.meter.add(
            source.map { ["source": $0.loss, "target": target.loss] } ?? ["target": target.loss])
    }
}
