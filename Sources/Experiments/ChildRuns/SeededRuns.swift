// SPDX-License-Identifier: MIT

public import Foundation
public import Pipeline
internal import Reporting

/// Runs of experiments with one seed and another: those that are there, and the others, which it makes. Any number of
/// processes may make them at a time, of one list or of lists that share runs: each claims the next that nobody is at.
public struct SeededRuns {
    /// What is known of a run.
    public enum State {
        /// - Parameter isNew: Whether it was made just now.
        case done(RunFolder, RunResult, isNew: Bool)
        /// Nothing speaks against it.
        /// - Parameter worker: Who is at it; nil where nobody is.
        case unfinished(Plan, worker: LockHolder?)
        /// Data or weights are not here, or it came to no end.
        case missing(reason: String)

        /// Why it has no result; nil where it has one.
        public var obstacle: String? {
            switch self {
            case .done: nil
            case .unfinished(_, let worker?): "\(worker) works on it"
            case .unfinished: "not run yet"
            case .missing(let reason): reason
            }
        }
    }

    private let logs: URL
    private let threads: Int
    private let acceptsOtherMachine: Bool
    private let interruption: Interruption
    private let launch: ([String]) throws -> Launch

    /// - Parameters:
    ///   - threads: Those of a run that is begun.
    ///   - acceptsOtherMachine: Whether runs may go on under other conditions than they began with.
    ///   - launch: What an experiment and its overrides, as a command line has them, are.
    public init(
        logs: URL, threads: Int, acceptsOtherMachine: Bool = false, interruption: Interruption,
        launch: @escaping ([String]) throws -> Launch
    ) {
        self.logs = logs
        self.threads = threads
        self.acceptsOtherMachine = acceptsOtherMachine
        self.interruption = interruption
        self.launch = launch
    }

    /// The newest finished run with today's settings and data, or who is at one.
    ///
    /// - Parameter words: An experiment and its overrides, as a command line has them.
    /// - Throws: `ConfigurationError` and all else that is wrong with the experiment itself.
    /// - Complexity: As of a plan: a look at every image of a dataset.
    public func state(of words: [String]) throws -> State {
        let plan: Plan
        do {
            plan = try launch(words).plan()
        } catch let error as any ReportedError where error.exitKind == .missing {
            return .missing(reason: "\(error)")
        }
        if let (folder, result) = finished(plan) { return .done(folder, result, isNew: false) }
        return .unfinished(plan, worker: RunClaim.holder(of: plan, in: logs))
    }

    /// Runs what is not there and nobody is at, one after the other; one that fails does not stop the rest.
    ///
    /// - Parameters:
    ///   - wanted: Experiments and their overrides, as a command line has them.
    ///   - say: Is told, a line each, what is there, what begins, what is left to others, and why something came to no end.
    /// - Returns: What became of each; ``State/unfinished(_:worker:)`` is what others are at.
    /// - Throws: What is wrong with any of the experiments, before anything runs; `Interrupted` once a process has kept its
    ///   state after a request to stop.
    public func complete(_ wanted: [[String]], say: (String) -> Void) throws -> [State] {
        var runs = try wanted.enumerated().map { place, words in
            let name = "\(place + 1) of \(wanted.count), \(words.joined(separator: " "))"
            let run = ListedRun(name: name, words: words, state: try state(of: words), in: logs)
            switch run.state {
            case .done(let folder, _, _): say("\(name): is there, \(folder.run)")
            case .missing: say("\(name): cannot be run here")
            case .unfinished(_, let worker?): say("\(name): \(worker) works on it")
            case .unfinished: break
            }
            return run
        }
        // Over again as long as there is something to do: what others were at may have ended, or been left.
        var isMoving = true
        while isMoving {
            isMoving = false
            for place in runs.indices {
                guard case .unfinished(let plan, let worker) = runs[place].state else { continue }
                runs[place].state = try attempt(runs[place], plan, leftTo: worker, say)
                if case .unfinished = runs[place].state { continue }
                isMoving = true
            }
        }
        return runs.map(\.state)
    }

    /// Makes a run, unless another process is at it, or was meanwhile.
    ///
    /// - Parameter worker: Who was at it when it was last looked at.
    private func attempt(
        _ run: ListedRun, _ plan: Plan, leftTo worker: LockHolder?, _ say: (String) -> Void
    ) throws -> State {
        func left(to other: LockHolder) -> State {
            if other != worker { say("\(run.name): \(other) works on it") }
            return .unfinished(plan, worker: other)
        }
        let claim: RunClaim
        do {
            claim = try RunClaim(plan, in: logs)
        } catch PipelineError.locked(_, let other) {
            return left(to: other)
        }
        defer { withExtendedLifetime(claim) {} }
        if claim.isInherited { try waitForProcess(of: plan) { say("\(run.name): waits for \($0), which is still at it") } }
        if let (folder, result) = finished(plan) {
            say("\(run.name): is there now, \(folder.run)")
            return .done(folder, result, isNew: false)
        }
        if let other = RunClaim.worker(on: plan, in: logs) { return left(to: other) }
        if run.earlierFailure == nil, let reason = ListedRun.failure(of: plan, in: logs) {
            say("\(run.name): another process has failed at it: \(reason)")
            return .missing(reason: reason)
        }
        say(run.name)
        let end = try make(run.words, plan)
        if case .missing(let reason) = end { say("\(run.name): \(reason)") }
        return end
    }

    /// A run's process may outlive the one that started it by a moment, while it keeps its state.
    private func waitForProcess(of plan: Plan, say: (LockHolder) -> Void) throws {
        guard let worker = RunClaim.worker(on: plan, in: logs) else { return }
        say(worker)
        try interruption.wait(while: { RunClaim.worker(on: plan, in: logs) != nil })
    }

    /// Runs it in a process of its own, or goes on with a run of it that was begun.
    private func make(_ words: [String], _ plan: Plan) throws -> State {
        do {
            _ = try TrialCommand(
                words: words, name: plan.experiment, logs: logs, threads: threads, acceptsOtherMachine: acceptsOtherMachine
            ).run(interruption)
        } catch let error as ChildRunError {
            return .missing(reason: "\(error)")
        }
        guard let (folder, result) = finished(plan) else { return .missing(reason: "it ended well and left no result") }
        return .done(folder, result, isNew: true)
    }

    private func finished(_ plan: Plan) -> (RunFolder, RunResult)? {
        for folder in RunFolder.runs(of: plan.experiment, in: logs) where (try? folder.plan()) == plan {
            if let result = try? folder.result(), result.status == .completed { return (folder, result) }
        }
        return nil
    }
}

/// A run of a list that is worked through.
private struct ListedRun {
    /// Its place in the list and its words, for messages.
    let name: String
    let words: [String]
    var state: SeededRuns.State
    /// Why it had failed when the list was begun, and is tried again; one that fails later, elsewhere, is not.
    let earlierFailure: String?

    init(name: String, words: [String], state: SeededRuns.State, in logs: URL) {
        self.name = name
        self.words = words
        self.state = state
        earlierFailure = if case .unfinished(let plan, _) = state { Self.failure(of: plan, in: logs) } else { nil }
    }

    /// What ended the newest run of a plan; nil where it did not fail.
    static func failure(of plan: Plan, in logs: URL) -> String? {
        guard let result = try? RunFolder.newestUnfinished(of: plan, in: logs)?.result(), result.status == .failed else {
            return nil
        }
        return result.error ?? "it failed"
    }
}
