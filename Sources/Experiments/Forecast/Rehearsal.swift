// SPDX-License-Identifier: MIT

internal import Backbones
internal import Data
internal import Layers
internal import Pipeline
internal import Randomness
internal import Retrieval
internal import Tensor
internal import Training

/// A stage's training for a few steps on made-up images, and one of what it does to all images, measured.
struct Rehearsal {
    /// Steps that do not count: in the first, memory is fetched and kernels are chosen, and steps that a card repeats are
    /// taken as they are a few times.
    private var uncounted: Int { settings.repeatsSteps ? StepGraph.usualWarmUps + 1 : 1 }
    /// Steps of each batch size where there is time; on a card each takes some tenths of a second at most.
    private var stepCount: Int { settings.device.device == .cpu ? 3 : 12 }
    /// Steps where there is not; the last one's end on a card is not waited for.
    private var fewestSteps: Int { uncounted + (settings.device.device == .cpu ? 1 : 3) }
    /// Pixels of a batch that measuring is worth: 4 images of 384×128 on the processor, 1,000 on a card, which small batches
    /// leave idle.
    private var pixelCount: Int { settings.device.device == .cpu ? 200_000 : 50_000_000 }
    /// Images of an identity in a batch: fewer than training has, so that batches may be smaller. What a step takes does
    /// not depend on it.
    static let instances = 2

    let settings: ExperimentSettings
    let counts: DatasetCounts
    let clock: RunClock
    /// The most bytes that this process has had in memory.
    let peakMemory: () -> Int
    /// Seconds that a stage is worth. Where steps take longer, two of each batch size must do, and smaller batches; these
    /// are measured whatever they take.
    let limit: Double
    /// Told what is measured next.
    var report: (String) -> Void = { _ in }
    /// How steps are measured one after another instead, at the stage's own batch size and none of the rest.
    var steady: SteadyPace?

    /// Images of a batch, and the steps that are taken of it.
    typealias Size = (batch: Int, steps: Int)

    /// The batch sizes that are measured, the experiment's own if that can be afforded.
    func batches(_ batch: Int) -> [Int] {
        let unit = Self.instances
        let affordable = pixelCount / (settings.image.height * settings.image.width) / unit * unit
        let large = min(batch, max(2 * unit, affordable))
        let small = max(unit, large / 2 / unit * unit)
        return small < large ? [small, large] : [large]
    }

    /// A network that was trained for a few steps.
    struct Trained {
        let network: ParameterStore
        /// Embeds or translates so many images.
        let handle: (Int) throws -> Void

        init(_ network: ParameterStore, handle: @escaping (Int) throws -> Void) {
            self.network = network
            self.handle = handle
        }
    }

    /// What a stage costs that trains with batches of a size, or with fewer images where that takes too long.
    ///
    /// - Parameter train: So many steps of such batches on made-up images.
    func cost(
        batch: Int,
        _ train: (_ size: Size, _ set: MadeUpImages, _ scope: any TrainingScope) throws -> Trained
    ) throws -> StageCost {
        if let steady { return try steps(of: batch, at: steady, train) }
        return try cost(batches(batch), train)
    }

    /// What a stage costs that trains nothing.
    func cost(_ make: (_ set: MadeUpImages) throws -> Trained) throws -> StageCost {
        try cost([1]) { _, set, _ in try make(set) }
    }

    /// What a method is handed instead of a run's.
    func setting(_ set: MadeUpImages) -> TrainingSetting {
        var setting = TrainingSetting(
            source: SourceImages(set.source), target: TargetImages(set.target), images: images, validation: validation,
            random: random)
        setting.repeatsSteps = settings.repeatsSteps
        return setting
    }

    let random = RandomKey(seed: 1)

    /// A shape for measuring with so many images of a domain in a batch: one that its groups do not divide is one group, as a
    /// step takes about as long.
    static func shape(_ shape: NetworkShape, for batch: Int) -> NetworkShape {
        var shape = shape
        if let group = shape.imagesPerNormGroup, batch % group != 0 { shape.imagesPerNormGroup = nil }
        return shape
    }

    /// Embeds so many of the target's images.
    func embed(_ count: Int, _ network: EmbeddingNetwork, _ set: MadeUpImages) throws {
        _ = try setting(set).extractor.features(
            of: Array(TargetImages(set.target).samples.prefix(count)), by: network)
    }

    private var images: ImageSource {
        var images = ImageSource(size: settings.image, workers: settings.workers)
        images.repeatsFirstBatch = steady != nil
        return images
    }

    /// Nothing is scored.
    private var validation: Validation {
        Validation(query: [], gallery: [], rankingProtocol: .market1501, extractor: FeatureExtractor(images))
    }

    // MARK: Measuring

    private func cost(
        _ batches: [Int],
        _ train: (_ size: Size, _ set: MadeUpImages, _ scope: any TrainingScope) throws -> Trained
    ) throws -> StageCost {
        let begun = clock.uptime()
        let left = { limit - (clock.uptime() - begun) }
        let size = settings.image
        let largest = batches.max() ?? 1
        let handled = max(4, min(64, pixelCount / (size.height * size.width)))
        let set = try MadeUpImages(
            height: size.height, width: size.width, identities: max(counts.identities, largest),
            instances: Self.instances, count: 4 * max(largest, handled))
        func measure(_ batch: Int, _ count: Int) throws -> (steps: StageCost.Steps, stateBytes: Int, trained: Trained) {
            report("\(count) steps of \(batch) images")
            // What the measurement before has left is not this one's.
            try Engine.forgetPeak()
            let scope = RehearsalScope(clock, warn: report)
            let trained = try train((batch, count), set, scope)
            let steps = StageCost.Steps(
                batch: batch, seconds: scope.secondsPerStep, peakBytes: peakMemory(), cardBytes: try Engine.peakCardBytes())
            return (steps, scope.stateBytes, trained)
        }
        var last = try measure(batches[0], fewestSteps)
        // Where that was quick, one step is too few to believe.
        if left() >= limit * 5 / 6 { last = try measure(batches[0], stepCount) }
        var steps = [last.steps]
        if batches.count > 1 {
            let (batch, count) = second(batches[1], after: last.steps, left: left())
            last = try measure(batch, count)
            steps.append(last.steps)
        }
        report("\(handled) and \(2 * handled) images without training")
        let secondsPerImage = try secondsPerImage(handled, last.trained.handle) { left() > 0 }
        let cardBytes = try Engine.peakCardBytes()
        return StageCost(
            steps: steps, secondsPerImage: secondsPerImage, peakBytes: peakMemory(), stateBytes: last.stateBytes,
            networkBytes: last.trained.network.entries.reduce(0) { $0 + $1.tensor.byteCount },
            matrixRate: MatrixLibrary.current.measuredRate().best, cardBytes: cardBytes, cardRate: try cardRate())
    }

    /// The rate of products that stay in single precision beside bf16, those with memories; nothing on the processor.
    private func cardRate() throws -> Double? {
        guard Engine.device != .cpu else { return nil }
        return try Engine.measuredMatrixRate(in: Engine.trainingPrecision == .tf32 ? .tf32 : .fp32, on: Engine.device)
    }

    /// The second batch size and its number of steps, such that they can be expected to take no more than the time left;
    /// not below the smallest that a line can be drawn through.
    func second(_ batch: Int, after small: StageCost.Steps, left: Double) -> Size {
        let seconds = small.seconds / Double(small.batch)
        let affordable = seconds > 0 ? left / (Double(fewestSteps) * seconds) : .infinity
        let fitting = affordable < Double(batch) ? max(0, Int(affordable)) / Self.instances * Self.instances : batch
        let chosen = min(batch, max(small.batch + Self.instances, fitting))
        let isQuick = Double(stepCount * chosen) * seconds <= left
        return (chosen, isQuick ? stepCount : fewestSteps)
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
}
