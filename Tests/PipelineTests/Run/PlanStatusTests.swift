// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `The status of a plan` {
    let scratch: Scratch
    var logs: URL { scratch.url }

    init() throws {
        scratch = try Scratch()
    }

    func statuses(_ counting: Counting, isFresh: Bool = false) -> [StageStatus] {
        PlanStatus(of: counting.plan, logs: logs, isFresh: isFresh).stages.map(\.status)
    }

    @Test func `is to run everything where there is nothing`() throws {
        #expect(statuses(try Counting()) == [.run, .run, .run])
        #expect(names(in: logs) == [])
    }

    @Test func `is to reuse what another experiment left, unless the run is fresh`() throws {
        let maker = RunName(experiment: "count", run: try Counting().run(in: logs).folder.run)
        let other = try Counting(experiment: "other", epochs: ["translate": 3, "pretrain": 5, "adapt": 1])
        #expect(statuses(other) == [.reuse(from: maker, seconds: 0), .run, .run])
        #expect(statuses(other, isFresh: true) == [.run, .run, .run])
    }

    /// Of a run that began with `--fresh` the first stage is its own; the others are in the store, and it does not ask
    /// there.
    @Test func `is to reuse nothing but its own where an unfinished run began afresh`() throws {
        try Counting(experiment: "other").run(in: logs)
        let counting = try Counting()
        let folder = try counting.create(in: logs, now: 1)
        let sharing = StageSharing(store: StageStore(logs: logs), isFresh: true)
        _ = try counting.orchestrator(folder, until: "translate", sharing: sharing).run()
        let own = RunName(experiment: "count", run: folder.run)
        #expect(statuses(counting) == [.reuse(from: own, seconds: 0), .run, .run])
    }

    @Test func `is to run what the store has no whole entry of`() throws {
        let counting = try Counting()
        try counting.run(in: logs)
        let entry = StageStore(logs: logs).folder.appendingPathComponent("\(try counting.key("pretrain"))")
        try FileManager.default.removeItem(at: entry.appendingPathComponent("sum.txt"))
        #expect(statuses(counting).map { $0 == .run } == [false, true, false])
    }

    @Test func `is to resume at the last checkpoint of the newest unfinished run of this plan`() throws {
        var counting = try Counting()
        let folder = try counting.create(in: logs, now: 1)
        counting.at = { if $0 == "pretrain epoch 1" { throw Killed() } }
        #expect(throws: Killed.self) { try counting.orchestrator(folder).run() }
        _ = try Counting(seed: 2).create(in: logs, now: 2)
        let run = RunName(experiment: "count", run: folder.run)
        let point = StageStatus.ResumePoint(run: run, part: "", epoch: 0, step: nil)
        #expect(statuses(counting) == [.reuse(from: run, seconds: 0), .resume(point), .run])
        let part = CheckpointStore(folder: folder.stageFolder("adapt").appendingPathComponent("checkpoints")) { _ in }
            .part("network-2")
        try part.save(epoch: 3, step: 70) { try Data().write(to: URL(fileURLWithPath: $0)) }
        #expect(statuses(counting)[2].description == "resume \(run) after epoch 3, step 70 of network-2")
    }

    @Test func `is shown below each stage's name`() throws {
        let maker = try Counting().run(in: logs).folder.run
        let status = PlanStatus(of: try Counting(seed: 1).plan, logs: logs)
        #expect(
            "\(status)".hasPrefix(
                """
                count, seed 1
                1. translate (count): reuse from count/\(maker) (took 0 s there)
                   from data
                   to sum.txt
                   key \("\(try Counting().key("translate"))".prefix(12))
                2. pretrain (count): reuse
                """))
    }

    @Test func `is added to the plan for scripts`() throws {
        var counting = try Counting()
        let maker = try counting.run(in: logs).folder.run
        counting = try Counting(experiment: "other", epochs: ["translate": 3, "pretrain": 9, "adapt": 1])
        let folder = try counting.create(in: logs)
        counting.at = { if $0 == "pretrain epoch 1" { throw Killed() } }
        let sharing = StageSharing(store: StageStore(logs: logs))
        #expect(throws: Killed.self) { try counting.orchestrator(folder, sharing: sharing).run() }
        let tree = try JSONValue(encoding: PlanStatus(of: counting.plan, logs: logs))
        guard case .object(let plan) = tree, case .array(let stages) = plan["stages"] else {
            Issue.record("no object with stages: \(tree)")
            return
        }
        let fields = stages.map { stage -> [String: JSONValue] in
            guard case .object(let fields) = stage else { return [:] }
            return fields
        }
        #expect(fields.map { $0["status"] } == ["reuse", "resume", "run"])
        #expect(fields[0]["from"] == .string("count/\(maker)"))
        #expect(
            fields[1]["resume"]
                == ["run": .string("other/\(folder.run)"), "part": "", "epoch": 0])
        #expect(fields[2]["key"] == .string("\(try counting.key("adapt"))") && fields[2]["inputs"] == ["pretrain"])
    }
}
