// SPDX-License-Identifier: MIT

public import Foundation
public import Pipeline
internal import Reporting

/// Runs of experiments with one seed and another: those that are there, and the others, which it makes.
public struct SeededRuns {
    /// What is known of a run.
    public enum State {
        /// - Parameter isNew: Whether it was made just now.
        case done(RunFolder, RunResult, isNew: Bool)
        /// Nothing speaks against it.
        case notRun(Plan)
        /// Data or weights are not here, or it came to no end.
        case missing(reason: String)
    }

    private let logs: URL
    private let threads: Int
    private let interruption: Interruption
    private let launch: ([String]) throws -> Launch

    /// - Parameters:
    ///   - threads: Those of a run that is begun.
    ///   - launch: What an experiment and its overrides, as a command line has them, are.
    public init(logs: URL, threads: Int, interruption: Interruption, launch: @escaping ([String]) throws -> Launch) {
        self.logs = logs
        self.threads = threads
        self.interruption = interruption
        self.launch = launch
    }

    /// The newest finished run with today's settings and data.
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
        return finished(plan, isNew: false) ?? .notRun(plan)
    }

    /// Runs what is not there, one after the other; one that fails does not stop the rest.
    ///
    /// - Parameters:
    ///   - wanted: Experiments and their overrides, as a command line has them.
    ///   - say: Is told, a line each, what is there, what begins, and why something came to no end.
    /// - Returns: What became of each; none of them is ``State/notRun(_:)``.
    /// - Throws: What is wrong with any of the experiments, before anything runs; `Interrupted` once a process has kept its
    ///   state after a request to stop.
    public func complete(_ wanted: [[String]], say: (String) -> Void) throws -> [State] {
        let states = try wanted.map(state)
        return try states.enumerated().map { place, state in
            let run = "\(place + 1) of \(wanted.count), \(wanted[place].joined(separator: " "))"
            switch state {
            case .done(let folder, _, _): say("\(run): is there, \(folder.run)")
            case .missing: say("\(run): cannot be run here")
            case .notRun(let plan):
                say(run)
                let end = try self.run(wanted[place], plan)
                if case .missing(let reason) = end { say("\(run): \(reason)") }
                return end
            }
            return state
        }
    }

    /// Runs it in a process of its own, or goes on with a run of it that was begun.
    private func run(_ words: [String], _ plan: Plan) throws -> State {
        // Another process may be at the same run; two tables share experiments.
        try interruption.wait(while: {
            RunFolder.newestUnfinished(of: plan, in: logs).map { ProcessLock.liveHolder(in: $0.lockFile) != nil } ?? false
        })
        if let found = finished(plan, isNew: false) { return found }
        do {
            _ = try TrialCommand(words: words, name: plan.experiment, logs: logs, threads: threads).run(interruption)
        } catch let error as ChildRunError {
            return .missing(reason: "\(error)")
        }
        return finished(plan, isNew: true) ?? .missing(reason: "it ended well and left no result")
    }

    private func finished(_ plan: Plan, isNew: Bool) -> State? {
        for folder in RunFolder.runs(of: plan.experiment, in: logs) where (try? folder.plan()) == plan {
            if let result = try? folder.result(), result.status == .completed { return .done(folder, result, isNew: isNew) }
        }
        return nil
    }
}
