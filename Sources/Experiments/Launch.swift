// SPDX-License-Identifier: MIT

public import Foundation
public import Pipeline
internal import Backbones
internal import Configuration
internal import Data
internal import Layers
internal import Tensor

/// An experiment on its way from a file to a result.
public struct Launch {
    /// Whether a run begins anew or goes on.
    public enum Start: Sendable {
        case new
        /// Anew, without what other runs have left.
        case fresh
        /// The newest unfinished run with the same plan.
        case resume
    }

    private let experiment: Experiment
    private let dataFolder: String
    private let weightFolders: [String]
    private let cacheFolder: String
    private let output: any ProgressOutput
    private let warn: @Sendable (String) -> Void

    /// - Parameters:
    ///   - dataFolder: The folder of all datasets.
    ///   - weightFolders: Where published weights are looked for.
    ///   - cacheFolder: Where runs share decoded images.
    ///   - output: Where progress is shown.
    ///   - warn: Told of what is left out, from any thread: images that cannot be read, objects beside weights.
    public init(
        _ experiment: Experiment, dataFolder: String, weightFolders: [String], cacheFolder: String,
        output: any ProgressOutput,
        warn: @escaping @Sendable (String) -> Void = { StandardError().write("\nwarning: \($0)\n") }
    ) {
        self.experiment = experiment
        self.dataFolder = dataFolder
        self.weightFolders = weightFolders
        self.cacheFolder = cacheFolder
        self.output = output
        self.warn = warn
    }

    /// The plan; reads the datasets' folders, or takes a drawn world's parameters, and starts nothing.
    public func plan() throws -> Plan { try counted().plan }

    private func counted() throws -> (plan: Plan, counts: DatasetCounts) {
        switch experiment.data.location {
        case .synthetic(let world):
            return (try drawnPlan(initialWeights()), DatasetCounts(world))
        case .folder:
            let (plan, datasets) = try found(in: experiment.data.root(in: dataFolder), initialWeights())
            return (plan, DatasetCounts(datasets))
        }
    }

    /// The plan, and what a run of it would do for each stage; starts nothing.
    public func status(_ start: Start, logs: URL) throws -> PlanStatus {
        PlanStatus(of: try plan(), logs: logs, isFresh: start == .fresh)
    }

    /// The same, and what such a run is expected to take; starts nothing.
    public func flightPlan(
        _ start: Start, logs: URL, cache: CalibrationCache
    ) throws -> (status: PlanStatus, flight: FlightPlan) {
        let (plan, counts) = try counted()
        let status = PlanStatus(of: plan, logs: logs, isFresh: start == .fresh)
        return (status, FlightPlan(experiment, counts: counts, status: status, cache: cache))
    }

    /// Measures a few steps of a stage in this process, whose peak of memory they should be.
    ///
    /// - Parameter peakMemory: The most bytes that this process has had in memory.
    /// - Throws: `PipelineError.unknownStage(name:allowed:)`, and what the stage's method throws.
    public func rehearse(_ stage: String, threads: Int, peakMemory: @escaping () -> Int) throws -> StageCost {
        try Engine.prepare(threads: threads)
        let (plan, counts) = try counted()
        _ = try plan.stage(named: stage)
        let rehearsal = Rehearsal(experiment: experiment, counts: counts, clock: .system, peakMemory: peakMemory)
        guard let found = experiment.stages.first(where: { $0.name == stage }) else {
            preconditionFailure("the plan's stage '\(stage)' is none of the experiment's")
        }
        return try rehearsal.cost(of: found)
    }

    /// Runs the stages.
    ///
    /// - Parameters:
    ///   - logs: The folder of all runs.
    ///   - whenBusy: What to do where another process works out the same stage.
    ///   - until: The last stage to run; nil for all.
    ///   - cache: Where steps that were measured are kept; the run's forecast comes from there and corrects it.
    ///   - killPoint: When the process ends itself; nil for never.
    /// - Returns: The run's folder and its result.
    /// - Throws: `DataError` before anything is written where datasets are missing; `PipelineError`, `Interrupted`
    ///   and the methods' errors from the stages, after which the run can be resumed.
    public func run(
        _ start: Start, logs: URL, until: String?, whenBusy: StageSharing.WhenBusy = .wait, interruption: Interruption,
        cache calibration: CalibrationCache? = nil, killPoint: KillPoint? = nil, threads: Int
    ) throws -> (folder: RunFolder, result: RunResult) {
        try Engine.prepare(threads: threads)
        let root = try experiment.data.root(in: dataFolder)
        let initial = try initialWeights()
        let (plan, datasets) = switch experiment.data.location {
        case .synthetic(let world): try drawn(world, in: root, initial, until: until, interruption)
        case .folder: try found(in: root, initial)
        }
        if let until { _ = try plan.stage(named: until) }
        let weights = try Dictionary(uniqueKeysWithValues: initial.map { backbone, file in
            let stored = try WeightFile(readingFrom: file.path)
            for note in stored.surroundings.notes { warn("\(file.path): \(note)") }
            return (backbone, try FittedWeights(stored.tensors, to: backbone, domain: .target).state)
        })
        let workspace = Workspace(
            experiment: experiment, datasets: datasets, initialWeights: weights,
            cache: try experiment.cache.cache(in: cacheFolder), badImages: badImages())
        let folder = switch start {
        case .new, .fresh: try RunFolder.create(in: logs, plan: plan, experiment: experiment.document.yamlText)
        case .resume: try RunFolder.resumable(in: logs, plan: plan)
        }
        let sharing = StageSharing(store: StageStore(logs: logs), isFresh: start == .fresh, whenBusy: whenBusy)
        let status = PlanStatus(of: plan, logs: logs, isFresh: start == .fresh)
        let flight = calibration.map {
            FlightPlan(experiment, counts: DatasetCounts(datasets), status: status, cache: $0)
        }
        let orchestrator = Orchestrator(
            plan: plan, runFolder: folder, stages: experiment.runnableStages(plan, workspace), until: until,
            sharing: sharing, checkpoints: experiment.checkpoints.policy, output: output, interruption: interruption,
            killPoint: killPoint, forecast: flight?.forecast)
        let result = try orchestrator.run()
        // A stage that was gone on with has taken more than what was left of it.
        if let flight, start != .resume { correct(flight, by: result, after: status) }
        return (folder, result)
    }

    /// Lets the next forecast know what stages took that were worked out from beginning to end.
    private func correct(_ flight: FlightPlan, by result: RunResult, after status: PlanStatus) {
        let whole = Set(status.stages.filter { $0.status == .run }.map(\.plan.name))
        for stage in result.stages where whole.contains(stage.name) && !stage.reused {
            do {
                try flight.correct(stage.name, seconds: stage.seconds)
            } catch {
                warn("the next forecast will be no better for this run: \(error)")
            }
        }
    }

    private func badImages() -> BadImages? {
        guard experiment.onBadImage == .skip else { return nil }
        return BadImages { [warn] error in warn("\(error); another image takes its place") }
    }

    /// Datasets that lie in a folder, listed once, and the plan that their listing determines.
    private func found(in root: String, _ initial: [Backbone: InitialWeights]) throws -> (plan: Plan, datasets: Datasets) {
        let datasets = try Datasets(experiment.data, root: root)
        if datasets.backgroundCount > 0 {
            warn("data.source: images with the identity 0 show nobody by \(experiment.data.source.rawValue)'s definition; "
                + "\(datasets.backgroundCount) are left out")
        }
        return (try plan(datasets.digest(below: root), initial), datasets)
    }

    private func plan(_ dataDigest: ContentDigest, _ initial: [Backbone: InitialWeights]) throws -> Plan {
        try experiment.plan(dataDigest: dataDigest, weights: initial.mapValues(\.digest))
    }

    /// Where networks of each backbone begin. Reads whole files for their digests: to be asked for once.
    private func initialWeights() throws -> [Backbone: InitialWeights] {
        guard let name = experiment.initialWeights else { return [:] }
        return try Dictionary(uniqueKeysWithValues: experiment.backbonesBegun.map {
            ($0, try InitialWeights(name, for: $0, in: weightFolders))
        })
    }

    /// A drawn world's plan needs only its parameters.
    private func drawnPlan(_ initial: [Backbone: InitialWeights]) throws -> Plan {
        try plan(ContentDigest(of: experiment.data.root(in: "")), initial)
    }

    /// A drawn world, drawn now where it is not there yet, after the stage's name is known to exist.
    private func drawn(
        _ world: SyntheticWorld, in root: String, _ initial: [Backbone: InitialWeights], until: String?,
        _ interruption: Interruption
    ) throws -> (plan: Plan, datasets: Datasets) {
        let plan = try drawnPlan(initial)
        if let until { _ = try plan.stage(named: until) }
        try draw(world, to: root, interruption)
        return (plan, try Datasets(experiment.data, root: root))
    }

    private func draw(_ world: SyntheticWorld, to root: String, _ interruption: Interruption) throws {
        let progress = ProgressReporter(label: "data", output: output)
        progress.begin(total: world.imageCount, unit: "images")
        try world.write(to: root) { _, _ in progress.advance() }
        try interruption.check()
    }
}
