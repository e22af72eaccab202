// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Glibc
import Pipeline
import Programs
import Reporting
import Testing

@testable import Sweeps

/// A folder of all runs, removed with the value.
final class SweepScratch {
    let logs = FileManager.default.temporaryDirectory.appendingPathComponent("sweep-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: logs) }

    /// A study that was begun.
    func study(_ sweep: Sweep, identity: JSONValue = ["a": 1]) throws -> Study {
        let clock = RunClock(now: { 1_769_852_700.25 }, uptime: { 0 })
        let study = Study(sweep, logs: logs, clock: clock)
        try study.begin(identity: identity, experiment: "stages: []\n")
        return study
    }

    func journal(_ study: Study) throws -> [String] {
        try String(contentsOf: study.folder.journalFile, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}

let fourPoints = """
    experiment: b
    space: {rate: [0.1, 0.2], method: [x, y]}
    seeds: [1, 2]
    """

/// A trial was to be handed out, and something else was said.
private struct NoTrial: Error { let work: String }

extension Study {
    /// Works on all that is left as if runs came to these values.
    func run(_ value: (SweepTrial, _ seed: Int) throws -> Double) throws {
        while case .trial(var trial, let lock) = try claim() {
            for seed in sweep.seeds where !trial.replicas.contains(where: { $0.seed == seed }) {
                trial = try add(.init(seed: seed, value: value(trial, seed)), seconds: 2, to: trial)
            }
            _ = try complete(trial)
            withExtendedLifetime(lock) {}
        }
    }

    /// A trial that nobody has, and the lock of who has it now.
    func nextTrial() throws -> (trial: SweepTrial, lock: ProcessLock) {
        let work = try claim()
        guard case .trial(let trial, let lock) = work else {
            throw NoTrial(work: "\(work)")
        }
        return (trial, lock)
    }
}

@Suite struct `A sweep in its folder` {
    let scratch = SweepScratch()

    @Test func `has a journal in Optuna's format`() throws {
        let study = try scratch.study(sweep("experiment: b\nspace: {rate: [0.1]}\nseeds: [1, 2]"))
        try study.run { _, seed in [0, 0.5, 0.75][seed] }
        let digest = SweepTrial.digest(of: ["rate=0.1"])
        let lines = try scratch.journal(study).map { line in
            try #require(
                line.firstRange(of: /,"worker_id":"[-0-9A-F]{36}"/).map { line.replacingCharacters(in: $0, with: "") })
        }
        #expect(
            lines == [
                #"{"directions":[2],"op_code":0,"study_name":"rate"}"#,
                #"{"datetime_start":"2026-01-31T09:45:00.250000+00:00","#
                    + #""distributions":{"rate":"{\"attributes\":{\"choices\":[0.1]},\"name\":\"CategoricalDistribution\"}"},"#
                    + #""intermediate_values":{},"op_code":4,"params":{"rate":0},"state":0,"study_id":0,"system_attrs":{},"#
                    + #""user_attrs":{"digest":"\#(digest)","overrides":["rate=0.1"]},"value":null,"values":null}"#,
                #"{"op_code":8,"trial_id":0,"user_attr":{"seconds 1":2}}"#,
                #"{"op_code":8,"trial_id":0,"user_attr":{"seed 1":0.5}}"#,
                #"{"op_code":8,"trial_id":0,"user_attr":{"seconds 2":2}}"#,
                #"{"op_code":8,"trial_id":0,"user_attr":{"seed 2":0.75}}"#,
                // The deviation of 0.5 and 0.75 is 0.25/√2.
                #"{"op_code":8,"trial_id":0,"user_attr":{"deviation":0.1767766952966369}}"#,
                #"{"datetime_complete":"2026-01-31T09:45:00.250000+00:00","op_code":6,"state":1,"trial_id":0,"values":[0.625]}"#,
            ])
    }

    /// (1 + 3)/2 = 2 beats (2.5 + 1.25)/2 = 1.875, though one of its seeds is worse.
    @Test func `ranks trials by the mean of their seeds`() throws {
        let study = try scratch.study(sweep("experiment: b\nspace: {rate: [0.1, 0.2]}\nseeds: [1, 2]"))
        try study.run { trial, seed in (trial.assignments == ["rate=0.1"] ? [0, 2.5, 1.25] : [0, 1, 3])[seed] }
        let ranking = try study.record().ranking(by: study.sweep.objective)
        #expect(ranking.map(\.assignments) == [["rate=0.2"], ["rate=0.1"]] && ranking.map(\.value) == [2, 1.875])
        let least = Objective(direction: .minimize)
        #expect(try study.record().ranking(by: least).map(\.value) == [1.875, 2])
    }

    @Test func `ends with as many trials as its grid has points, each run once`() throws {
        let study = try scratch.study(sweep(fourPoints))
        var runs: [String] = []
        try study.run { trial, seed in
            runs.append("\(trial.digest) \(seed)")
            return Double(trial.number)
        }
        #expect(runs.count == 8 && Set(runs).count == 8)
        #expect(try study.record().trials.map(\.state) == [.complete, .complete, .complete, .complete])
        guard case .finished = try study.claim() else {
            Issue.record("there is more to do")
            return
        }
    }

    /// Killed after every line of its journal in turn, and in the midst of the next.
    @Test func `comes to the same whichever line it is killed at`() throws {
        let whole = try scratch.study(sweep(fourPoints))
        let value = { (trial: SweepTrial, seed: Int) in
            Double(trial.assignments.joined().utf8.reduce(0) { $0 &+ Int($1) } % 7 + seed)
        }
        try whole.run(value)
        let lines = try scratch.journal(whole)
        let expected = try whole.record()
        #expect(lines.count == 1 + 4 * 7)
        for count in 0...lines.count {
            let torn = SweepScratch()
            let study = Study(try sweep(fourPoints), logs: torn.logs)
            try FileManager.default.createDirectory(at: study.folder.url, withIntermediateDirectories: true)
            let rest = count < lines.count ? lines[count].prefix(lines[count].count / 2) : ""
            try (lines.prefix(count).map { $0 + "\n" }.joined() + rest)
                .write(to: study.folder.journalFile, atomically: false, encoding: .utf8)
            try study.begin(identity: ["a": 1], experiment: "stages: []\n")
            var ran: [String] = []
            try study.run { trial, seed in
                ran.append("\(trial.digest) \(seed)")
                return value(trial, seed)
            }
            let record = try study.record()
            #expect(record == expected, "after line \(count)")
            let known = lines.prefix(count).filter { $0.contains("\"seed ") }.count
            #expect(ran.count == 8 - known && Set(ran).count == ran.count, "after line \(count)")
        }
    }

    @Test func `has a trial worked on by one process at a time`() throws {
        let (first, second) = (try scratch.study(sweep(fourPoints)), try scratch.study(sweep(fourPoints)))
        var held: [ProcessLock] = []
        var numbers: [Int] = []
        for study in [first, second, first, second] {
            let (trial, lock) = try study.nextTrial()
            held.append(lock)
            numbers.append(trial.number)
        }
        #expect(numbers == [0, 1, 2, 3])
        guard case .allTaken = try first.claim() else {
            Issue.record("a trial was handed out that another has")
            return
        }
        // The third's holder goes: its trial is to be had again.
        held.remove(at: 2)
        #expect(try second.nextTrial().trial.number == 2)
    }

    @Test func `goes on with trials that are no others' and no more`() throws {
        let sweep = try sweep(
            "experiment: b\nspace: {rate: {range: [0.0, 1.0]}}\nsampler: random\nbudget: {trials: 9, hours: 0.001}\nseeds: [3]"
        )
        let study = try scratch.study(sweep)
        // Two seconds a trial, and 3.6 in all: the second trial is the last to begin.
        try study.run { trial, _ in trial.coordinates["rate"] ?? -1 }
        #expect(try study.record().trials.count == 2)
    }

    @Test func `has failed trials beside the others`() throws {
        let study = try scratch.study(sweep(fourPoints))
        let (trial, lock) = try study.nextTrial()
        let failed = try study.fail(trial, "no memory")
        #expect(failed.state == .failed && failed.error == "no memory" && failed.value == nil)
        withExtendedLifetime(lock) {}
        try study.run { _, _ in 1 }
        #expect(try study.record().trials.map(\.state) == [.failed, .complete, .complete, .complete])
        #expect(try study.record().ranking(by: Objective()).map(\.number) == [1, 2, 3])
    }

    /// The second of four points, which keeps its number, its settings and its folder.
    @Test func `begins failed trials again when it is told to, and no others`() throws {
        let study = try scratch.study(sweep(fourPoints))
        while case .trial(let trial, _) = try study.claim(), trial.number < 2 {
            if trial.number == 1 { _ = try study.fail(trial, "no memory") }
            if trial.number == 0 {
                _ = try study.complete(study.add(.init(seed: 1, value: 5), seconds: 1, to: trial))
            }
        }
        let failed = try study.record().trials
        #expect(failed.map(\.state) == [.complete, .failed, .running] && failed[1].error == "no memory")
        #expect(try study.retryFailed() == 1)
        #expect(try study.retryFailed() == 0)
        let begun = try study.record().trials
        #expect(begun.map(\.state) == [.complete, .running, .running] && begun[1].error == nil)
        #expect(begun[1].number == 1 && begun[1].assignments == failed[1].assignments)
        try study.run { trial, _ in Double(trial.number) }
        let ended = try study.record().trials
        #expect(ended.map(\.value) == [5, 1, 2, 3] && ended.map(\.number) == [0, 1, 2, 3])
        // In the journal it is a trial more.
        #expect(try scratch.journal(study).count { $0.contains(#""op_code":4"#) } == 5)
    }

    /// As Optuna's dashboard adds notes, and another program a study of its own.
    @Test func `lets other programs write into its journal`() throws {
        let study = try scratch.study(sweep(fourPoints))
        let note = #"{"op_code":3,"worker_id":"w","study_id":0,"system_attr":{"dashboard:note":"so far so good"}}"#
        let other = #"{"op_code":4,"worker_id":"w","study_id":1,"datetime_start":null}"#
        let file = try FileHandle(forWritingTo: study.folder.journalFile)
        try file.seekToEnd()
        try file.write(contentsOf: Data("\(note)\n\(other)\n".utf8))
        try study.run { trial, _ in Double(trial.number) }
        #expect(try study.record().trials.map(\.value) == [0, 1, 2, 3])
    }
}

@Suite struct `A sweep that cannot go on` {
    let scratch = SweepScratch()

    @Test func `says what is other than it was`() throws {
        let study = try scratch.study(sweep(fourPoints), identity: ["space": ["rate": 1], "objective": ["row": "a"]])
        let (trial, lock) = try study.nextTrial()
        let changed: JSONValue = ["space": ["rate": 2], "objective": ["row": "a"]]
        let error = #expect(throws: SweepError.self) { try study.begin(identity: changed, experiment: "") }
        #expect(
            error?.description == "\(study.folder.url.path): its trials came from another sweep than the file now says, and "
                + "cannot be ranked with new ones: space.rate: 1 on record, 2 asked for. Give the file another name, or undo "
                + "the change")
        #expect(error?.exitKind == .usage)
        // What they are to be ranked by may be mended until one has a value.
        let mended: JSONValue = ["space": ["rate": 1], "objective": ["row": "b"]]
        try study.begin(identity: mended, experiment: "")
        _ = try study.add(.init(seed: 1, value: 1), seconds: 0, to: trial)
        #expect(throws: SweepError.self) {
            try study.begin(identity: ["space": ["rate": 1], "objective": ["row": "a"]], experiment: "")
        }
        withExtendedLifetime(lock) {}
    }

    @Test func `names the line of a journal that is damaged`() throws {
        let study = try scratch.study(sweep(fourPoints))
        let path = study.folder.journalFile.path
        for (line, reason) in [("{", "not JSON"), (#"{"op_code":4}"#, "no operation of a journal")] {
            try "\(try scratch.journal(study)[0])\n\(line)\n".write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: SweepError.self) { try study.record() }
            #expect(error == .corruptJournal(path: path, line: 2, reason: reason))
            #expect(error?.description == "\(path):2: \(reason)" && error?.exitKind == .badData)
        }
    }

    @Test func `was not begun`() throws {
        let study = Study(try sweep(fourPoints), logs: scratch.logs)
        let error = #expect(throws: SweepError.self) { try study.record() }
        #expect(
            error?.description == "no trial of 'rate' was begun: there is no journal in \(study.folder.url.path); "
                + "'passerby sweep rate' begins it")
    }
}

@Suite struct `A sweep's journal in Optuna's own library` {
    let scratch = SweepScratch()

    private static let python = Python(with: "optuna", "5.0.0")

    @Test(.needs(python)) func `is a study with the same trials`() throws {
        let study = try scratch.study(sweep(text(trials: 12)))
        try study.run { trial, _ in 0.125 * Double(trial.number) }
        // One more that failed, and one that is under way.
        let longer = Study(try sweep(text(trials: 14)), logs: scratch.logs)
        let (failed, first) = try longer.nextTrial()
        _ = try longer.fail(failed, "no")
        let (_, second) = try longer.nextTrial()
        let program = """
            import json, sys, optuna
            from optuna.storages import JournalStorage
            from optuna.storages.journal import JournalFileBackend
            optuna.logging.set_verbosity(optuna.logging.ERROR)
            study = optuna.load_study(study_name="rate", storage=JournalStorage(JournalFileBackend(sys.argv[1])))
            print(study.best_trial.number, study.best_value, study.direction.name)
            for trial in study.trials:
                print(json.dumps([trial.number, trial.state.name, trial.value, trial.user_attrs["overrides"], trial.params]))
            """
        let loaded = try Self.python.run(["-c", program, study.folder.journalFile.path])
        #expect(loaded.code == 0, "\(loaded.messages)")
        let lines = loaded.output.split(separator: "\n").map(String.init)
        #expect(lines.first == "11 1.375 MAXIMIZE")
        let trials = try longer.record().trials
        #expect(lines.count == 15 && trials.count == 14)
        for (line, trial) in zip(lines.dropFirst(), trials) {
            guard case .array(let values) = try JSONValue(text: line) else {
                Issue.record("no list: \(line)")
                continue
            }
            let state = [SweepTrial.State.running: "RUNNING", .complete: "COMPLETE", .failed: "FAIL"][trial.state]
            #expect(values[0] == .integer(trial.number) && values[1] == .string(state ?? ""))
            #expect(values[2] == trial.value.map { .number($0) } ?? .null)
            #expect(values[3] == .array(trial.assignments.map { .string($0) }))
            // Its values are those that the command line has: choices that are no scalars as JSON texts.
            let words = values[4].members?.map { "\($0.key)=\($0.value.text ?? $0.value.canonicalText)" } ?? []
            let ours = trial.assignments.map { $0.replacing(".0e", with: "e") }
            #expect(Set(words) == Set(ours), "\(words) \(ours)")
        }
        withExtendedLifetime((first, second)) {}
    }

    /// Every kind of setting, one of them under a condition.
    private func text(trials: Int) -> String {
        """
        experiment: b
        space:
          rate: {log_range: [1.0e-5, 1.0e-3]}
          k1: {range: [5, 9]}
          head: {choices: [null, true, linear, {arcface: {scale: 64}}]}
          margin: {choices: [0.25, 0.5], when: {head: [true, {arcface: {scale: 64}}]}}
        sampler: random
        seeds: [1]
        budget: {trials: \(trials)}
        """
    }
}
