// SPDX-License-Identifier: MIT

public import Foundation
public import Pipeline
internal import Backbones
internal import Configuration
internal import Data
internal import Layers
public import Tensor

/// An experiment on its way from a file to a result.
public struct Launch {
    /// Whether a run begins anew or goes on.
    public enum Start: Sendable {
        case new
        /// Anew, without what other runs have left.
        case fresh
        /// The newest unfinished run with the same plan.
        case resume
        /// That one where there is one, and else a new one.
        case resumeOrNew
    }

    let experiment: Experiment
    let dataFolder: String
    let weightFolders: [String]
    private let cacheFolder: String
    let memoryFolder: String?
    let output: any ProgressOutput
    private let warn: @Sendable (String) -> Void

    /// - Parameters:
    ///   - dataFolder: The folder of all datasets.
    ///   - weightFolders: Where published weights are looked for.
    ///   - cacheFolder: Where runs share decoded images.
    ///   - memoryFolder: Where it is remembered what the files of datasets hold; nil to read them all whenever a plan is
    ///     made.
    ///   - output: Where progress is shown.
    ///   - warn: Told of what is left out, from any thread: images that cannot be read, objects beside weights.
    public init(
        _ experiment: Experiment, dataFolder: String, weightFolders: [String], cacheFolder: String,
        memoryFolder: String? = nil, output: any ProgressOutput,
        warn: @escaping @Sendable (String) -> Void = { StandardError().write("\nwarning: \($0)\n") }
    ) {
        self.experiment = experiment
        self.dataFolder = dataFolder
        self.weightFolders = weightFolders
        self.cacheFolder = cacheFolder
        self.memoryFolder = memoryFolder
        self.output = output
        self.warn = warn
    }

    /// What a run would compute on here.
    public var device: Device { experiment.settings.device.device }

    /// The user's command that is to be told of a run's end; nil for none.
    package var endCommand: EndCommand? { experiment.settings.onEnd.map { EndCommand($0) } }

    /// Looks whether that can be computed on.
    ///
    /// - Throws: `TensorError.deviceMissing(_:reason:)`.
    public func checkDevice() throws { try Engine.require(device) }

    /// Sets the process up for the experiment's stages.
    private func prepare(threads: Int) throws {
        try Engine.prepare(
            threads: threads, device: device, precision: experiment.settings.precision,
            isDeterministic: experiment.settings.isDeterministic)
    }

    /// The plan; reads the datasets' files, or takes a drawn world's parameters, and starts nothing.
    ///
    /// - Throws: `DataError` where datasets are missing, ``ScoringError`` where no query could be scored, and
    ///   ``UnfitDataError`` where a stage could not run on them.
    /// - Complexity: One pass over the bytes of all images, on all cores; one `stat` for each that is remembered.
    public func plan() throws -> Plan { try counted().plan }

    private func counted() throws -> (plan: Plan, counts: DatasetCounts) {
        try tellingOfAllMissing { try countedInputs() }
    }

    private func countedInputs() throws -> (plan: Plan, counts: DatasetCounts) {
        let provisions = try self.provisions(Interruption())
        _ = try fittedWeights(provisions.weights)
        let data = experiment.settings.data
        if let world = data.drawnWorld {
            return (
                try drawnPlan(provisions),
                DatasetCounts(world, hasSource: data.source != nil, evaluated: provisions.evaluated)
            )
        }
        let (plan, datasets, _) = try found(in: data.root(in: dataFolder), provisions, Interruption())
        return (plan, DatasetCounts(datasets))
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
    /// - Parameters:
    ///   - limit: Seconds after which fewer steps and smaller batches do.
    ///   - peakMemory: The most bytes that this process has had in memory.
    /// - Throws: `PipelineError.unknownStage(name:allowed:)`, and what the stage's method throws.
    public func rehearse(
        _ stage: String, threads: Int, limit: Double = 30, peakMemory: @escaping () -> Int
    ) throws -> StageCost {
        let (definition, counts) = try prepared(stage, threads: threads)
        let progress = ProgressReporter(label: "measure \(stage)", output: output)
        defer { progress.finish() }
        let rehearsal = Rehearsal(
            settings: experiment.settings, counts: counts, clock: .system, peakMemory: peakMemory, limit: limit,
            report: progress.note)
        return try definition.rehearse(rehearsal)
    }

    /// A stage in a process that is set up for it.
    private func prepared(
        _ stage: String, threads: Int
    ) throws -> (definition: any StageDefinition, counts: DatasetCounts) {
        try prepare(threads: threads)
        let (plan, counts) = try counted()
        _ = try plan.stage(named: stage)
        guard let found = experiment.stage(named: stage) else {
            preconditionFailure("the plan's stage '\(stage)' is none of the experiment's")
        }
        return (found.definition, counts)
    }

    /// Measures the steps of a stage one after another, as a run takes them, with images that are there: for comparisons
    /// with other programs.
    ///
    /// - Parameter window: Steps between two looks at the clock, for which a card is waited for.
    /// - Returns: At the stage's own batch size, the median of ``SteadyPace/windows`` windows; nil where it trains nothing.
    /// - Throws: As ``rehearse(_:threads:limit:peakMemory:)``.
    public func steadySteps(
        of stage: String, window: Int, threads: Int, peakMemory: @escaping () -> Int
    ) throws -> StageCost.Steps? {
        let (definition, counts) = try prepared(stage, threads: threads)
        guard let training = definition.load(counts).training else { return nil }
        let rehearsal = Rehearsal(
            settings: experiment.settings, counts: counts, clock: .system, peakMemory: peakMemory, limit: .infinity,
            report: warn,
            steady: SteadyPace(window: window, iterations: training.iterations))
        return try definition.rehearse(rehearsal).steps.last
    }

    /// Measures how long a batch takes through the experiment's network for inference, one after another, in the
    /// experiment's precision.
    public func steadyPasses(
        of batch: Int, window: Int, threads: Int, peakMemory: @escaping () -> Int
    ) throws -> StageCost.Steps {
        try prepare(threads: threads)
        let pass = try InferencePass(of: batch, experiment.settings)
        let pace = SteadyPace(window: window, iterations: 0)
        return StageCost.Steps(
            batch: batch, seconds: try pace.seconds(.system) { try pass() }, peakBytes: peakMemory(),
            cardBytes: try Engine.peakCardBytes())
    }

    /// Runs the stages.
    ///
    /// - Parameters:
    ///   - logs: The folder of all runs.
    ///   - whenBusy: What to do where another process works out the same stage.
    ///   - until: The last stage to run; nil for all.
    ///   - calibration: Where steps that were measured with so many threads are kept; the run's forecast comes from there
    ///     and corrects it.
    ///   - killPoint: When the process ends itself; nil for never.
    ///   - leaving: Told of a run that this one could have gone on with, where it begins anew.
    ///   - begun: Told of the run's folder once there is one, from where `--resume` can go on.
    ///   - request: What the result says of how the run was asked for; nil for nothing.
    ///   - offer: The conditions to run under; a run that is gone on with has its own.
    /// - Returns: The run's folder and its result.
    /// - Throws: Before anything is written: `DataError` where datasets are missing, ``ScoringError`` where no query could
    ///   be scored, ``UnfitDataError`` where a stage could not run on them, `PipelineError` where there is nothing to go on
    ///   with, or not under these conditions. Then `PipelineError`, `Interrupted` and the methods' errors from the stages,
    ///   after which the run can be resumed.
    public func run(
        _ start: Start, logs: URL, until: String?, whenBusy: StageSharing.WhenBusy = .wait, interruption: Interruption,
        calibration: ((_ threads: Int) -> CalibrationCache)? = nil, killPoint: KillPoint? = nil,
        leaving: (StageStatus.ResumePoint, _ stage: String) -> Void = { _, _ in },
        begun: (RunFolder) -> Void = { _ in }, request: RunRequest? = nil, under offer: ConditionsOffer
    ) throws -> (folder: RunFolder, result: RunResult) {
        let root = try experiment.settings.data.root(in: dataFolder)
        var lease: WorldLease?
        let (provisions, (plan, datasets, contents)) = try tellingOfAllMissing {
            let provisions = try self.provisions(interruption)
            guard let world = experiment.settings.data.drawnWorld else {
                return (provisions, try found(in: root, provisions, interruption))
            }
            let drawn = try self.drawn(world, in: root, provisions, until: until, interruption)
            lease = drawn.lease
            return (provisions, (drawn.plan, drawn.datasets, [:]))
        }
        defer { withExtendedLifetime(lease) {} }
        // What cannot be read is left out by training, and has no hash.
        let hashes = contents.compactMapValues { UInt128($0, radix: 16) }
        let watched = WatchedFiles(hashes.merging(provisions.hashes) { own, _ in own })
        if let until { _ = try plan.stage(named: until) }
        let unfinished =
            switch start {
            case .new, .fresh: RunFolder?.none
            case .resume: try RunFolder.resumable(in: logs, plan: plan)
            case .resumeOrNew: RunFolder.newestUnfinished(of: plan, in: logs)
            }
        let conditions = try unfinished.map { try offer.conditions(goingOnWith: $0, plan: plan) } ?? offer.fresh
        try prepare(threads: conditions.threads)
        let weights = try fittedWeights(provisions.weights) { warn($0) }
        let workspace = Workspace(
            settings: experiment.settings, datasets: datasets, initialWeights: weights,
            existingImages: provisions.images, networksOfFiles: try experiment.networksOfFiles(warn: warn),
            cache: try experiment.settings.cache.cache(in: cacheFolder, warn: warn), badImages: badImages())
        if start == .new, let left = resumePoint(of: plan, logs: logs) { leaving(left.point, left.stage) }
        let folder =
            try unfinished
            ?? RunFolder.create(in: logs, plan: plan, experiment: settingsToKeep())
        begun(folder)
        let sharing = StageSharing(store: StageStore(logs: logs), isFresh: start == .fresh, whenBusy: whenBusy)
        let status = PlanStatus(of: plan, logs: logs, isFresh: start == .fresh)
        let flight = calibration.map {
            FlightPlan(experiment, counts: DatasetCounts(datasets), status: status, cache: $0(conditions.threads))
        }
        for obstacle in flight?.obstacles(memory: freeMemory(), card: freeCardMemory(device), disk: .max) ?? [] {
            warn("this may not be possible here: \(obstacle)")
        }
        let orchestrator = Orchestrator(
            plan: plan, runFolder: folder, stages: experiment.runnableStages(plan, workspace), until: until,
            sharing: sharing, checkpoints: experiment.settings.checkpoints.policy, output: output,
            interruption: interruption,
            killPoint: killPoint, forecast: flight?.forecast, conditions: conditions, request: request,
            settings: experiment.settingsByKey, checkInputs: watched.requireUnchanged, told: { report(on: folder) })
        let result = try orchestrator.run()
        // A stage that was gone on with has taken more than what was left of it.
        if let flight, unfinished == nil { correct(flight, by: result, after: status) }
        return (folder, result)
    }

    /// Where the newest unfinished run of a plan has stopped within a stage that no other has finished; nothing where a
    /// process works on that run.
    private func resumePoint(of plan: Plan, logs: URL) -> (point: StageStatus.ResumePoint, stage: String)? {
        guard RunClaim.worker(on: plan, in: logs) == nil else { return nil }
        return PlanStatus(of: plan, logs: logs).stages.lazy.compactMap { stage in
            if case .resume(let point) = stage.status { (point, stage.plan.name) } else { nil }
        }.first
    }

    /// The experiment as a file that is the same one wherever the program is started, with where its settings come from.
    private func settingsToKeep() throws -> String {
        SettingsListing(experiment, resolved: try experiment.lastingDocument(in: dataFolder)).text
    }

    /// Writes the run's report; a run does not fail where that does.
    private func report(on folder: RunFolder) {
        do {
            try RunReport(of: folder).write(renewing: false)
        } catch {
            warn("there is no report of this run: \(error)")
        }
    }

    /// Lets the next forecast know what stages took that were computed from beginning to end.
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
        guard experiment.settings.onBadImage == .skip else { return nil }
        return BadImages { [warn] error in warn("\(error); another image takes its place") }
    }

    /// Datasets that lie in a folder, listed once, the plan that they determine, and what each image holds, by path.
    private func found(
        in root: String, _ provisions: Provisions, _ interruption: Interruption
    ) throws -> (plan: Plan, datasets: Datasets, contents: [String: String]) {
        let datasets = try listed(in: root, provisions)
        if datasets.backgroundCount > 0 {
            warn(
                "data.source: images with the identity 0 show nobody by the definition of "
                    + "'\(experiment.settings.data.source?.name ?? "none")', and are left out: \(datasets.backgroundCount)"
            )
        }
        for remark in datasets.remarks { warn(remark) }
        let progress = LateProgress(label: "data", unit: "images", output: output)
        defer { progress.finish() }
        let contents = try datasets.contents(
            memoryFolder: memoryFolder, skipsUnreadable: experiment.settings.onBadImage == .skip
        ) { done, total in
            progress.show(done, of: total)
            try interruption.check()
        }
        let digest = DataDigest(datasets, contents: contents)
        let plan = try experiment.plan(
            dataDigest: digest.whole, dataParts: digest.named, weights: provisions.weights.mapValues(\.digest),
            images: provisions.images.mapValues(\.digest), networks: provisions.networks,
            evaluated: provisions.evaluated.mapValues(\.digest),
            testSet: datasets.test.map { ContentDigest(of: $0, contents: contents, named: datasets.names.target) })
        return (plan, datasets, contents)
    }

    /// Datasets on which every stage can run, of which some query can be scored, and whose source has the translations that
    /// stages take; found out before days of work, not after.
    private func listed(in root: String, _ provisions: Provisions) throws -> Datasets {
        var datasets = try Datasets(experiment.settings.data, root: root, takesTestSet: experiment.takesTestSet)
        for images in provisions.images.values { _ = try images.translations(of: datasets.source.map(\.path)) }
        let data = experiment.settings.data
        let scoring = Scoring(data.target.dataset, query: datasets.query, gallery: datasets.gallery)
        if let error = scoring.error(under: data.rankingProtocol) { throw error }
        datasets.evaluated = provisions.evaluated
        try datasets.requireScored(experiment.stages)
        try DatasetCounts(datasets).requireFit(for: experiment.stages)
        return datasets
    }

    /// A drawn world's plan needs only its parameters, and whether its source is taken.
    private func drawnPlan(_ provisions: Provisions) throws -> Plan {
        let data = experiment.settings.data
        return try experiment.plan(
            dataDigest: DataChoice.digest(ofWorld: data.root(in: ""), withSource: data.source != nil),
            weights: provisions.weights.mapValues(\.digest),
            images: provisions.images.mapValues(\.digest), networks: provisions.networks,
            evaluated: provisions.evaluated.mapValues(\.digest))
    }

    /// A drawn world, drawn now where it is not there yet, after the stage's name is known to exist. It is not removed for as
    /// long as it is held.
    private func drawn(
        _ world: SyntheticWorld, in root: String, _ provisions: Provisions, until: String?,
        _ interruption: Interruption
    ) throws -> (plan: Plan, datasets: Datasets, lease: WorldLease) {
        let plan = try drawnPlan(provisions)
        if let until { _ = try plan.stage(named: until) }
        let lease = try draw(world, to: root, interruption)
        return (plan, try listed(in: root, provisions), lease)
    }

    private func draw(_ world: SyntheticWorld, to root: String, _ interruption: Interruption) throws -> WorldLease {
        let progress = LateProgress(label: "data", unit: "images", output: output)
        defer { progress.finish() }
        let lease = try world.hold(at: root, progress: progress.show)
        try interruption.check()
        return lease
    }
}
