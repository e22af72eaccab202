// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Methods
public import Pipeline

/// What a run of an experiment is expected to take.
public struct FlightPlan {
    private let experiment: Experiment
    private let counts: DatasetCounts
    private let cache: CalibrationCache
    private let status: PlanStatus

    init(_ experiment: Experiment, counts: DatasetCounts, status: PlanStatus, cache: CalibrationCache) {
        self.experiment = experiment
        self.counts = counts
        self.status = status
        self.cache = cache
    }

    /// The stages that have to be worked out and of which nobody has measured a step on this machine.
    public var unmeasured: [String] {
        open.filter { cache.cost(of: work(of: $0.stage)) == nil }.map(\.stage.name)
    }

    /// Keeps what the steps of a stage took.
    public func store(_ cost: StageCost, of stage: String) throws {
        guard let found = experiment.stages.first(where: { $0.name == stage }) else { return }
        try cache.store(cost, of: work(of: found))
    }

    /// Corrects what was measured by what a whole stage has taken.
    ///
    /// - Parameter seconds: Of a stage that ``forecast`` has, worked out from its beginning.
    public func correct(_ stage: String, seconds: Double) throws {
        guard let found = experiment.stages.first(where: { $0.name == stage }),
            var cost = cache.cost(of: work(of: found)), let expected = forecast.stages[stage]?.seconds, expected > 0
        else { return }
        cost.correction *= seconds / expected
        try cache.store(cost, of: work(of: found))
    }

    /// What the stages that have to be worked out will take, as far as it was measured.
    public var forecast: RunForecast {
        let forecaster = Forecaster(experiment: experiment, counts: counts)
        var stages: [String: StageForecast] = [:]
        for (stage, done) in open {
            guard let cost = cache.cost(of: work(of: stage)) else { continue }
            stages[stage.name] = forecaster.forecast(stage, cost, done: done)
        }
        return RunForecast(stages)
    }

    /// Why a run could not get to its end here, each with what to change; empty where it could.
    ///
    /// - Parameters:
    ///   - memory: Bytes that a process can take.
    ///   - disk: Bytes that are free where the runs are.
    public func obstacles(memory: Int, disk: Int) -> [String] {
        let forecast = self.forecast
        let short = open.compactMap { stage, _ -> String? in
            guard let needed = forecast.stages[stage.name]?.memoryBytes, needed > memory else { return nil }
            return lacking(stage, needed, memory)
        }
        guard forecast.diskBytes > disk else { return short }
        return short + [
            "the run needs \(forecast.diskBytes.byteText) on disk and \(disk.byteText) are free: free some, keep the runs "
                + "elsewhere with --logs DIR, or fewer states with checkpoints.keep=1"
        ]
    }

    private func lacking(_ stage: Experiment.NamedStage, _ needed: Int, _ memory: Int) -> String {
        let beginning = "'\(stage.name)' needs \(needed.byteText) of memory and \(memory.byteText) are free"
        guard let (key, batch, unit) = batch(of: stage), let cost = cache.cost(of: work(of: stage)) else {
            return "\(beginning): free some, or make images smaller with image"
        }
        // What does not come from the batch: queues, neighbours, pools.
        let rest = Int(Double(needed) / Forecaster.keptMemory) - cost.peakBytes(batch: batch)
        let room = Int(Double(memory) / Forecaster.keptMemory) - rest
        guard let fitting = cost.largestBatch(within: room, below: batch, multipleOf: unit) else {
            return "\(beginning), and no batch size makes it fit: choose smaller images with image, a smaller backbone, or "
                + "where there are very many images fewer neighbours with k1"
        }
        return "\(beginning): \(stage.name).\(key)=\(fitting) instead of \(batch) would fit"
    }

    /// The key of a stage's batch size, its value, and what it is a multiple of.
    private func batch(of stage: Experiment.NamedStage) -> (String, Int, Int)? {
        switch stage.choice {
        case .pretrain(let settings): ("batch", settings.config.batch, settings.config.instances)
        case .translate(let settings): ("batch", settings.config.batch, settings.config.instances)
        case .adapt(let settings): ("batch", settings.config.batch, settings.config.instances)
        case .postprocess(let settings): settings.camera.map { ("camera.batch", $0.config.batch, 2) }
        }
    }

    /// Stages that have to be worked out, and the share of each that is done.
    private var open: [(stage: Experiment.NamedStage, done: Double)] {
        zip(experiment.stages, status.stages).compactMap { stage, known in
            switch known.status {
            case .reuse: nil
            case .run: (stage, 0)
            case .resume(let point): (stage, share(point, of: stage))
            }
        }
    }

    private func share(_ point: StageStatus.ResumePoint, of stage: Experiment.NamedStage) -> Double {
        let (epochs, iterations, networks) =
            switch stage.choice {
            case .pretrain(let settings): (settings.config.epochs, settings.config.iterations, settings.networks)
            case .translate(let settings): (settings.config.epochs, settings.config.iterations, 1)
            case .adapt(let settings): (settings.config.epochs, settings.config.iterations, 1)
            case .postprocess(let settings):
                (settings.camera?.config.epochs ?? 1, settings.camera?.config.iterations ?? 1, 1)
            }
        let before = Int(point.part.split(separator: "-").last ?? "").map { $0 - 1 } ?? 0
        let epochsDone = Double(before) * Double(epochs) + Double(point.epoch)
        let steps = epochsDone * Double(iterations) + Double(point.step ?? 0)
        return min(1, steps / (Double(networks) * Double(epochs) * Double(iterations)))
    }

    /// What determines how long a step takes and how much it holds. Epochs and rates do not.
    private func work(of stage: Experiment.NamedStage) -> JSONValue {
        let size = experiment.image
        var members: [String: JSONValue] = [
            // Of the methods and of how they are measured: raised whenever a step takes something else than before.
            "version": 1, "method": .string(stage.choice.method),
            "backbone": .string(experiment.backbone(of: stage.name).rawValue),
            "begins": .string(experiment.backboneBegun(by: stage.choice)?.rawValue ?? ""),
            "height": .integer(size.height), "width": .integer(size.width),
            "identities": .integer(counts.identities), "workers": .integer(experiment.workers),
        ]
        let keys: Set = [
            "batch", "instances", "auto_augment", "target_forward", "generator_channels", "generator_blocks",
            "discriminator_channels", "head", "triplet_weight",
        ]
        let nested = stage.choice.entries.first { $0.key == "camera" }
        var entries = stage.choice.entries
        if case .mapping(let camera)? = nested?.value.value { entries += camera }
        for entry in entries where keys.contains(entry.key) {
            members[entry.key] = .string(entry.value.canonicalJSON)
        }
        return .object(members)
    }
}
