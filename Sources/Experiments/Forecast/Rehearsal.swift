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
    /// Steps of each batch size where there is time; the first is not counted.
    private static let stepCount = 3
    /// Steps where there is not.
    private static let fewestSteps = 2
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
    /// Seconds that a stage is worth. Where steps take longer, two of each batch size must do, and smaller batches; these
    /// are measured whatever they take.
    let limit: Double
    /// Told what is measured next.
    var report: (String) -> Void = { _ in }

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
        (config.epochs, config.evaluateEvery) = (1, 0)
        return try cost(batches(config.batch)) { batch, steps, set, scope in
            (config.batch, config.iterations, config.instances) = (batch, steps, Self.instances)
            let network = try SourcePretraining(
                config, source: SourceImages(set.source), target: TargetImages(set.target), images: images,
                validation: validation, random: random
            ).train(backbone, from: nil, in: scope)
            return Measured(network: network.store) { try embed($0, network, set) }
        }
    }

    private func translation(_ settings: TranslateSettings, encoder backbone: Backbone) throws -> StageCost {
        var config = settings.config
        config.epochs = 1
        return try cost(batches(config.batch)) { batch, steps, set, scope in
            (config.batch, config.iterations, config.instances) = (batch, steps, Self.instances)
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
        (config.epochs, config.evaluateEvery) = (1, 0)
        return try cost(batches(config.batch)) { batch, steps, set, scope in
            (config.batch, config.iterations, config.instances) = (batch, steps, Self.instances)
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
            return try cost([1]) { _, _, set, _ in
                Measured(network: adapted.store) { try embed($0, adapted, set) }
            }
        }
        var config = camera.config
        config.epochs = 1
        return try cost(batches(config.batch)) { batch, steps, set, scope in
            (config.batch, config.iterations) = (batch, steps)
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
        _ batches: [Int],
        _ train: (_ batch: Int, _ steps: Int, _ set: MadeUpImages, _ scope: RehearsalScope) throws -> Measured
    ) throws -> StageCost {
        let begun = clock.uptime()
        let left = { limit - (clock.uptime() - begun) }
        let size = experiment.image
        let largest = batches.max() ?? 1
        let handled = max(4, min(64, Self.pixelCount / (size.height * size.width)))
        let set = try MadeUpImages(
            height: size.height, width: size.width, identities: max(counts.identities, largest),
            instances: Self.instances, count: 4 * max(largest, handled))
        func measure(_ batch: Int, _ count: Int) throws -> (steps: StageCost.Steps, stateBytes: Int, measured: Measured) {
            report("\(count) steps of \(batch) images")
            let scope = RehearsalScope(clock)
            let measured = try train(batch, count, set, scope)
            let steps = StageCost.Steps(batch: batch, seconds: scope.secondsPerStep, peakBytes: peakMemory())
            return (steps, scope.stateBytes, measured)
        }
        var last = try measure(batches[0], Self.fewestSteps)
        // Where that was quick, one step is too few to believe.
        if left() >= limit * 5 / 6 { last = try measure(batches[0], Self.stepCount) }
        var steps = [last.steps]
        if batches.count > 1 {
            let (batch, count) = second(batches[1], after: last.steps, left: left())
            last = try measure(batch, count)
            steps.append(last.steps)
        }
        report("\(handled) and \(2 * handled) images without training")
        let secondsPerImage = try secondsPerImage(handled, last.measured.handle) { left() > 0 }
        return StageCost(
            steps: steps, secondsPerImage: secondsPerImage, peakBytes: peakMemory(), stateBytes: last.stateBytes,
            networkBytes: last.measured.network.entries.reduce(0) { $0 + $1.tensor.byteCount },
            matrixRate: MatrixLibrary.current.measuredRate().best)
    }

    /// The second batch size and its number of steps, such that they can be expected to take no more than the time left;
    /// not below the smallest that a line can be drawn through.
    func second(_ batch: Int, after small: StageCost.Steps, left: Double) -> (batch: Int, steps: Int) {
        let seconds = small.seconds / Double(small.batch)
        let affordable = seconds > 0 ? left / (Double(Self.fewestSteps) * seconds) : .infinity
        let fitting = affordable < Double(batch) ? max(0, Int(affordable)) / Self.instances * Self.instances : batch
        let chosen = min(batch, max(small.batch + Self.instances, fitting))
        let isQuick = Double(Self.stepCount * chosen) * seconds <= left
        return (chosen, isQuick ? Self.stepCount : Self.fewestSteps)
    }

    /// Twice as many images less as many, so that what a copy of the network takes falls out; where noise is larger than
    /// that, it stays in. The faster of two attempts each, where there is time.
    private func secondsPerImage(
        _ count: Int, _ handle: (Int) throws -> Void, hasTime: () -> Bool
    ) throws -> Double {
        func seconds(_ count: Int) throws -> Double {
            let start = clock.uptime()
            try handle(count)
            return clock.uptime() - start
        }
        var (once, twice) = (try seconds(count), try seconds(2 * count))
        if hasTime() { (once, twice) = (min(once, try seconds(count)), min(twice, try seconds(2 * count))) }
        return twice > once ? (twice - once) / Double(count) : twice / Double(2 * count)
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
