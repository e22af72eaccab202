// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import Testing

@testable import Pipeline

private func manifest(_ stage: String, boundaries: Int, seconds: Double = 10) -> StageManifest {
    StageManifest(
        format: Plan.formatVersion, stage: stage, method: "m",
        key: StageKey(digest: ContentDigest(of: stage)), origin: RunName(experiment: "e", run: "r"), reused: false,
        seconds: seconds, boundaries: boundaries, states: [:], artefacts: [], metrics: [:], rows: [], notes: nil)
}

@Suite struct `A schedule of kills` {
    @Test(arguments: [
        (20, ["a": 7, "b": 7, "c": 6]), (6, ["a": 2, "b": 2, "c": 2]), (1, ["a": 1, "b": 1, "c": 1]),
    ])
    func `is spread over all stages, in their order`(count: Int, expected: [String: Int]) {
        var random = SystemRandomNumberGenerator()
        let reference = ["a", "b", "c"].map { manifest($0, boundaries: 100) }
        let stages = KillSchedule(count, over: reference, using: &random).kills.map(\.stage)
        #expect(stages == stages.sorted())
        #expect(Dictionary(stages.map { ($0, 1) }, uniquingKeysWith: +) == expected)
    }

    /// However little a killed process leaves behind, the stage lasts until its last kill.
    @Test(arguments: [5, 40, 1000])
    func `asks of no stage more moments than it has`(boundaries: Int) {
        for seed in 0..<100 {
            var random = Counter(state: UInt64(seed))
            let kills = KillSchedule(5, over: [manifest("a", boundaries: boundaries)], using: &random).kills
            #expect(kills.count == 5)
            #expect(kills.allSatisfy { $0.boundary >= 1 && $0.stride >= 1 && $0.stride <= $0.boundary })
            #expect(kills.map(\.boundary).reduce(0, +) <= max(5, boundaries))
            #expect(kills.enumerated().allSatisfy { ($1.milliseconds > 0) == ($0 % 2 == 1) })
        }
    }

    @Test func `kills a stage without moments at its beginning`() {
        var random = SystemRandomNumberGenerator()
        let kills = KillSchedule(2, over: [manifest("a", boundaries: 0)], using: &random).kills
        #expect(kills.map(\.boundary) == [0, 0])
    }

    /// A generator of a few known numbers.
    private struct Counter: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }
}

@Suite struct `A moment of a kill` {
    @Test(
        arguments: [
            ("adapt:3:250:2", KillPoint(stage: "adapt", boundary: 3, milliseconds: 250, stride: 2)),
            ("a:b:0:0:0", KillPoint(stage: "a:b", boundary: 0)),
            ("adapt", nil), ("adapt:1:2", nil), ("adapt:1:x:3", nil), ("adapt:-1:0:0", nil), (":1:2:3", nil),
        ] as [(String, KillPoint?)])
    func `is read from a text`(text: String, point: KillPoint?) {
        #expect(KillPoint(text) == point)
        #expect(point.map { KillPoint("\($0)") == $0 } ?? true)
    }

    @Test(arguments: [
        (KillPoint(stage: "translate", boundary: 0), "translate", 0),
        (KillPoint(stage: "translate", boundary: 2, stride: 1), "translate", 2),
        (KillPoint(stage: "adapt", boundary: 1), "adapt", 1),
    ])
    func `ends the process there, and nowhere else`(point: KillPoint, stage: String, epochs: Int) async throws {
        let scratch = try Scratch()
        let (logs, text) = (scratch.url.path, "\(point)")
        await #expect(processExitsWith: .signal(SIGKILL)) { [logs = logs as String, text = text as String] in
            let counting = try Counting()
            let orchestrator = Orchestrator(
                plan: counting.plan, runFolder: try counting.create(in: URL(fileURLWithPath: logs)),
                stages: counting.stages, output: Recorder(), killPoint: KillPoint(text))
            _ = try orchestrator.run()
        }
        let counting = try Counting()
        let folder = try RunFolder.resumable(in: scratch.url, plan: counting.plan)
        let saved = try folder.resumePoint(of: counting.plan.stage(named: stage), in: counting.plan)
        // Epoch e is saved before the moment after it.
        #expect(saved?.epoch == (epochs == 0 ? nil : epochs - 1))
        #expect(try counting.orchestrator(folder).run().rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
    }
}

@Suite struct `A kill that comes later` {
    /// In the midst of whatever the process does then; here it only waits.
    @Test func `strikes between two moments`() async throws {
        let scratch = try Scratch()
        let logs = scratch.url.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [logs = logs as String] in
            var counting = try Counting()
            counting.at = { if $0 == "translate epoch 1" { sleep(60) } }
            let point = KillPoint(stage: "translate", boundary: 1, milliseconds: 20)
            _ = try Orchestrator(
                plan: counting.plan, runFolder: counting.create(in: URL(fileURLWithPath: logs)),
                stages: counting.stages, output: Recorder(), killPoint: point
            ).run()
        }
        let counting = try Counting()
        let folder = try RunFolder.resumable(in: scratch.url, plan: counting.plan)
        #expect(try folder.resumePoint(of: counting.plan.stage(named: "translate"), in: counting.plan)?.epoch == 0)
        #expect(try counting.orchestrator(folder).run().rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
    }
}

@Suite struct `A certificate of resuming` {
    let scratch: Scratch
    let counting: Counting

    init() throws {
        scratch = try Scratch()
        counting = try Counting()
    }

    private func certificate(
        _ reference: RunFolder, _ run: RunFolder, killed: [String] = ["translate", "pretrain", "adapt"]
    ) throws -> ResumeCertificate {
        try ResumeCertificate(
            reference: reference, run: run, plan: counting.plan,
            kills: killed.map { .init(at: KillPoint(stage: $0, boundary: 1), resumedAt: nil, missed: false) } + [
                .init(at: KillPoint(stage: "adapt", boundary: 2), resumedAt: nil, missed: true)
            ], machine: ["processor": "abacus"])
    }

    @Test func `says of equal runs that they are, and survives its file`() throws {
        let runs = try (1...2).map { try counting.run(in: scratch.url, now: Double($0), isFresh: true).folder }
        let found = try certificate(runs[0], runs[1])
        #expect(found.isPassed)
        #expect(found.stages.map(\.name) == ["translate", "pretrain", "adapt"])
        #expect(found.stages[0].digests.keys.sorted() == ["artefact sum.txt", "metrics", "rows"])
        // sha256sum of "6"
        #expect(
            found.stages[0].digests["artefact sum.txt"]?.hexadecimal
                == "e7f6c011776e8db7cd330b54174fd76f7d0216b612387a5ffcfb81e6f0919683")
        #expect("\(found)".hasSuffix("passed: after 3 kills the run is the uninterrupted one, bit for bit"))
        try found.write(to: runs[1])
        #expect(try JSONFile.read(ResumeCertificate.self, from: runs[1].certificateFile) == found)
    }

    @Test func `proves nothing of a stage that was not killed`() throws {
        let runs = try (1...2).map { try counting.run(in: scratch.url, now: Double($0), isFresh: true).folder }
        let found = try certificate(runs[0], runs[1], killed: ["translate", "pretrain"])
        #expect(!found.isPassed && found.stages.allSatisfy(\.differences.isEmpty))
        #expect("\(found)".contains("adapt: killed 0 times"))
    }

    @Test func `names what differs`() throws {
        let runs = try (1...2).map { try counting.run(in: scratch.url, now: Double($0), isFresh: true).folder }
        // As a run whose last stage came to another figure would have written it.
        let file = runs[1].stageFolder("adapt").appendingPathComponent("manifest.json")
        let changed = try text(file).replacing("\"sum\" : 10", with: "\"sum\" : 11")
        try FileManager.default.removeItem(at: file)
        try changed.write(to: file, atomically: false, encoding: .utf8)
        let found = try certificate(runs[0], runs[1])
        #expect(!found.isPassed)
        #expect(found.stages.map { $0.differences.keys.sorted() } == [[], [], ["metrics"]])
        #expect("\(found)".contains("adapt: killed 1 time, differs in metrics"))
    }

    @Test func `needs both runs to be finished and sound`() throws {
        let runs = try (1...2).map { try counting.run(in: scratch.url, now: Double($0), isFresh: true).folder }
        let file = runs[1].stageFolder("adapt").appendingPathComponent("sum.txt")
        try FileManager.default.removeItem(at: file)
        try "11".write(to: file, atomically: false, encoding: .utf8)
        #expect(throws: PipelineError.self) { try certificate(runs[0], runs[1]) }
    }
}
