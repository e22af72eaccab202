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

    /// - Parameter done: The share of the stage that a run goes on after, 0 for none.
    func forecast(_ stage: Experiment.NamedStage, _ cost: StageCost, done: Double) -> StageForecast {
        let parts: (seconds: Double, memory: Int, disk: Int, state: Int)
        switch stage.choice {
        case .pretrain(let settings): parts = pretraining(settings, cost)
        case .translate(let settings): parts = translation(settings, cost)
        case .adapt(let settings): parts = adaptation(settings, dimension(of: stage), cost)
        case .postprocess(let settings): parts = postProcessing(settings, dimension(of: stage), cost)
        }
        return StageForecast(
            seconds: parts.seconds * (1 - done) * cost.correction, memoryBytes: Int(Double(parts.memory) * Self.keptMemory),
            diskBytes: parts.disk,
            // One more than are kept: an older one goes only when the new one has been read back.
            scratchBytes: parts.state * (experiment.checkpoints.keep + 1))
    }

    private func dimension(of stage: Experiment.NamedStage) -> Int { experiment.backbone(of: stage.name).dimension }

    private func pretraining(_ settings: PretrainSettings, _ cost: StageCost) -> (Double, Int, Int, Int) {
        let config = settings.config
        let evaluations = config.evaluateEvery > 0 ? (config.epochs - 1) / config.evaluateEvery : 0
        let each = Double(config.epochs * config.iterations) * cost.seconds(batch: config.batch)
            + Double(evaluations * counts.validation) * cost.secondsPerImage
        let networks = Double(settings.networks)
        return (
            networks * each + Double(counts.validation) * cost.secondsPerImage, cost.peakBytes(batch: config.batch),
            settings.networks * cost.networkBytes, settings.networks * cost.stateBytes
        )
    }

    private func translation(_ settings: TranslateSettings, _ cost: StageCost) -> (Double, Int, Int, Int) {
        let config = settings.config
        let pixels = experiment.image.height * experiment.image.width
        // Bits a pixel of photographs of people: 2.5 at Pillow's quality 75, 6 at 95.
        let imageBytes = pixels * (settings.quality > 85 ? 6 : 3) / 8
        let pools = 2 * config.pool * 3 * pixels * 4
        return (
            Double(config.epochs * config.iterations) * cost.seconds(batch: config.batch)
                + Double(counts.source) * cost.secondsPerImage,
            cost.peakBytes(batch: config.batch) + pools, cost.networkBytes + counts.source * imageBytes,
            cost.stateBytes + pools
        )
    }

    private func adaptation(
        _ settings: AdaptSettings, _ dimension: Int, _ cost: StageCost
    ) -> (Double, Int, Int, Int) {
        let config = settings.config
        let evaluations = config.evaluateEvery > 0 ? config.epochs / config.evaluateEvery : 0
        let embedded = config.epochs * 2 * counts.target + (2 * evaluations + 1) * counts.validation
        let clustering = Double(config.epochs) * seconds(products: counts.target, counts.target, dimension, cost)
        let queues = 2 * config.queueLength * dimension * 4
        let memory = MemoryForecast.clustering(count: counts.target, dimension: dimension, neighbours: config.neighbours)
        return (
            Double(config.epochs * config.iterations) * cost.seconds(batch: config.batch)
                + Double(embedded) * cost.secondsPerImage + clustering,
            cost.peakBytes(batch: config.batch) + queues + memory.total, 2 * cost.networkBytes,
            cost.stateBytes + queues
        )
    }

    private func postProcessing(
        _ settings: PostprocessSettings, _ dimension: Int, _ cost: StageCost
    ) -> (Double, Int, Int, Int) {
        let camera = settings.camera?.config
        let passes = (settings.ensemble ? 2 : 1) + (camera == nil ? 0 : 1)
        let embedded = counts.validation * passes * (settings.flip ? 2 : 1)
        let training = camera.map { Double($0.epochs * $0.iterations) * cost.seconds(batch: $0.batch) } ?? 0
        // Ensembles are as long as both embeddings together, and the camera's beside them.
        let length = dimension * passes
        let ranking = settings.reRanking.map { reRanking in
            (
                seconds(products: counts.validation, counts.validation, length, cost),
                MemoryForecast.reRanking(
                    queryCount: counts.query, galleryCount: counts.gallery, dimension: length,
                    neighbours: reRanking.neighbours).total
            )
        } ?? (0, MemoryForecast.ranking(
            queryCount: counts.query, galleryCount: counts.gallery, dimension: length).total)
        return (
            training + Double(embedded) * cost.secondsPerImage + ranking.0,
            (camera.map { cost.peakBytes(batch: $0.batch) } ?? cost.peakBytes) + ranking.1,
            camera == nil ? 0 : cost.networkBytes, camera == nil ? 0 : cost.stateBytes
        )
    }

    /// All products of some rows with others; what is done with them takes about as long again.
    private func seconds(products rows: Int, _ others: Int, _ length: Int, _ cost: StageCost) -> Double {
        2 * 2 * Double(rows) * Double(others) * Double(length) / cost.matrixRate
    }
}
