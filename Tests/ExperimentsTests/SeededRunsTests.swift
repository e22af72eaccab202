// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Testing

@testable import Experiments
@testable import Pipeline

/// A list of one run that another process is at when it is first looked at: this process, by the test's hand.
private final class ContestedRun {
    let logs = FileManager.default.temporaryDirectory.appendingPathComponent("claims-\(UUID().uuidString)")
    let plan: Plan
    let holder: LockHolder
    private let launch: Launch
    private var claim: RunClaim?
    private(set) var said: [String] = []

    init() throws {
        let text = "\(tinyData)\nstages: [{pretrain: {images: source}}]"
        launch = Launch(
            try Experiment(Document.parse(text, file: "base.yaml"), name: "base"), dataFolder: "", weightFolders: [],
            cacheFolder: "", output: StandardError())
        plan = try launch.plan()
        claim = try RunClaim(plan, in: logs)
        holder = try #require(RunClaim.holder(of: plan, in: logs))
    }

    deinit { try? FileManager.default.removeItem(at: logs) }

    /// What a run of the plan has come to.
    func leave(_ status: RunResult.Status, error: String? = nil) throws -> RunFolder {
        let folder = try RunFolder.create(in: logs, plan: plan, experiment: "")
        var result = RunResult(experiment: plan.experiment, run: folder.run)
        (result.status, result.error) = (status, error)
        try JSONFile.write(result, to: folder.resultFile)
        return folder
    }

    /// Goes through the list; after the first look the other process does something, and gives its claim up.
    func complete(_ end: () throws -> Void) throws -> SeededRuns.State {
        let runs = SeededRuns(logs: logs, threads: 1, interruption: Interruption()) { [launch] _ in launch }
        var failure: (any Error)?
        let states = try runs.complete([["base", "seed=1"]]) { line in
            said.append(line)
            guard claim != nil else { return }
            do { try end() } catch { failure = error }
            claim = nil
        }
        if let failure { throw failure }
        return try #require(states.first)
    }
}

@Suite struct `A run that another process is at` {
    @Test func `counts once that has ended it`() throws {
        let contested = try ContestedRun()
        var made: RunFolder?
        let end = try contested.complete { made = try contested.leave(.completed) }
        let folder = try #require(made)
        guard case .done(folder, _, isNew: false) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(
            contested.said == [
                "1 of 1, base seed=1: \(contested.holder) works on it", "1 of 1, base seed=1: is there now, \(folder.run)",
            ])
    }

    /// Else every job of a cluster would fail at it.
    @Test func `is not tried again where it has failed`() throws {
        let contested = try ContestedRun()
        let end = try contested.complete { _ = try contested.leave(.failed, error: "the loss is nan") }
        #expect(end.obstacle == "the loss is nan")
        #expect(
            contested.said.last == "1 of 1, base seed=1: another process has failed at it: the loss is nan"
                && contested.said.count == 2)
    }

    /// As where somebody has typed `passerby run`.
    @Test func `is left to it, claimed or not`() throws {
        let contested = try ContestedRun()
        var lock: ProcessLock?
        let end = try contested.complete {
            let folder = try contested.leave(.running)
            lock = try ProcessLock(folder.lockFile, run: folder.name(in: contested.plan), now: 3)
        }
        let worker = try #require(RunClaim.worker(on: contested.plan, in: contested.logs))
        #expect(worker.since == 3 && end.obstacle == "\(worker) works on it")
        #expect(contested.said.last == "1 of 1, base seed=1: \(worker) works on it" && contested.said.count == 2)
        withExtendedLifetime(lock) {}
    }
}
