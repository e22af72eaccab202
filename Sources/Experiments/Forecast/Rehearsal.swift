// SPDX-License-Identifier: MIT

internal import Backbones
internal import Data
internal import Layers
internal import Methods
internal import Pipeline
internal import Randomness
internal import Retrieval
internal import Tensor

/// A stage's training for a few steps on made-up images, and one of what it does to all images, measured.
struct Rehearsal {
    /// Steps of each batch size; the first is not counted.
    private static let stepCount = 3
    /// Pixels of a batch that measuring is worth: 4 images of 384×128.
    private static let pixelCount = 200_000
    /// Images of an identity in a batch: fewer than training has, so that batches may be smaller. What a step takes does
    /// not depend on it.
    private static let instances = 2

    let experiment: Experiment
    let counts: DatasetCounts
    let clock: RunClock
    /// The most bytes that this process has had in memory.
    let peakMemory: () -> Int

    /// The batch sizes that are measured, the experiment's own if that can be afforded.
    func batches(_ batch: Int) -> [Int] {
        let unit = Self.instances
        let affordable = Self.pixelCount / (experiment.image.height * experiment.image.width) / unit * unit
        let large = min(batch, max(2 * unit, affordable))
        let small = max(unit, large / 2 / unit * unit)
        return small < large ? [small, large] : [large]
    }

    /// - Parameter stage: Not of a kind that trains nothing.
    func cost(of stage: Experiment.NamedStage) throws -> StageCost {
        switch stage.choice {
        case .pretrain(let settings):
            try pretraining(settings, experiment.backbone(of: stage.name))
        case .translate(let settings):
            try translation(settings, encoder: experiment.backbone(of: stage.name))
        case .adapt(let settings):
            try adaptation(settings, experiment.backbone(of: stage.name))
        case .postprocess(let settings):
            try postProcessing(settings, experiment.backbone(of: stage.name))
        }
    }

    private func pretraining(_ settings: PretrainSettings, _ backbone: Backbone) throws -> StageCost {
        var config = settings.config
        (config.epochs, config.iterations, config.evaluateEvery) = (1, Self.stepCount, 0)
        return try cost(batches(config.batch)) { batch, set, scope in
            (config.batch, config.instances) = (batch, Self.instances)
            let network = try SourcePretraining(
                config, source: SourceImages(set.source), target: TargetImages(set.target), images: images,
                validation: validation, random: random
            ).train(backbone, from: nil, in: scope)
            return Measured(network: network.store) { try embed($0, network, set) }
        }
    }

    private func translation(_ settings: TranslateSettings, encoder backbone: Backbone) throws -> StageCost {
        var config = settings.config
        (config.epochs, config.iterations) = (1, Self.stepCount)
        return try cost(batches(config.batch)) { batch, set, scope in
            (config.batch, config.instances) = (batch, Self.instances)
            let encoder = try EmbeddingNetwork(backbone, domains: .shared, random: random)
            let generator = try SDA(
                config, source: SourceImages(set.source), target: TargetImages(set.target), images: images,
                random: random
            ).train(encoder: encoder, in: scope)
            return Measured(network: generator.store) { count in
                let samples = Array(SourceImages(set.source).samples.prefix(count))
                try Translation(images).translate(samples, by: generator) { _, image in
                    _ = try image.jpeg(quality: settings.quality)
                }
            }
        }
    }

    private func adaptation(_ settings: AdaptSettings, _ backbone: Backbone) throws -> StageCost {
        var config = settings.config
        (config.epochs, config.iterations, config.evaluateEvery) = (1, Self.stepCount, 0)
        return try cost(batches(config.batch)) { batch, set, scope in
            (config.batch, config.instances) = (batch, Self.instances)
            try MMTPlus(
                config, source: SourceImages(set.source), target: TargetImages(set.target), images: images,
                validation: validation, random: random
            ).rehearse(backbone, in: scope)
            let network = try EmbeddingNetwork(backbone, domains: .separate, random: random)
            return Measured(network: network.store) { try embed($0, network, set) }
        }
    }

    private func postProcessing(_ settings: PostprocessSettings, _ backbone: Backbone) throws -> StageCost {
        let adapted = try EmbeddingNetwork(backbone, domains: .separate, random: random)
        guard let camera = settings.camera else {
            return try cost([1]) { _, set, _ in
                Measured(network: adapted.store) { try embed($0, adapted, set) }
            }
        }
        var config = camera.config
        (config.epochs, config.iterations) = (1, Self.stepCount)
        return try cost(batches(config.batch)) { batch, set, scope in
            config.batch = batch
            let network = try CameraNetwork(config, target: TargetImages(set.target), images: images, random: random)
                .train(camera.backbone ?? experiment.backbone, from: nil, in: scope)
            return Measured(network: network.store) { try embed($0, adapted, set) }
        }
    }

    // MARK: Measuring

    private struct Measured {
        let network: ParameterStore
        /// Embeds or translates so many images.
        let handle: (Int) throws -> Void
    }

    private func cost(
        _ batches: [Int], _ train: (Int, MadeUpImages, RehearsalScope) throws -> Measured
    ) throws -> StageCost {
        let size = experiment.image
        let largest = batches.max() ?? 1
        let handled = max(4, min(64, Self.pixelCount / (size.height * size.width)))
        let set = try MadeUpImages(
            height: size.height, width: size.width, identities: max(counts.identities, largest),
            instances: Self.instances, count: 4 * max(largest, handled))
        var steps: [StageCost.Steps] = []
        var last: (scope: RehearsalScope, measured: Measured)?
        for batch in batches {
            let scope = RehearsalScope(clock)
            let measured = try train(batch, set, scope)
            steps.append(.init(batch: batch, seconds: scope.secondsPerStep, peakBytes: peakMemory()))
            last = (scope, measured)
        }
        guard let last else { preconditionFailure("no batch size to measure") }
        let times = try [handled, 2 * handled, handled, 2 * handled].map { count in
            let start = clock.uptime()
            try last.measured.handle(count)
            return clock.uptime() - start
        }
        // Twice as many images less as many, so that what a copy of the network takes falls out; where noise is larger
        // than that, it stays in.
        let slope = (min(times[1], times[3]) - min(times[0], times[2])) / Double(handled)
        let secondsPerImage = slope > 0 ? slope : times[1] / Double(2 * handled)
        return StageCost(
            steps: steps, secondsPerImage: secondsPerImage, peakBytes: peakMemory(),
            stateBytes: last.scope.stateBytes,
            networkBytes: last.measured.network.entries.reduce(0) { $0 + $1.tensor.byteCount },
            matrixRate: MatrixLibrary.current.measuredRate().best)
    }

    private var random: RandomKey { RandomKey(seed: 1) }

    private var images: ImageSource {
        ImageSource(size: experiment.image, workers: experiment.workers, random: random)
    }

    /// Nothing is scored.
    private var validation: Validation {
        Validation(query: [], gallery: [], rankingProtocol: .market1501, extractor: FeatureExtractor(images))
    }

    private func embed(_ count: Int, _ network: EmbeddingNetwork, _ set: MadeUpImages) throws {
        _ = try FeatureExtractor(images).features(
            of: Array(TargetImages(set.target).samples.prefix(count)), by: network)
    }
}
