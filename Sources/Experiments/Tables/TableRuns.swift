// SPDX-License-Identifier: MIT

public import Foundation
public import Pipeline
internal import Reporting
public import Tables

/// The runs behind a table: those that are there, and the others, which it makes.
public struct TableRuns {
    /// What an experiment, as `run` takes it, is with a seed.
    public typealias Launching = (_ experiment: String, _ seed: Int) throws -> Launch

    private let logs: URL
    private let threads: Int
    private let interruption: Interruption
    private let launch: Launching

    /// - Parameter threads: Those of a run that is begun.
    public init(logs: URL, threads: Int, interruption: Interruption, launch: @escaping Launching) {
        self.logs = logs
        self.threads = threads
        self.interruption = interruption
        self.launch = launch
    }

    /// What an experiment has come to with a seed: its newest finished run with today's settings and data.
    ///
    /// - Returns: Why there is none, where that is so: data that are not here, or that nobody has run it.
    /// - Throws: `ConfigurationError` and all else that is wrong with the experiment itself.
    public func found(_ experiment: String, seed: Int) throws -> TableRun {
        let plan: Plan
        do {
            plan = try launch(experiment, seed).plan()
        } catch let error as any ReportedError where error.exitKind == .missing {
            return .missing(reason: "\(error)")
        }
        guard let folder = finished(plan), let result = try folder.result() else { return .missing(reason: Self.notRun) }
        return .done(result, precisions: [:])
    }

    /// Runs an experiment with a seed in a process of its own, or goes on with a run of it that was begun.
    ///
    /// - Returns: Why it came to no end; nil where it did.
    /// - Throws: `Interrupted` once the process has kept its state after a request to stop.
    public func run(_ experiment: String, seed: Int) throws -> String? {
        let plan = try launch(experiment, seed).plan()
        try waitForOthers(plan)
        guard finished(plan) == nil else { return nil }
        let lifeline = Lifeline()
        let words = [
            "trial", experiment, "seed=\(seed)", "--filed-under", plan.experiment, "--logs", logs.path, "--threads",
            "\(threads)",
        ]
        let child = try ChildProcess(words, input: lifeline.pipe, output: FileHandle.nullDevice)
        let end = try child.wait(interruption)
        withExtendedLifetime(lifeline) {}
        guard end != .done else { return nil }
        return "\(child.failure(end))"
    }

    /// The reason of a run that nothing speaks against.
    public static let notRun = "not run yet"

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
