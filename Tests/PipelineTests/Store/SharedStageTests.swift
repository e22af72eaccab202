// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import Synchronization
import Testing

@testable import Pipeline

/// The experiment that differs from ``Counting`` in its last stage only: 9 + 1 + 2 = 12.
private func longer(_ experiment: String = "longer") throws -> Counting {
    try Counting(experiment: experiment, epochs: ["translate": 3, "pretrain": 2, "adapt": 2])
}

@Suite struct `A shared stage` {
    let scratch: Scratch
    let time = ManualTime()
    var logs: URL { scratch.url }
    var store: StageStore { StageStore(logs: logs) }

    init() throws {
        scratch = try Scratch()
    }

    func entry(_ stage: String) throws -> URL {
        store.folder.appendingPathComponent("\(try Counting().key(stage))")
    }

    @Test func `is computed once for two experiments that begin alike, and said so`() throws {
        var first = try Counting()
        first.at = { [time] in if $0.hasSuffix("ends") { time.seconds += 125 } }
        let maker = try first.run(in: logs, time: time).folder

        var second = try longer()
        let seen = Seen()
        second.at = { seen.moments.append($0) }
        let output = Recorder()
        let (folder, result) = try second.run(in: logs, output: output)
        #expect(
            seen.moments == [
                "adapt begins", "adapt epoch 0", "adapt saves 0", "adapt epoch 1", "adapt saves 1", "adapt ends",
            ])
        #expect(
            output.text == """
                translate  reused from count/\(maker.run) (took 2 min 05 s there)
                pretrain  reused from count/\(maker.run) (took 2 min 05 s there)
                adapt  done in 0 s

                """)
        #expect(result.rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.12])
        #expect(result.stages.map(\.reused) == [true, true, false])
        #expect(result.stages.map { $0.origin?.run } == [maker.run, maker.run, nil])
        #expect(result.stages.map(\.seconds) == [125, 125, 0])
        #expect(try folder.result() == result)
        #expect(try text(folder.resultFile).contains("\"origin\" : \"count/\(maker.run)\""))
    }

    @Test func `takes no space of its own, and outlives the store and the run that made it`() throws {
        let maker = try Counting().run(in: logs).folder
        let second = try longer()
        let folder = try second.run(in: logs).folder
        let files = try [maker, folder].map { try inode($0.stageFolder("translate").appendingPathComponent("sum.txt")) }
        #expect(try files == [inode(entry("translate").appendingPathComponent("sum.txt")), files[0]])

        try FileManager.default.removeItem(at: maker.url)
        try FileManager.default.removeItem(at: store.folder)
        let output = Recorder()
        let again = try second.orchestrator(folder, output: output).run()
        #expect(
            again.rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.12] && again.stages.map(\.reused) == [true, true, false])
        #expect(output.text.split(separator: "\n").allSatisfy { $0.contains("already finished in this run") })
    }

    @Test func `brings its recorded values along, and can pass them on`() throws {
        let maker = try Counting().run(in: logs).folder
        let second = try longer().run(in: logs).folder
        func sums(_ folder: RunFolder) throws -> [String] {
            try Event.read(from: folder.eventsFile).filter { $0.name == "sum" }
                .map { "\($0.stage) \($0.epoch) \($0.value)" }
        }
        let common = [
            "translate 0 1.0", "translate 1 3.0", "translate 2 6.0", "pretrain 0 7.0", "pretrain 1 9.0",
        ]
        #expect(try sums(maker) == common + ["adapt 0 10.0"])
        #expect(try sums(second) == common + ["adapt 0 10.0", "adapt 1 12.0"])
        #expect(names(in: second.stageFolder("translate")) == ["manifest.json", "sum.txt"])
        try FileManager.default.removeItem(at: store.folder)
        // Its own now, to the store and from there to a third.
        _ = try longer().orchestrator(second, sharing: StageSharing(store: store)).run()
        let third = try longer("third").run(in: logs)
        #expect(third.result.stages.map(\.reused) == [true, true, true])
        #expect(third.result.stages.map { $0.origin?.run } == [maker.run, maker.run, second.run])
        #expect(try sums(third.folder) == sums(second))
    }

    /// Pictures and what rows are made of are no artefacts: they come along where they are, and nothing waits for them.
    @Test func `brings along what people may look at`() throws {
        var first = try Counting()
        let maker = try first.create(in: logs)
        first.at = { moment in
            guard moment == "translate ends" else { return }
            for folder in [maker.samples(of: "translate"), maker.evidence(of: "translate")] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try folder.lastPathComponent.write(
                    to: folder.appendingPathComponent("x"), atomically: false, encoding: .utf8)
            }
        }
        _ = try first.orchestrator(maker, sharing: StageSharing(store: store)).run()
        try FileManager.default.removeItem(at: maker.url)
        let second = try longer().run(in: logs).folder
        #expect(try text(second.samples(of: "translate").appendingPathComponent("x")) == "samples")
        #expect(try text(second.evidence(of: "translate").appendingPathComponent("x")) == "evidence")
        try FileManager.default.removeItem(at: entry("translate").appendingPathComponent("samples"))
        let third = try longer("third").run(in: logs)
        #expect(third.result.stages.map(\.reused) == [true, true, true])
        #expect(names(in: third.folder.stageFolder("translate")) == ["evidence", "manifest.json", "sum.txt"])
    }

    @Test func `goes by what determines it, not by its name`() throws {
        let settings: JSONValue = ["epochs": 3]
        let output = Artefact(name: "sum.txt", kind: .document)
        let stages = ["first", "second"].map {
            StagePlan(name: $0, method: "count", settings: settings, inputs: [StagePlan.data], outputs: [output])
        }
        let plan = try Plan(
            experiment: "twice", seed: 1, dataDigest: ContentDigest(of: "three pictures"), stages: stages)
        let folder = try RunFolder.create(in: logs, plan: plan, experiment: "", now: 0)
        let result = try Orchestrator(
            plan: plan, runFolder: folder, stages: stages.map { CountingStage(plan: $0, epochs: 3) },
            sharing: StageSharing(store: store), output: Recorder()
        ).run()
        #expect(result.stages.map(\.name) == ["first", "second"] && result.stages.map(\.reused) == [false, true])
        #expect(try text(folder.stageFolder("second").appendingPathComponent("sum.txt")) == "6")
    }

    @Test(arguments: ["sum.txt", "manifest.json"])
    func `is computed again when what is stored is damaged, and the entry is replaced`(name: String) throws {
        let maker = try Counting().run(in: logs).folder
        let file = try entry("translate").appendingPathComponent(name)
        // In place, as a careless program would: the run that made it has the same file.
        let handle = try FileHandle(forWritingTo: file)
        try handle.write(contentsOf: Data("7".utf8))
        try handle.close()
        let output = Recorder()
        let (folder, result) = try longer().run(in: logs, output: output)
        #expect(output.text.contains("warning: \(try entry("translate").path)/manifest.json: "))
        #expect(output.text.contains("; removing it from the store and running the stage\ntranslate  done in"))
        #expect(result.stages.map(\.reused) == [false, true, false])
        #expect(try text(folder.stageFolder("translate").appendingPathComponent("sum.txt")) == "6")
        #expect(try inode(folder.stageFolder("translate").appendingPathComponent(name)) == inode(file))
        #expect(try inode(maker.stageFolder("translate").appendingPathComponent(name)) != inode(file))
        #expect(names(in: store.folder).allSatisfy { !$0.hasPrefix(".") && !$0.hasSuffix("lock") })
    }

    @Test func `is not taken from the store by a fresh run, which puts its own there`() throws {
        let maker = try Counting().run(in: logs).folder
        let (folder, result) = try Counting().run(in: logs, now: 1, isFresh: true)
        #expect(result.stages.map(\.reused) == [false, false, false])
        let stored = try inode(entry("adapt").appendingPathComponent("sum.txt"))
        #expect(try inode(folder.stageFolder("adapt").appendingPathComponent("sum.txt")) == stored)
        #expect(try inode(maker.stageFolder("adapt").appendingPathComponent("sum.txt")) != stored)
    }

    @Test func `is not taken from the store by a fresh run that is resumed either`() throws {
        try Counting().run(in: logs)
        var counting = try Counting()
        let folder = try counting.create(in: logs, now: 1)
        counting.at = { if $0 == "translate epoch 1" { throw Killed() } }
        let fresh = StageSharing(store: store, isFresh: true)
        #expect(throws: Killed.self) { try counting.orchestrator(folder, sharing: fresh).run() }
        counting.at = { _ in }
        let result = try counting.orchestrator(folder, sharing: StageSharing(store: store)).run()
        #expect(result.stages.map(\.reused) == [false, false, false])
    }

    @Test func `is put into the store by the next process when a kill came before that`() throws {
        let counting = try Counting()
        let folder = try counting.create(in: logs)
        // Without sharing, as if killed between the manifest and the store.
        _ = try counting.orchestrator(folder, until: "translate").run()
        #expect(!exists(store.folder))
        _ = try counting.orchestrator(folder, sharing: StageSharing(store: store)).run()
        #expect(try longer().run(in: logs).result.stages.map(\.reused) == [true, true, false])
    }

    @Test func `does not make a run fail when the store cannot be written`() throws {
        try Data().write(to: store.folder)
        let output = Recorder()
        let result = try Counting().run(in: logs, output: output).result
        #expect(result.status == .completed)
        #expect(output.text.contains("warning: other runs cannot reuse this stage: "))
        #expect(output.text.contains("warning: other runs cannot see that this stage is being worked on: "))
    }

    @Test func `replaces what an unfinished attempt left`() throws {
        var counting = try longer()
        let folder = try counting.create(in: logs)
        let sharing = StageSharing(store: store)
        counting.at = { if $0 == "translate epoch 2" { throw Killed() } }
        #expect(throws: Killed.self) { try counting.orchestrator(folder, sharing: sharing).run() }
        try Counting().run(in: logs)
        counting.at = { if $0.hasPrefix("translate") { throw Killed() } }
        let result = try counting.orchestrator(folder, sharing: sharing).run()
        #expect(result.stages.map(\.reused) == [true, true, false])
        #expect(names(in: folder.stageFolder("translate")) == ["manifest.json", "sum.txt"])
    }

    @Test(arguments: [EXDEV, EPERM, EMLINK, ENOTSUP])
    func `is copied where links are refused`(code: Int32) throws {
        let source = scratch.url.appendingPathComponent("images")
        try DurableFile.makeFolders(source.appendingPathComponent("train"))
        for name in ["a", "train/b"] { try Data(name.utf8).write(to: source.appendingPathComponent(name)) }
        let target = scratch.url.appendingPathComponent("copy")
        let copied = try DurableFile.share(source, as: target) { _, _ in
            errno = code
            return -1
        }
        #expect(copied == 2)
        #expect(try ContentDigest(of: target) == ContentDigest(of: source))
        #expect(try inode(target.appendingPathComponent("a")) != inode(source.appendingPathComponent("a")))
    }

    @Test func `is not copied where a link fails for another reason`() throws {
        let source = scratch.url.appendingPathComponent("a")
        try Data().write(to: source)
        #expect(throws: PipelineError.diskFull(path: scratch.url.path + "/b")) {
            try DurableFile.share(source, as: scratch.url.appendingPathComponent("b")) { _, _ in
                errno = ENOSPC
                return -1
            }
        }
    }
}

private final class Flag: Sendable {
    let isSet = Atomic<Bool>(false)
}

@Suite struct `A stage that another process works on` {
    let scratch: Scratch
    var store: StageStore { StageStore(logs: scratch.url) }

    init() throws {
        scratch = try Scratch()
    }

    @Test func `is waited for, with the name of who has it, and then reused`() async throws {
        let logs = scratch.url.path
        let hasEnded = Flag()
        async let child: Void = {
            await #expect(processExitsWith: .success) { [logs = logs as String] in
                var counting = try Counting(experiment: "first")
                // Until the other has come and found it busy, and not for ever where it never comes.
                counting.at = {
                    guard $0 == "translate ends" else { return }
                    for _ in 0..<360_000 where access(logs + "/release", F_OK) != 0 { usleep(10_000) }
                }
                try counting.run(in: URL(fileURLWithPath: logs))
            }
            hasEnded.isSet.store(true, ordering: .sequentiallyConsistent)
        }()
        let lockFile = store.lockFile(of: try Counting().key("translate"))
        // Other tests may keep the child from starting for as long as they take.
        while ProcessLock.holder(in: lockFile) == nil, !hasEnded.isSet.load(ordering: .sequentiallyConsistent) {
            try await Task.sleep(for: .milliseconds(5))
        }
        let holder = try #require(ProcessLock.holder(in: lockFile))
        #expect(holder.pid != getpid() && holder.run?.experiment == "first")

        let counting = try longer("second")
        let folder = try counting.create(in: scratch.url)
        let leaving = StageSharing(store: store, whenBusy: .leave)
        #expect(throws: PipelineError.locked(path: lockFile.path, holder: holder)) {
            try counting.orchestrator(folder, sharing: leaving).run()
        }
        // It goes on where the other has ended: nothing has failed.
        #expect(try folder.result()?.status == .interrupted)
        let output = Recorder { text in
            guard text.contains("waiting for it") else { return }
            _ = FileManager.default.createFile(atPath: logs + "/release", contents: nil)
        }
        let result = try Orchestrator(
            plan: counting.plan, runFolder: folder, stages: counting.stages,
            sharing: StageSharing(store: store, whenBusy: .wait), output: output
        ).run()
        let lines = output.text.split(separator: "\n").map(String.init)
        #expect(lines.first == "warning: \(holder) works on the same stage; waiting for it")
        #expect(lines.dropFirst().first?.hasPrefix("translate  reused from first/") == true)
        #expect(result.rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.12] && result.stages[0].reused)
        _ = await child
    }

    @Test func `is taken over when that process was killed`() async throws {
        let logs = scratch.url.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [logs = logs as String] in
            var counting = try Counting()
            counting.at = { if $0 == "translate epoch 1" { kill(getpid(), SIGKILL) } }
            try counting.run(in: URL(fileURLWithPath: logs))
        }
        let lockFile = store.lockFile(of: try Counting().key("translate"))
        #expect(ProcessLock.holder(in: lockFile) != nil)
        let result = try longer().run(in: scratch.url, whenBusy: .leave).result
        #expect(result.stages.map(\.reused) == [false, false, false] && !exists(lockFile))
    }

    @Test func `is waited for only until a signal asks to stop`() throws {
        let counting = try Counting()
        try DurableFile.makeFolders(store.folder)
        let lock = try ProcessLock(store.lockFile(of: counting.key("translate")), now: 1)
        let interruption = Interruption()
        let time = ManualTime()
        let clock = RunClock(now: time.clock.now, uptime: time.clock.uptime) { seconds in
            time.seconds += seconds
            if time.seconds >= 3 { interruption.request(.terminate) }
        }
        let folder = try counting.create(in: scratch.url)
        #expect(throws: Interrupted.self) {
            try Orchestrator(
                plan: counting.plan, runFolder: folder, stages: counting.stages,
                sharing: StageSharing(store: store), output: Recorder(), interruption: interruption, clock: clock
            ).run()
        }
        #expect(try time.seconds == 3 && folder.result()?.status == .interrupted)
        withExtendedLifetime(lock) {}
    }
}
