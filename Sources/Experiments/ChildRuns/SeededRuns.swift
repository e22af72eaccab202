// SPDX-License-Identifier: MIT

public import Foundation
public import Pipeline
internal import Reporting

/// Runs of experiments with one seed and another: those that are there, and the others, which it makes.
public struct SeededRuns {
    /// What is known of a run.
    public enum State {
        case done(RunFolder, RunResult)
        /// Nothing speaks against it.
        case notRun
        /// Data or weights are not here.
        case impossible(reason: String)
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
    public func state(of words: [String]) throws -> State {
        let plan: Plan
        do {
            plan = try launch(words).plan()
        } catch let error as any ReportedError where error.exitKind == .missing {
            return .impossible(reason: "\(error)")
        }
        guard let folder = finished(plan), let result = try folder.result() else { return .notRun }
        return .done(folder, result)
    }

    /// Runs it in a process of its own, or goes on with a run of it that was begun.
    ///
    /// - Returns: Why it came to no end; nil where it did.
    /// - Throws: `Interrupted` once the process has kept its state after a request to stop.
    public func run(_ words: [String]) throws -> String? {
        let plan = try launch(words).plan()
        try waitForOthers(plan)
        guard finished(plan) == nil else { return nil }
        let lifeline = Lifeline()
        let child = try ChildProcess(
            ["trial"] + words + ["--filed-under", plan.experiment, "--logs", logs.path, "--threads", "\(threads)"],
            input: lifeline.pipe, output: FileHandle.nullDevice)
        let end = try child.wait(interruption)
        withExtendedLifetime(lifeline) {}
        return end == .done ? nil : "\(child.failure(end))"
    }

    private func finished(_ plan: Plan) -> RunFolder? {
        RunFolder.runs(of: plan.experiment, in: logs).first { folder in
            (try? folder.result()?.status) == .completed && (try? folder.plan()) == plan
        }
    }

    /// Another process may be at the same run; two tables share experiments.
    private func waitForOthers(_ plan: Plan) throws {
        while let folder = RunFolder.newestUnfinished(of: plan, in: logs),
            ProcessLock.liveHolder(in: folder.lockFile) != nil
        {
            try interruption.check()
            Thread.sleep(forTimeInterval: 0.5)
        }
    }
}

extension SeededRuns {
    /// Runs what is not there, one after the other; one that fails does not stop the rest.
    ///
    /// - Parameter say: Is told, a line each, what is there, what begins, and why something came to no end.
    /// - Returns: Why runs came to no end, by their words.
    /// - Throws: What is wrong with any of the experiments, before anything runs; `Interrupted`.
    public func complete(_ wanted: [[String]], say: (String) -> Void) throws -> [[String]: String] {
        let states = try wanted.map(state)
        var failures: [[String]: String] = [:]
        for (place, words) in wanted.enumerated() {
            let run = "\(place + 1) of \(wanted.count), \(words.joined(separator: " "))"
            switch states[place] {
            case .done(let folder, _): say("\(run): is there, \(folder.run)")
            case .impossible: say("\(run): cannot be run here")
            case .notRun:
                say(run)
                failures[words] = try self.run(words)
                if let failure = failures[words] { say("\(run): \(failure)") }
            }
        }
        return failures
    }
}
