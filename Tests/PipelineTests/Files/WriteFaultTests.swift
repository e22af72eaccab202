// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import Testing

@testable import Pipeline

@Suite struct `A run whose writes fail` {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch(isInMemory: true)
    }

    /// A run, new or continued, with some of its writes failing; nil when it ended with a clear error.
    func attempt(_ counting: Counting, in logs: URL, _ faults: WriteFaults?) throws -> RunResult? {
        do {
            return try WriteFaults.$current.withValue(faults) {
                let found = try? RunFolder.resumable(in: logs, plan: counting.plan)
                let folder = try found ?? counting.create(in: logs)
                return try counting.orchestrator(folder, sharing: StageSharing(store: StageStore(logs: logs))).run()
            }
        } catch let error as PipelineError {
            let isClear = error.description.contains(logs.path) && error.description.contains(": cannot ")
            #expect(isClear, "\(error)")
            return nil
        }
    }

    func expectSound(_ result: RunResult?, in logs: URL) throws {
        #expect(result?.status == .completed && result?.rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
        let run = try #require(RunFolder.runs(of: "count", in: logs).first { try $0.result() == result })
        let counting = try Counting()
        for stage in counting.plan.stages {
            let folder = StageFolder(
                url: run.stageFolder(stage.name), plan: stage, key: counting.plan.key(of: stage))
            #expect(try folder.finishedManifest() != nil)
        }
    }

    @Test func `at any single moment is continued with the same figures`() throws {
        let whole = scratch.url.appendingPathComponent("whole")
        let counter = WriteFaults { _ in false }
        try expectSound(try attempt(Counting(), in: whole, counter), in: whole)
        #expect(counter.count > 100)
        for number in 1...counter.count {
            let logs = scratch.url.appendingPathComponent("\(number)")
            let broken = try attempt(Counting(), in: logs, WriteFaults { $0 == number })
            // A run that the failure did not end has only shared less.
            try expectSound(broken ?? attempt(Counting(), in: logs, nil), in: logs)
            try FileManager.default.removeItem(at: logs)
        }
    }

    /// After 30 operations, 31 more, 32 more: failures at equal distances may meet an attempt at the same place for ever.
    @Test(arguments: [0, 11, 22])
    func `again and again comes to the same figures in the end`(first: Int) throws {
        let moments = Set((1...100).map { first + 30 * $0 + $0 * ($0 - 1) / 2 })
        let faults = WriteFaults { moments.contains($0) }
        var (result, attempts): (RunResult?, Int) = (nil, 0)
        while result == nil, attempts < 100 {
            result = try attempt(Counting(), in: scratch.url, faults)
            attempts += 1
        }
        #expect(attempts > 5)
        try expectSound(result, in: scratch.url)
    }

    @Test func `for want of space is told what to do, and continued`() throws {
        var counting = try Counting()
        let folder = try counting.create(in: scratch.url)
        let faults = WriteFaults(code: ENOSPC) { $0 >= 60 }
        let error = #expect(throws: PipelineError.self) {
            try WriteFaults.$current.withValue(faults) { try counting.orchestrator(folder).run() }
        }
        #expect(
            error?.description.hasSuffix(
                "no space left on the device. Free some and continue with --resume") == true)
        counting.at = { _ in }
        #expect(try counting.orchestrator(folder).run().rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
    }

    /// As on a file system without room, and without the superuser's rights that making one takes.
    @Test(arguments: [0, 64, 300, 700])
    func `for a limit on their size ends with an error, not with the process`(limit: UInt) async throws {
        let logs = scratch.url.path
        await #expect(processExitsWith: .exitCode(3)) { [logs = logs as String, limit] in
            let interruption = Interruption.fromSignals()
            let counting = try Counting()
            let folder = try counting.create(in: URL(fileURLWithPath: logs))
            var sizes = rlimit(rlim_cur: rlim_t(limit), rlim_max: .max)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &sizes)
            do {
                _ = try counting.orchestrator(folder, interruption: interruption).run()
            } catch let error as PipelineError where "\(error)".hasSuffix(": File too large") {
                exit(3)
            }
        }
        let counting = try Counting()
        let folder = try RunFolder.resumable(in: scratch.url, plan: counting.plan)
        #expect(try counting.orchestrator(folder).run().rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
    }

    @Test(arguments: [0, 1])
    func `and whose last checkpoint was cut short goes on from the one before`(kept: Int) throws {
        var counting = try Counting()
        let folder = try counting.create(in: scratch.url)
        counting.at = { if $0 == "translate epoch 2" { throw Killed() } }
        #expect(throws: Killed.self) { try counting.orchestrator(folder).run() }
        let checkpoints = folder.stageFolder("translate").appendingPathComponent("checkpoints")
        let last = try #require(names(in: checkpoints).last { $0.hasSuffix(".checkpoint") })
        let bytes = try Data(contentsOf: checkpoints.appendingPathComponent(last))
        try bytes.prefix(kept * bytes.count / 2).write(to: checkpoints.appendingPathComponent(last))
        let seen = Seen()
        counting.at = { seen.moments.append($0) }
        let output = Recorder()
        let result = try counting.orchestrator(folder, output: output).run()
        #expect(seen.moments.prefix(2) == ["translate begins", "translate epoch 1"])
        #expect(output.text.contains("this checkpoint does not match its digest; taking the one before"))
        #expect(result.rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
    }
}
