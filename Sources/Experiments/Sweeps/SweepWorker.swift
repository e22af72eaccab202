// SPDX-License-Identifier: MIT

internal import Configuration
internal import Foundation
package import Pipeline
internal import Reporting
internal import Synchronization
package import Sweeps

/// Works on a sweep's trials, each of their runs in a process of its own.
package struct SweepWorker: Sendable {
    private let study: Study
    private var processes: TrialProcess
    private let failureLimit: Int
    private let interruption: Interruption
    private let say: @Sendable (String) -> Void

    /// - Parameters:
    ///   - threads: Those of a run that is begun.
    ///   - acceptsOtherMachine: Whether runs may go on under other conditions than they began with.
    ///   - failureLimit: Trials that may fail before no other is begun; nil for any number.
    ///   - say: Is told, a line each, what is done and what came of it.
    package init(
        on study: Study, threads: Int, acceptsOtherMachine: Bool, failureLimit: Int?, interruption: Interruption,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.study = study
        processes = TrialProcess(
            folder: study.folder, threads: threads, acceptsOtherMachine: acceptsOtherMachine, interruption: interruption)
        self.failureLimit = failureLimit ?? .max
        self.interruption = interruption
        self.say = say
    }

    /// Works until there is nothing left to do here.
    ///
    /// - Parameters:
    ///   - workers: Trials that are worked on at a time, 1 or more; each on a thread of its own, which waits for processes
    ///     most of the time.
    ///   - cards: What CUDA calls the cards that there are, which workers take in turn: one card a trial where there are
    ///     enough.
    /// - Throws: `Interrupted`; ``SweepError`` where going on makes no sense; device errors. The same call goes on after
    ///   each of them. Other workers end the trials that they are at first.
    package func work(workers: Int, cards: [String] = []) throws {
        let progress = Progress()
        let group = DispatchGroup()
        for number in 0..<workers {
            group.enter()
            var worker = self
            worker.processes.card = cards.isEmpty ? nil : cards[number % cards.count]
            Thread.detachNewThread { [worker] in
                do {
                    try worker.work(progress)
                } catch {
                    progress.stop(error)
                }
                group.leave()
            }
        }
        group.wait()
        if let error = progress.error { throw error }
    }

    private func work(_ progress: Progress) throws {
        while progress.error == nil, case .trial(let trial, let lock) = try study.claim() {
            defer { withExtendedLifetime(lock) {} }
            try interruption.check()
            let name = "trial \(trial.number + 1) of \(study.sweep.trialCount)"
            say("\(name) \(trial.digest): \(trial.assignments.joined(separator: " "))")
            do {
                let ended = try finish(trial)
                say("\(name): \(text(of: ended))")
            } catch let failure as TrialFailure {
                _ = try study.fail(trial, failure.description)
                say("\(name) failed: \(failure.description)")
                let count = progress.addFailure()
                guard count < failureLimit else {
                    throw SweepError.manyFailures(count: count)
                }
            }
        }
    }

    private func text(of trial: SweepTrial) -> String {
        if trial.state == .pruned { return "given up after \(counted(trial.reports.count, "value"))" }
        let figure = FigureColumn.named(study.sweep.objective.figure)
        let seeds = trial.replicas.count > 1 ? " (\(trial.replicas.count) seeds)" : ""
        return "\(figure.heading) \(trial.text(figure))\(seeds), took \(ProgressLine.duration(trial.seconds))"
    }

    // MARK: One trial

    /// Runs what is missing of a trial, and ends it.
    ///
    /// - Throws: ``TrialFailure`` where it has no value; all else leaves it to be gone on with.
    private func finish(_ trial: SweepTrial) throws -> SweepTrial {
        var trial = trial
        for seed in study.sweep.seeds.map(Optional.some).nonEmpty(or: nil) {
            let settings = trial.assignments + (seed.map { ["seed=\($0)"] } ?? [])
            let seed = try self.seed(of: trial, settings)
            guard !trial.replicas.contains(where: { $0.seed == seed }) else { continue }
            let watch = trial.replicas.isEmpty ? self.watch(trial, seed) : nil
            guard let result = try self.result(of: trial, seed, settings, watch) else {
                return try study.prune(
                    trial, last: watch?.lastValue, seed: seed, seconds: secondsOfGivenUp(trial, seed))
            }
            let value: Double
            do {
                value = try study.sweep.objective.value(of: result)
            } catch SweepError.notFinite(let figure, let run) {
                throw TrialFailure(description: "\(SweepError.notFinite(figure: figure, run: run))", exitKind: .badData)
            }
            let seconds = result.stages.reduce(0) { $0 + ($1.reused ? 0 : $1.seconds) }
            trial = try study.add(SweepTrial.Replica(seed: seed, value: value), seconds: seconds, to: trial)
        }
        return try study.complete(trial)
    }

    /// The seed that a run has, by its settings or by the experiment's file.
    private func seed(of trial: SweepTrial, _ settings: [String]) throws -> Int {
        do {
            let experiment = try Experiment(
                path: study.folder.experimentFile.path, name: study.folder.experiment(of: trial), overrides: settings)
            return Int(experiment.settings.seed)
        } catch let error as ConfigurationError {
            throw TrialFailure(description: "\(error)", exitKind: error.exitKind)
        }
    }

    /// What a run comes to: that of a finished one where there is one, else of one that is run now.
    ///
    /// - Returns: Nothing where the trial was given up.
    private func result(
        of trial: SweepTrial, _ seed: Int, _ settings: [String], _ watch: TrialWatch?
    ) throws -> RunResult? {
        try waitForOthers(trial)
        if finished(trial, seed) == nil, try !run(trial, settings, watch) { return nil }
        guard let (run, result) = finished(trial, seed) else {
            throw SweepError.noResult(folder: study.folder.folder(of: trial).path, seed: seed)
        }
        try requireEqualData(run, of: trial)
        // It may have been faster than the looks at it, and what is given up must not depend on that.
        return try watch?.isHopeless(atEnd: true) == true ? nil : result
    }

    /// Runs a trial with one seed.
    ///
    /// A process that is killed is gone on with once; one that is killed again is too large for this machine, or defective.
    ///
    /// - Returns: Whether it came to its end and was not given up.
    private func run(_ trial: SweepTrial, _ settings: [String], _ watch: TrialWatch?) throws -> Bool {
        var isKilled = false
        while true {
            do {
                return try processes.run(trial, settings) { try watch?.isHopeless() ?? false }
            } catch let error as ChildRunError {
                let failure = TrialFailure(
                    description: processes.lastWords(of: trial) ?? "\(error)", exitKind: error.exitKind)
                switch error {
                case .killed where !isKilled:
                    isKilled = true
                    say("trial \(trial.number + 1): \(error); going on from where it was")
                case .killed: throw TrialFailure(description: "\(error), twice", exitKind: error.exitKind)
                case .failed where error.exitKind == .resumable:
                    throw SweepError.trialStopped(trial: trial.number + 1, reason: failure.description)
                case .failed: throw failure
                }
            }
        }
    }

    private func runs(of trial: SweepTrial) -> [RunFolder] {
        RunFolder.runs(of: study.folder.experiment(of: trial), in: study.folder.logs)
    }

    /// A pruner's view of the trial's first run; nil where there is none.
    private func watch(_ trial: SweepTrial, _ seed: Int) -> TrialWatch? {
        study.sweep.pruner.map { TrialWatch(trial, of: study, by: $0) { run(of: trial, seed) } }
    }

    private func run(of trial: SweepTrial, _ seed: Int) -> RunFolder? {
        runs(of: trial).first { (try? $0.plan().seed) == UInt64(seed) }
    }

    /// Seconds of the whole stages that a run computed before it was given up.
    private func secondsOfGivenUp(_ trial: SweepTrial, _ seed: Int) -> Double {
        (try? run(of: trial, seed)?.result())?.stages.reduce(0) { $0 + ($1.reused ? 0 : $1.seconds) } ?? 0
    }

    private func finished(_ trial: SweepTrial, _ seed: Int) -> (run: RunFolder, result: RunResult)? {
        completed(of: trial).first { run, _ in (try? run.plan().seed) == UInt64(seed) }
    }

    private func completed(of trial: SweepTrial) -> [(run: RunFolder, result: RunResult)] {
        runs(of: trial).compactMap { run in
            guard let result = try? run.result(), result.status == .completed else { return nil }
            return (run, result)
        }
    }

    /// - Throws: ``SweepError/dataChanged(run:other:differences:)`` where an earlier run of the sweep was computed on other data,
    ///   and the sweep itself has not asked for that.
    private func requireEqualData(_ run: RunFolder, of trial: SweepTrial) throws {
        guard !trial.assignments.contains(where: { $0.hasPrefix("data.") || $0.hasPrefix("data=") }) else { return }
        let plan = try run.plan()
        let others = try study.record().trials.lazy.flatMap { self.completed(of: $0).map(\.run) }
        guard let other = others.first(where: { $0.url != run.url }), let before = try? other.plan() else { return }
        let differences = before.dataDifferences(from: plan)
        guard differences.isEmpty else {
            throw SweepError.dataChanged(run: run.url.path, other: other.url.path, differences: differences)
        }
    }

    /// A run's process may outlive the one that started it by a moment, while it keeps its state.
    private func waitForOthers(_ trial: SweepTrial) throws {
        try interruption.wait(while: { runs(of: trial).contains { ProcessLock.liveHolder(in: $0.lockFile) != nil } })
    }
}

extension Array {
    fileprivate func nonEmpty(or element: Element) -> [Element] { isEmpty ? [element] : self }
}

/// Why a trial has no value; the sweep goes on without it.
private struct TrialFailure: ReportedError {
    let description: String
    let exitKind: ExitKind
}

/// What the workers of one process know of each other.
private final class Progress: Sendable {
    private let state = Mutex<(failures: Int, error: (any Error)?)>((0, nil))

    /// Why no other trial is to be begun; nil where nothing speaks against it.
    var error: (any Error)? { state.withLock { $0.error } }

    /// The first reason counts.
    func stop(_ error: any Error) {
        state.withLock { $0.error = $0.error ?? error }
    }

    /// - Returns: How many failures there are now.
    func addFailure() -> Int {
        state.withLock { state in
            state.failures += 1
            return state.failures
        }
    }
}
