// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Testing

@testable import Experiments
@testable import Pipeline
@testable import Sweeps

@Suite struct `A pruner that watches a trial` {
    /// A sweep of three trials, all begun.
    private func study(in logs: URL, watching more: String = "") throws -> (Study, trials: [SweepTrial]) {
        let text = "experiment: b\nspace: {a: [1, 2, 3]}\npruner: {median: {stage: adapt, startup: 2\(more)}}"
        let sweep = try Sweep(Document.parse(text, file: "s.yaml"), path: "s.yaml", name: "s")
        let study = Study(sweep, logs: logs)
        try study.begin(identity: [:], experiment: "")
        var locks: [ProcessLock] = []
        while case .trial(_, let lock) = try study.claim() { locks.append(lock) }
        return (study, try study.record().trials)
    }

    private func record(_ values: [(epoch: Int, value: Double)], of figure: String = "mAP", in run: RunFolder) throws {
        let lines = try values.map { epoch, value in
            let event = Event(time: 0, stage: "adapt", epoch: epoch, step: nil, name: figure, value: value)
            return try JSONFile.encoder().encode(event) + Data("\n".utf8)
        }
        try FileManager.default.createDirectory(at: run.url, withIntermediateDirectories: true)
        try Data(lines.joined()).write(to: run.eventsFile)
    }

    /// At the first epoch it was alone, and went on. The others have come since, and were better there; at the second epoch
    /// there is nobody yet.
    @Test func `judges no epoch again at which the trial went on`() throws {
        let logs = FileManager.default.temporaryDirectory.appendingPathComponent("watch-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: logs) }
        let (study, trials) = try study(in: logs)
        let run = RunFolder(url: logs.appendingPathComponent("run"))
        for epoch in 0...1 { _ = try study.report(0.1, at: epoch, of: trials[0]) }
        for other in trials[1...] { _ = try study.report(0.5, at: 0, of: other) }
        try record([(0, 0.1), (1, 0.1)], in: run)
        let pruner = try #require(study.sweep.pruner)
        let again = TrialWatch(try study.record().trials[0], of: study, by: pruner) { run }
        #expect(try !again.isHopeless(atEnd: true))
        #expect(again.lastValue == 0.1)
        try record([(0, 0.1), (1, 0.1), (2, 0.2)], in: run)
        for other in trials[1...] { _ = try study.report(0.5, at: 2, of: other) }
        #expect(try again.isHopeless(atEnd: true))
        #expect(try study.record().trials[0].reports == [0: 0.1, 1: 0.1, 2: 0.2])
    }

    /// Whoever noted it may have been killed before it was judged.
    @Test func `judges the last epoch that was noted`() throws {
        let logs = FileManager.default.temporaryDirectory.appendingPathComponent("watch-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: logs) }
        let (study, trials) = try study(in: logs)
        let run = RunFolder(url: logs.appendingPathComponent("run"))
        for trial in trials { _ = try study.report(trial.number == 0 ? 0.1 : 0.5, at: 1, of: trial) }
        try record([(0, 0.1), (1, 0.1)], in: run)
        let pruner = try #require(study.sweep.pruner)
        #expect(try TrialWatch(study.record().trials[0], of: study, by: pruner) { run }.isHopeless(atEnd: true))
    }

    /// Trials are ranked by mAP, of which more is better.
    @Test func `keeps the trial of the least loss, and gives up that of the most`() throws {
        let logs = FileManager.default.temporaryDirectory.appendingPathComponent("watch-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: logs) }
        let (study, trials) = try study(in: logs, watching: ", figure: loss, direction: minimize")
        let pruner = try #require(study.sweep.pruner)
        for trial in trials { _ = try study.report(2, at: 0, of: trial) }
        for (loss, isHopeless) in [(1.0, false), (3.0, true)] {
            let run = RunFolder(url: logs.appendingPathComponent("run-\(loss)"))
            try record([(0, loss)], of: "loss", in: run)
            let watch = TrialWatch(trials[0], of: study, by: pruner) { run }
            #expect(try watch.isHopeless(atEnd: true) == isHopeless)
        }
    }
}
