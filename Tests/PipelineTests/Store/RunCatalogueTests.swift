// SPDX-License-Identifier: MIT

import Foundation
import Reporting
import Testing

@testable import Pipeline

@Suite struct `A catalogue of runs` {
    let scratch: Scratch
    var logs: URL { scratch.url }
    var catalogue: RunCatalogue { RunCatalogue(logs: logs) }

    init() throws {
        scratch = try Scratch()
    }

    /// 2026-01-31 09:45:00 UTC.
    static let now = 1_769_852_700.0

    @Test func `is empty where there are no runs`() throws {
        #expect(try catalogue.list() == [])
        #expect(try RunCatalogue(logs: logs.appendingPathComponent("nowhere")).list() == [])
    }

    @Test func `lists what is known of each, newest first, whatever state it is in`() throws {
        var counting = try Counting(experiment: "visda/base")
        counting.at = { _ in throw Killed() }
        let failed = try counting.create(in: logs, now: Self.now + 1)
        #expect(throws: Killed.self) { try counting.orchestrator(failed).run() }
        counting.at = { _ in }
        let time = ManualTime()
        counting.at = { if $0.hasSuffix("ends") { time.seconds += 60 } }
        let done = try counting.run(in: logs, now: Self.now + 2, time: time).folder
        let new = try Counting().create(in: logs, now: Self.now + 3)
        let killed = try Counting().create(in: logs, now: Self.now + 4)
        try JSONFile.write(RunResult(experiment: "count", run: killed.run), to: killed.resultFile)
        let torn = try Counting().create(in: logs, now: Self.now + 5)
        try Data("{".utf8).write(to: torn.resultFile)
        let running = try Counting().create(in: logs, now: Self.now + 6)
        try JSONFile.write(RunResult(experiment: "count", run: running.run), to: running.resultFile)
        let lock = try ProcessLock(running.lockFile, now: 0)

        let list = try catalogue.list()
        #expect(list.map(\.state) == [.running, .unreadable, .killed, .new, .completed, .failed])
        #expect(list.map(\.run.experiment) == ["count", "count", "count", "count", "visda/base", "visda/base"])
        #expect(list.map(\.run.run) == [running, torn, killed, new, done, failed].map(\.run))
        #expect(list.map(\.started) == (1...6).reversed().map { Self.now + Double($0) })
        #expect(list[4].seconds == 180 && list[4].final?.figures["mAP"] == 0.1 && list[4].size == nil)
        #expect(try catalogue.list(of: "visda/base").map(\.run.run) == [done.run, failed.run])
        #expect(
            "\(RunTable([list[4], list[3]], columns: Score.columns))" == """
                run                                  state      started                        took   mAP  top-1
                visda/base/\(done.run)  completed  2026-01-31 09:45:02 UTC  3 min 00 s  10.0   50.0
                count/\(new.run)       new        2026-01-31 09:45:03 UTC         0 s     -      -

                """)
        withExtendedLifetime(lock) {}
    }

    /// What it says of a stage: nothing of a run that has ended, or of a process that is gone.
    @Test func `says what a running run is at`() throws {
        let time = ManualTime()
        let running = try Counting().create(in: logs, now: Self.now)
        try JSONFile.write(RunResult(experiment: "count", run: running.run), to: running.resultFile)
        let reporter = ProgressReporter(
            label: "adapt", output: Recorder(style: .classic), expectedSeconds: nil, laterSeconds: 600, clock: time.clock,
            file: RunProgressFile(running.progressFile))
        reporter.beginTraining("network-2", epochs: 4, iterations: 10)
        reporter.begin(.training, of: 10)
        for _ in 1...7 {
            time.seconds += 1
            reporter.advance()
        }
        let lock = try ProcessLock(running.lockFile, now: 0)
        // Of the fifth second: 35 steps are left, a second each.
        let summary = try #require(try catalogue.list().first)
        #expect(summary.progress?.time == Self.now + 5)
        #expect(
            summary.progress?.text == "adapt/network-2, epoch 1/4, training 5/10, 35 s left, 10 min 35 s of the run")
        #expect(
            "\(RunTable([summary], columns: []))" == """
                run                             state    started                  took  now
                count/\(running.run)  running  2026-01-31 09:45:00 UTC   0 s  adapt/network-2, epoch 1/4, training 5/10, 35 s left, 10 min 35 s of the run

                """)
        // A phase that begins is told at once: nothing of it may be counted for long.
        reporter.begin(.clustering)
        #expect(try catalogue.list().first?.progress?.text.contains("epoch 1/4, clustering, ") == true)
        try Data("{".utf8).write(to: running.progressFile)
        #expect(try catalogue.list().map(\.progress) == [nil])
        reporter.begin(.training, of: 10)
        withExtendedLifetime(lock) {}
        try DurableFile.remove(running.lockFile)
        #expect(try catalogue.list().map(\.progress) == [nil])
    }

    @Test func `does not count the time of stages that another run computed`() throws {
        let time = ManualTime()
        var counting = try Counting()
        counting.at = { if $0.hasSuffix("ends") { time.seconds += 60 } }
        try counting.run(in: logs, now: 1, time: time)
        try counting.run(in: logs, now: 2)
        #expect(try catalogue.list().map(\.seconds) == [0, 180])
    }

    @Test func `finds a run by as much of its name as tells it apart`() throws {
        let first = try Counting(experiment: "a/b").create(in: logs, now: Self.now).run
        let second = try Counting().create(in: logs, now: Self.now + 1).run
        #expect(try catalogue.find("a/b/\(first)") == RunName(experiment: "a/b", run: first))
        #expect(try catalogue.find(second).experiment == "count")
        #expect(try catalogue.find("20260131-094501").run == second)
        #expect(try catalogue.find("a/b").run == first && catalogue.find("a/b/latest").run == first)
        #expect(try catalogue.find("latest").run == second)
        let both = [RunName(experiment: "count", run: second), RunName(experiment: "a/b", run: first)]
        let error = #expect(throws: PipelineError.self) { try catalogue.find("20260131") }
        #expect(error == .unknownRun(name: "20260131", folder: logs.path, found: both))
        #expect(
            error?.description
                == "\(logs.path): '20260131' is one of several: count/\(second), a/b/\(first)")
        #expect(throws: PipelineError.unknownRun(name: "x", folder: logs.path, found: [])) {
            try catalogue.find("x")
        }
    }

    @Test func `leaves out a folder that may not be looked into, and says why it is none itself`() throws {
        let run = try Counting().run(in: logs).folder.run
        let closed = logs.appendingPathComponent("closed")
        try FileManager.default.createDirectory(at: closed, withIntermediateDirectories: false)
        chmod(closed.path, 0)
        defer { chmod(closed.path, 0o755) }
        #expect(try withoutRights { try catalogue.list() }.map(\.run.run) == [run])
        let error = #expect(throws: PipelineError.self) {
            try withoutRights { try RunCatalogue(logs: closed).list() }
        }
        #expect(error?.description == "\(closed.path): cannot list: Permission denied")
    }

    @Test func `says of a run that is not there what the system says`() throws {
        let name = RunName(experiment: "count", run: "r1")
        let error = #expect(throws: PipelineError.self) { try catalogue.details(of: name) }
        #expect(error?.description == "\(logs.path)/count/r1/plan.json: cannot be read: No such file or directory")
        #expect(error?.exitKind == .missing)
    }

    /// What `runs rm` leaves when it is killed, and whoever puts a stage into the store.
    @Test func `finds what killed processes left on its way out or in, and nothing that somebody is at`() throws {
        let counting = try Counting(experiment: "a/b")
        let folder = try counting.run(in: logs, now: Self.now).folder
        #expect(catalogue.litter().isEmpty)
        let aside = folder.url.deletingLastPathComponent().appendingPathComponent(".\(folder.run).removed")
        try FileManager.default.moveItem(at: folder.url, to: aside)
        let store = StageStore(logs: logs)
        let key = try counting.key("adapt")
        let partial = store.folder.appendingPathComponent(".\(key).\(UUID().uuidString).partial")
        try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: false)
        // A person's own.
        try FileManager.default.createDirectory(
            at: logs.appendingPathComponent("a/.mine.removed"), withIntermediateDirectories: false)
        #expect(catalogue.litter().map(\.path) == [aside.path, partial.path])
        let lock = try ProcessLock(store.lockFile(of: key), now: 0)
        let other = try ProcessLock(RunFolder(url: aside).lockFile, now: 0)
        #expect(catalogue.litter().isEmpty)
        withExtendedLifetime((lock, other)) {}
    }

    @Test func `compares runs by the settings that differ and by their figures`() throws {
        let first = try Counting().run(in: logs, now: 1).folder
        let longer = try Counting(experiment: "long", seed: 2, epochs: ["translate": 3, "pretrain": 2, "adapt": 2])
        let second = try longer.create(in: logs, now: 2)
        _ = try longer.orchestrator(second, until: "pretrain").run()
        let comparison = try catalogue.comparison(of: [
            RunName(experiment: "count", run: first.run), RunName(experiment: "long", run: second.run),
        ])
        #expect(
            comparison.settings == [
                .init(path: "experiment", values: ["count", "long"]), .init(path: "seed", values: ["1", "2"]),
                .init(path: "stages.adapt.settings.epochs", values: [1, 2]),
            ])
        #expect(
            comparison.rows.map { $0.figures.map { $0?.figures["mAP"] } } == [[0.06, 0.06], [0.09, 0.09], [0.1, nil]])
        #expect(
            comparison.text(comparing: Score.columns[0]) == """
                #1  count/\(first.run)
                #2  long/\(second.run)

                setting                       #1       #2
                experiment                    "count"  "long"
                seed                          "1"      "2"
                stages.adapt.settings.epochs  1        2

                mAP          #1   #2
                translate   6.0  6.0
                pretrain    9.0  9.0
                adapt      10.0    -

                """)
    }

    @Test func `shows where each stage of a run came from`() throws {
        let maker = try Counting().run(in: logs, now: 1).folder.run
        let longer = try Counting(experiment: "long", epochs: ["translate": 3, "pretrain": 2, "adapt": 2])
        let folder = try longer.create(in: logs, now: 2)
        let sharing = StageSharing(store: StageStore(logs: logs))
        _ = try longer.orchestrator(folder, until: "pretrain", sharing: sharing).run()
        let details = try catalogue.details(of: RunName(experiment: "long", run: folder.run))
        // Its stages are the other run's too.
        let size = try #require(details.summary.size)
        #expect(size.freed > 0 && size.freed < size.bytes)
        #expect(
            details.text(columns: Score.columns, headline: Score.columns).contains(
                """
                stage      method  took
                translate  count    0 s  reused from count/\(maker)
                pretrain   count    0 s  reused from count/\(maker)
                adapt      count         not done

                           mAP  top-1
                translate  6.0   50.0
                """))
    }

    /// Two runs of the same stages: removing one frees nothing of them, removing the second all, the store's names included.
    @Test func `says what removing a run frees`() throws {
        let first = try Counting().run(in: logs, now: 1).folder
        let second = try Counting().run(in: logs, now: 2).folder
        let artefacts = Int64(3 * "6".utf8.count + 1)
        func size(_ folder: RunFolder) throws -> RunSize {
            try #require(try catalogue.details(of: RunName(experiment: "count", run: folder.run)).summary.size)
        }
        let shared = try size(first)
        #expect(shared.bytes - shared.freed >= artefacts)
        _ = try catalogue.remove(RunName(experiment: "count", run: second.run))
        let alone = try size(first)
        #expect(alone.freed == alone.bytes)
        #expect(catalogue.orphans().isEmpty)
        // The folder is gone without the catalogue's doing: what the store has is nobody's.
        try FileManager.default.removeItem(at: first.url)
        let orphans = catalogue.orphans()
        #expect(orphans.map(\.stage).sorted() == ["adapt (count)", "pretrain (count)", "translate (count)"])
        #expect(orphans.allSatisfy { $0.bytes > 0 })
        for orphan in orphans { #expect(try catalogue.release(orphan.key)) }
        #expect(catalogue.orphans().isEmpty)
    }

    @Test func `removes a run, and the store's entries with the last run that has them`() throws {
        let maker = try Counting(experiment: "a/b").run(in: logs, now: 1).folder
        let longer = try Counting(experiment: "long", epochs: ["translate": 3, "pretrain": 2, "adapt": 2])
        let user = try longer.run(in: logs, now: 2).folder
        let store = StageStore(logs: logs)
        #expect(try catalogue.remove(RunName(experiment: "a/b", run: maker.run)) == 1)
        #expect(!exists(logs.appendingPathComponent("a")))
        #expect(
            try names(in: store.folder)
                == ["translate", "pretrain", "adapt"].map { try longer.key($0).description }.sorted())
        #expect(try longer.run(in: logs, now: 3).result.stages.map(\.reused) == [true, true, true])
        let last = try #require(try catalogue.list().first?.run)
        #expect(try catalogue.remove(RunName(experiment: "long", run: user.run)) == 0)
        #expect(try catalogue.remove(last) == 3)
        #expect(names(in: logs) == [".stages"] && names(in: store.folder) == [])
    }

    @Test func `leaves a run alone in which a process works`() throws {
        let folder = try Counting().run(in: logs).folder
        let lock = try ProcessLock(folder.lockFile, now: 0)
        #expect(throws: PipelineError.self) {
            try catalogue.remove(RunName(experiment: "count", run: folder.run))
        }
        #expect(exists(folder.planFile))
        withExtendedLifetime(lock) {}
    }

    @Test func `holds hundreds of runs`() throws {
        let memory = try Scratch(isInMemory: true)
        let made = try Counting().run(in: memory.url, now: Self.now).folder
        for number in 1..<300 {
            let name = RunFolder.timestamp(Self.now + Double(number)) + "-0000"
            let folder = made.url.deletingLastPathComponent().appendingPathComponent(name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            for file in ["plan.json", "result.json"] {
                try FileManager.default.copyItem(
                    at: made.url.appendingPathComponent(file), to: folder.appendingPathComponent(file))
            }
        }
        let list = try RunCatalogue(logs: memory.url).list()
        #expect(list.count == 300 && list.allSatisfy { $0.state == .completed && $0.final?.figures["mAP"] == 0.1 })
        #expect(list.first?.started == Self.now + 299)
        #expect(
            PlanStatus(of: try Counting(seed: 2).plan, logs: memory.url).stages.map(\.status)
                == [.run, .run, .run])
    }
}
