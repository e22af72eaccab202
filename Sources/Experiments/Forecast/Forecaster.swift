// SPDX-License-Identifier: MIT

internal import Backbones
internal import Foundation
internal import Methods
internal import Pipeline
internal import Retrieval

// Shapes: Q queries · G gallery images · N images to cluster · D dimensions.

/// Reckons what stages will take from what a few of their steps took.
struct Forecaster {
    /// A process that has worked out other stages before keeps some of their memory; measured 1.1.
    static let keptMemory = 1.15

    let experiment: Experiment
    let counts: DatasetCounts

    /// What a stage needs, before it is said for people.
    private struct Needs {
        /// Seconds of training, of which a part may be done, and of everything else.
        let training: Double
        let other: Double
        let memory: Int
        let left: Int
        /// Bytes of all states that are kept at a time, each once.
        let state: Int
    }

    /// - Parameter done: The share of the training that a run goes on after, 0 for none.
    func forecast(_ stage: Experiment.NamedStage, _ cost: StageCost, done: Double) -> StageForecast {
        let dimension = experiment.backbone(of: stage.name).dimension
        let needs =
            switch stage.choice {
            case .pretrain(let settings): pretraining(settings, cost)
            case .translate(let settings): translation(settings, cost)
            case .adapt(let settings): adaptation(settings, dimension, cost)
            case .postprocess(let settings): postProcessing(settings, dimension, cost)
            }
        return StageForecast(
            seconds: (needs.training * (1 - done) + needs.other) * cost.correction,
            memoryBytes: Int(Double(needs.memory) * Self.keptMemory), diskBytes: needs.left,
            // One more than are kept: an older one goes only when the new one has been read back.
            scratchBytes: needs.state * (experiment.checkpoints.keep + 1))
    }

    private func pretraining(_ settings: PretrainSettings, _ cost: StageCost) -> Needs {
        let config = settings.config
        let evaluations = config.evaluateEvery > 0 ? (config.epochs - 1) / config.evaluateEvery : 0
        let each = seconds(steps: config.epochs, config.iterations, config.batch, cost)
            + Double(evaluations) * Double(counts.validation) * cost.secondsPerImage
        return Needs(
            training: Double(settings.networks) * each, other: Double(counts.validation) * cost.secondsPerImage,
            memory: cost.peakBytes(batch: config.batch), left: settings.networks * cost.networkBytes,
            state: settings.networks * cost.stateBytes)
    }

    private func translation(_ settings: TranslateSettings, _ cost: StageCost) -> Needs {
        let config = settings.config
        let pixels = experiment.image.height * experiment.image.width
        // Bits a pixel of photographs of people: 2.5 at Pillow's quality 75, 6 at 95.
        let imageBytes = pixels * (settings.quality > 85 ? 6 : 3) / 8
        let pools = 2 * config.pool * 3 * pixels * 4
        return Needs(
            training: seconds(steps: config.epochs, config.iterations, config.batch, cost),
            other: Double(counts.source) * cost.secondsPerImage,
            memory: cost.peakBytes(batch: config.batch) + pools, left: cost.networkBytes + counts.source * imageBytes,
            state: cost.stateBytes + pools)
    }

    private func adaptation(_ settings: AdaptSettings, _ dimension: Int, _ cost: StageCost) -> Needs {
        let config = settings.config
        let evaluations = config.evaluateEvery > 0 ? config.epochs / config.evaluateEvery : 0
        let embedded = Double(config.epochs) * 2 * Double(counts.target) + Double(2 * evaluations * counts.validation)
        let before = config.sourceRows == .centroids ? 2 * counts.source : 0
        let queues = 2 * config.queueLength * dimension * 4
        let memory = MemoryForecast.clustering(count: counts.target, dimension: dimension, neighbours: config.neighbours)
        return Needs(
            training: seconds(steps: config.epochs, config.iterations, config.batch, cost)
                + embedded * cost.secondsPerImage
                + Double(config.epochs) * seconds(products: counts.target, counts.target, dimension, cost),
            other: Double(before + counts.validation) * cost.secondsPerImage,
            memory: cost.peakBytes(batch: config.batch) + queues + memory.total, left: 2 * cost.networkBytes,
            state: cost.stateBytes + queues)
    }

    private func postProcessing(_ settings: PostprocessSettings, _ dimension: Int, _ cost: StageCost) -> Needs {
        let camera = settings.camera?.config
        let passes = (settings.ensemble ? 2 : 1) + (camera == nil ? 0 : 1)
        // Ensembles are as long as both embeddings together, and the camera's beside them.
        let length = dimension * passes
        var other = Double(counts.validation * passes * (settings.flip ? 2 : 1)) * cost.secondsPerImage
        var ranking = MemoryForecast.ranking(
            queryCount: counts.query, galleryCount: counts.gallery, dimension: length).total
        if let reRanking = settings.reRanking {
            other += seconds(products: counts.validation, counts.validation, length, cost)
            ranking = MemoryForecast.reRanking(
                queryCount: counts.query, galleryCount: counts.gallery, dimension: length,
                neighbours: reRanking.neighbours).total
        }
        return Needs(
            training: camera.map { seconds(steps: $0.epochs, $0.iterations, $0.batch, cost) } ?? 0, other: other,
            memory: (camera.map { cost.peakBytes(batch: $0.batch) } ?? cost.peakBytes) + ranking,
            left: camera == nil ? 0 : cost.networkBytes, state: camera == nil ? 0 : cost.stateBytes)
    }

    private func seconds(steps epochs: Int, _ iterations: Int, _ batch: Int, _ cost: StageCost) -> Double {
        Double(epochs) * Double(iterations) * cost.seconds(batch: batch)
    }

    /// All products of some rows with others; what is done with them takes about as long again.
    private func seconds(products rows: Int, _ others: Int, _ length: Int, _ cost: StageCost) -> Double {
        2 * 2 * Double(rows) * Double(others) * Double(length) / cost.matrixRate
    }
}
