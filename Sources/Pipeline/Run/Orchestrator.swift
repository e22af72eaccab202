// SPDX-License-Identifier: MIT

internal import Foundation

/// Runs the stages of a plan in order, in one run folder, from wherever an earlier process left it.
///
/// A stage whose manifest and files agree is not run again, and one that another run has left in the store is taken
/// from there. One that was interrupted starts again with its checkpoints and nothing else. After each stage
/// `result.json` says how far the run is.
public struct Orchestrator {
    private let plan: Plan
    private let folder: RunFolder
    private let stages: [any Stage]
    private let until: String?
    private let sharing: StageSharing?
    private let checkpoints: CheckpointPolicy
    private let output: any ProgressOutput
    private let interruption: Interruption
    private let killPoint: KillPoint?
    private let forecast: RunForecast?
    private let conditions: RunConditions?
    private let request: RunRequest?
    private let settings: [String: JSONValue]
    private let checkInputs: () throws -> Void
    private let told: () -> Void
    private let clock: RunClock

    /// A run that has not begun.
    ///
    /// - Parameters:
    ///   - plan: What to run.
    ///   - runFolder: Where; new or to be continued.
    ///   - stages: One for each stage of the plan, in its order.
    ///   - until: The last stage to run; nil runs all.
    ///   - sharing: How stages are shared with other runs; nil shares nothing.
    ///   - checkpoints: When stages save their state, and what is kept.
    ///   - output: Where progress is shown.
    ///   - interruption: What asks the run to stop.
    ///   - killPoint: When the process ends itself; nil for never.
    ///   - forecast: What the stages are expected to take; nil when nobody knows.
    ///   - conditions: What is kept of this process in the run's folder; nil for nothing.
    ///   - request: What the result says of how the run was asked for; nil for nothing.
    ///   - settings: What TensorBoard shows beside the run's results, by its keys; empty for nothing.
    ///   - checkInputs: Throws where what the plan's keys stand for is not what it was when they were made: asked before a state
    ///     is kept, and before a stage's result is.
    ///   - told: Called whenever `result.json` says more than before: after each stage, and when the run is left.
    ///   - clock: What durations are measured with.
    public init(
        plan: Plan, runFolder: RunFolder, stages: [any Stage], until: String? = nil,
        sharing: StageSharing? = nil, checkpoints: CheckpointPolicy = CheckpointPolicy(),
        output: any ProgressOutput = StandardError(), interruption: Interruption = Interruption(),
        killPoint: KillPoint? = nil, forecast: RunForecast? = nil, conditions: RunConditions? = nil,
        request: RunRequest? = nil, settings: [String: JSONValue] = [:],
        checkInputs: @escaping () throws -> Void = {}, told: @escaping () -> Void = {},
        clock: RunClock = .system
    ) {
        precondition(
            stages.map(\.plan) == plan.stages,
            "stages \(stages.map(\.plan.name)) are not those of the plan, \(plan.stages.map(\.name))")
        self.plan = plan
        folder = runFolder
        self.stages = stages
        self.until = until
        self.sharing = sharing
        self.checkpoints = checkpoints.keeping(every: killPoint?.stride ?? 0)
        self.output = output
        self.interruption = interruption
        self.killPoint = killPoint
        self.forecast = forecast
        self.conditions = conditions
        self.request = request
        self.settings = settings
        self.checkInputs = checkInputs
        self.told = told
        self.clock = clock
    }

    private var name: RunName { folder.name(in: plan) }

    /// Runs what is not done yet.
    ///
    /// - Returns: The contents of `result.json`: `completed`, or `stopped` after the stage of `until`.
    /// - Throws: ``Interrupted`` when a signal asked to stop; ``PipelineError`` for files, devices and locks;
    ///   whatever a stage throws. The run can be resumed after each of them.
    public func run() throws -> RunResult {
        let stageCount = try countOfStages()
        let lock = try ProcessLock(folder.lockFile, run: name, now: clock.now())
        defer { withExtendedLifetime(lock) {} }
        var result = RunResult(experiment: plan.experiment, run: folder.run)
        result.provenance = request.map { RunProvenance($0, seed: plan.seed, under: conditions) }
        // Whoever looks at a run that has ended is to find how it ended.
        defer { try? DurableFile.remove(folder.progressFile) }
        var events: EventSink?
        do {
            if let conditions { try JSONFile.write(conditions, to: folder.conditionsFile) }
            try write(opening(result))
            let sharing = try lastingSharing()
            let sink = try EventSink(folder: folder, clock: clock, settings: settings)
            events = sink
            var outlook = RunOutlook(forecast)
            for index in 0..<stageCount {
                try interruption.check()
                let foreseen = (
                    own: outlook.seconds(of: [plan.stages[index].name]),
                    later: outlook.seconds(of: plan.stages[(index + 1)..<stageCount].map(\.name))
                )
                let start = clock.uptime()
                let manifest = try finish(index, sharing, events: sink, lock: lock, foreseen)
                outlook.finished(manifest.stage, seconds: clock.uptime() - start)
                result.append(manifest)
                try lock.check()
                if index + 1 == stageCount {
                    result.status = stageCount == stages.count ? .completed : .stopped
                }
                try write(result)
                told()
            }
            // All of it is in `result.json`: the run is done, whether it can be shown or not.
            try? sink.end(result)
            return result
        } catch PipelineError.lockLost(let path) {
            // From here on the folder is the other process's.
            throw PipelineError.lockLost(path: path)
        } catch {
            let error = PipelineError(cause: error) ?? error
            // A stage that another process works on is no failure of this run.
            let isHeld = if case PipelineError.locked = error { true } else { false }
            result.status = error is Interrupted || isHeld ? .interrupted : .failed
            result.error = error is Interrupted ? nil : "\(error)"
            // The error to report is the one that stopped the run, also when these files cannot be written.
            try? write(result)
            if result.status == .failed { try? events?.end(result) }
            told()
            throw error
        }
    }

    /// The way of sharing, fresh where it was so when the run began: what was set aside then is not to come in with
    /// the stages that are left.
    private func lastingSharing() throws -> StageSharing? {
        guard let sharing else { return nil }
        if sharing.isFresh { try DurableFile.replace(folder.freshMark, with: Data()) }
        return StageSharing(store: sharing.store, isFresh: folder.isFresh, whenBusy: sharing.whenBusy)
    }

    private func countOfStages() throws -> Int {
        guard let until else { return stages.count }
        let names = plan.stages.map(\.name)
        guard let index = names.firstIndex(of: until) else {
            throw PipelineError.unknownStage(name: until, allowed: names)
        }
        return index + 1
    }

    /// What `result.json` says while the stages of an earlier process are looked through: what it said, and
    /// that the run goes on.
    private func opening(_ fresh: RunResult) -> RunResult {
        // Unreadable is as good as absent: every line of the file is made anew from the manifests.
        var result = (try? folder.result()) ?? fresh
        result.status = .running
        result.error = nil
        result.provenance = fresh.provenance ?? result.provenance
        return result
    }

    private func write(_ result: RunResult) throws {
        try JSONFile.write(result, to: folder.resultFile)
    }

    private func stageFolder(_ stage: StagePlan) -> StageFolder {
        StageFolder(url: folder.stageFolder(stage.name), plan: stage, key: plan.key(of: stage))
    }

    /// The result of a stage, found or made.
    private func finish(
        _ index: Int, _ sharing: StageSharing?, events: EventSink, lock: ProcessLock,
        _ foreseen: (own: Double?, later: Double?)
    ) throws -> StageManifest {
        let stage = stageFolder(plan.stages[index])
        let progress = ProgressReporter(
            label: stage.plan.name, output: output, expectedSeconds: foreseen.own, laterSeconds: foreseen.later,
            clock: clock, file: RunProgressFile(folder.progressFile))
        let shared = sharing.map { sharing in
            SharedStage(
                sharing: sharing, stage: stage, run: name, log: folder.eventsFile, events: events,
                progress: progress, clock: clock)
        }
        if let manifest = try found(stage, progress) {
            try stage.clean()
            // A kill may have come between the stage's end and its way into the store, or the store be another.
            shared?.publish()
            progress.finish("already finished in this run (\(ProgressLine.duration(manifest.seconds)))")
            return manifest
        }
        do {
            if let manifest = try reused(stage, shared, progress) { return manifest }
            let claim = try shared?.lock(interruption)
            // Again, for whoever had the lock may have left the result.
            if claim != nil, let manifest = try reused(stage, shared, progress) { return manifest }
            let manifest = try make(index, stage, events: events, progress: progress) {
                try lock.check()
                try claim?.check()
            }
            shared?.publish()
            withExtendedLifetime(claim) {}
            return manifest
        } catch let interrupted as Interrupted {
            progress.finish("\(interrupted)")
            throw interrupted
        } catch {
            progress.finish("failed")
            throw error
        }
    }

    /// The manifest of a stage that is done.
    ///
    /// One that contradicts its plan or its files is reported and does not count.
    private func found(_ stage: StageFolder, _ progress: ProgressReporter) throws -> StageManifest? {
        do {
            return try stage.finishedManifest()
        } catch let error as PipelineError {
            guard case .corruptManifest = error else { throw error }
            progress.warn("\(error); running the stage again")
            return nil
        }
    }

    /// The manifest of a stage that another run has done.
    private func reused(
        _ stage: StageFolder, _ shared: SharedStage?, _ progress: ProgressReporter
    ) throws -> StageManifest? {
        guard let manifest = try shared?.reuse() else { return nil }
        try stage.clean()
        progress.finish(
            "reused from \(manifest.origin) (took \(ProgressLine.duration(manifest.seconds)) there)")
        return manifest
    }

    private func make(
        _ index: Int, _ stage: StageFolder, events: EventSink, progress: ProgressReporter,
        lockCheck: @escaping () throws -> Void
    ) throws -> StageManifest {
        let attempts = StageAttempts(stage.attempts, clock: clock)
        conditions?.notes.forEach(attempts.notes.add)
        try stage.prepare()
        killPoint?.pass(stage.plan.name, 0)
        let scope = StageScope(
            of: plan.experiment, stage: stage, earlier: plan.stages.prefix(index).map(stageFolder),
            events: EventLog(stage: stage.plan.name, sink: events), progress: progress,
            checkpoints: checkpoints, checkInputs: checkInputs, attempts: attempts, clock: clock
        ) { [interruption, killPoint] in
            attempts.passBoundary()
            killPoint?.pass(stage.plan.name, attempts.ownBoundaries)
            try interruption.check()
            try lockCheck()
        }
        // What it keeps for that is not needed any longer, and may be most of the memory.
        defer { scope.beforeLeaving(nil) }
        do {
            let outcome = try stages[index].run(in: scope)
            try events.synchronise()
            try lockCheck()
            try checkInputs(of: stage)
            let manifest = try stage.publish(outcome, by: name, attempts, states: scope.states)
            progress.finish(costOf: attempts)
            try stage.clean()
            return manifest
        } catch {
            // The reason for the failure matters; a time that cannot be noted does not.
            try? attempts.record()
            throw error
        }
    }
}

extension Orchestrator {
    /// Lets a stage's outputs become its result only where its inputs are what they were. What grows over attempts begins anew
    /// then: who knows what of it was made from something else.
    private func checkInputs(of stage: StageFolder) throws {
        do {
            try checkInputs()
        } catch {
            try stage.dropOutputs()
            throw error
        }
    }
}

extension ProgressReporter {
    /// Ends the line of a stage that is done, with the checkpoints' share of its time where that can be seen.
    fileprivate func finish(costOf attempts: StageAttempts) {
        let share = attempts.own > 0 ? 100 * attempts.checkpointSeconds / attempts.own : 0
        finish(remark: share >= 0.1 ? String(format: "checkpoints %.1f %% of it", share) : "")
    }
}
