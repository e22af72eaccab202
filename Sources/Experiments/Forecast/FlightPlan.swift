// SPDX-License-Identifier: MIT

internal import Configuration
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

    /// The stages that have to be computed and of which nobody has measured a step on this machine.
    public var unmeasured: [String] {
        open.filter { cache.cost(of: work(of: $0.stage)) == nil }.map(\.stage.name)
    }

    /// Keeps what the steps of a stage took.
    public func store(_ cost: StageCost, of stage: String) throws {
        guard let found = experiment.stage(named: stage) else { return }
        try cache.store(cost, of: work(of: found))
    }

    /// Corrects what was measured by what a whole stage has taken.
    ///
    /// - Parameter seconds: Of a stage that ``forecast`` has, computed from its beginning.
    public func correct(_ stage: String, seconds: Double) throws {
        guard let found = experiment.stage(named: stage), var cost = cache.cost(of: work(of: found)),
            let expected = forecast.stages[stage]?.seconds, expected > 0
        else { return }
        cost.correction *= seconds / expected
        try cache.store(cost, of: work(of: found))
    }

    /// What the stages that have to be computed will take, as far as it was measured.
    public var forecast: RunForecast {
        let forecaster = Forecaster(statesKept: experiment.settings.checkpoints.keep)
        var stages: [String: StageForecast] = [:]
        for (stage, load, done) in open {
            guard let cost = cache.cost(of: work(of: stage)) else { continue }
            stages[stage.name] = forecaster.forecast(load, cost, done: done)
        }
        return RunForecast(stages, unmeasured: Set(unmeasured))
    }

    /// Why a run could not get to its end here, each with what to change; empty where it could.
    ///
    /// - Parameters:
    ///   - memory: Bytes that a process can take.
    ///   - card: Bytes that are free on the card that it computes on; nothing on the processor, and where nobody knows.
    ///   - disk: Bytes that are free where the runs are.
    public func obstacles(memory: Int, card: Int? = nil, disk: Int) -> [String] {
        let forecast = self.forecast
        let short = open.flatMap { stage, load, _ -> [String] in
            guard let expected = forecast.stages[stage.name] else { return [] }
            var found: [String] = []
            if expected.memoryBytes > memory {
                found.append(lacking(stage, load, expected.memoryBytes, memory, in: .machine))
            }
            if let needed = expected.cardBytes, let card, needed > card {
                found.append(lacking(stage, load, needed, card, in: .card))
            }
            return found
        }
        guard forecast.diskBytes > disk else { return short }
        return short + [
            "the run needs \(forecast.diskBytes.byteText) on disk and \(disk.byteText) are free: free some, keep the runs "
                + "elsewhere with --logs DIR, or fewer states with checkpoints.keep=1"
        ]
    }

    private func lacking(
        _ stage: Experiment.NamedStage, _ load: StageLoad, _ needed: Int, _ free: Int, in memory: StageCost.Memory
    ) -> String {
        let beginning = "'\(stage.name)' needs \(needed.byteText) of \(memory) and \(free.byteText) are free"
        guard let training = load.training, let cost = cache.cost(of: work(of: stage)) else {
            return "\(beginning): free some, or make images smaller with image"
        }
        guard let fitting = Forecaster.batch(of: training, load, cost, within: free, of: memory) else {
            return "\(beginning), and no batch size makes it fit: choose smaller images with image, a smaller backbone, or "
                + "where there are very many images fewer neighbours with k1"
        }
        return "\(beginning): \(stage.name).\(training.batchKey)=\(fitting) instead of \(training.batch) would fit"
    }

    /// Stages that have to be computed, and the share of each one's training that is done.
    private var open: [(stage: Experiment.NamedStage, load: StageLoad, done: Double)] {
        zip(experiment.stages, status.stages).compactMap { stage, known in
            let load = stage.definition.load(counts)
            return switch known.status {
            case .reuse: nil
            case .run: (stage, load, 0)
            case .resume(let point):
                (stage, load, load.training?.share(part: point.part, epoch: point.epoch, step: point.step ?? 0) ?? 0)
            }
        }
    }

    /// What determines how long a step takes and how much it holds. Epochs and rates do not.
    private func work(of stage: Experiment.NamedStage) -> JSONValue {
        let given = stage.definition.inputs.map(\.networks) + [stage.definition.networkFiles]
        let networks = given.flatMap { $0?.members ?? [] }
        return .object([
            // Of the methods and of how they are measured: raised whenever a step takes something else than before.
            "version": 2, "method": .string(stage.definition.method),
            "networks": .array(networks.map { .string("\($0.shape)") }),
            "identities": .integer(counts.identities),
            "experiment": JSONValue(experiment.settings.entries(.cost)),
            "settings": JSONValue(stage.definition.entries(.cost)),
        ])
    }
}

extension StageCost.Memory: CustomStringConvertible {
    var description: String {
        switch self {
        case .machine: "memory"
        case .card: "the card's memory"
        }
    }
}
