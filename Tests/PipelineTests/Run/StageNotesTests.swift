// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

/// A stage that notes some things, and may be stopped before the last of them.
private struct Noting: Stage {
    let plan: StagePlan
    let texts: [String]
    var isStopped = false

    init(_ name: String, _ texts: [String], isStopped: Bool = false) {
        plan = StagePlan(name: name, method: "pen", settings: ["hand": .string(name)], inputs: [StagePlan.data], outputs: [])
        self.texts = texts
        self.isStopped = isStopped
    }

    func run(in scope: StageScope) throws -> StageOutcome {
        for text in texts { scope.notes.add(text) }
        if isStopped { throw Killed() }
        return StageOutcome()
    }
}

@Suite struct `The notes of a stage` {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    private func run(_ stages: [Noting], in folder: RunFolder? = nil) throws -> RunResult {
        let plan = try Plan(
            experiment: "sketch", seed: 1, dataDigest: ContentDigest(of: ""), stages: stages.map(\.plan))
        return try Orchestrator(
            plan: plan, runFolder: folder ?? RunFolder.create(in: scratch.url, plan: plan, experiment: "seed: 1\n"),
            stages: stages, sharing: StageSharing(store: StageStore(logs: scratch.url)), output: Recorder()
        ).run()
    }

    @Test func `are in the result once, whichever stages made them, in the order of the stages`() throws {
        let result = try run([Noting("draw", ["c", "b", "c"]), Noting("judge", ["a", "b"])])
        #expect(result.notes == ["b", "c", "a"])
        #expect(result.noteText == "note: b\nnote: c\nnote: a\n")
    }

    @Test func `are those of all attempts`() throws {
        #expect(throws: Killed.self) { try run([Noting("draw", ["b"], isStopped: true)]) }
        let folder = try #require(RunFolder.runs(of: "sketch", in: scratch.url).first)
        #expect(try run([Noting("draw", ["a"])], in: folder).notes == ["a", "b"])
    }

    @Test func `come with a stage that another run has computed`() throws {
        _ = try run([Noting("draw", ["a"])])
        let result = try run([Noting("draw", ["never made"])])
        #expect(result.stages.map(\.reused) == [true] && result.notes == ["a"])
    }

    @Test func `are no part of the files where there are none`() throws {
        let result = try run([Noting("draw", [])])
        #expect(result.notes == nil && result.noteText == "")
        let folder = try #require(RunFolder.runs(of: "sketch", in: scratch.url).first)
        let manifest = folder.stageFolder("draw").appendingPathComponent("manifest.json")
        #expect(try !text(manifest).contains("notes") && !text(folder.resultFile).contains("notes"))
    }

    @Test func `are printed up to twenty`() throws {
        let result = try run([Noting("draw", (10..<32).map { "n\($0)" })])
        #expect(result.noteText.hasPrefix("note: n10\n"))
        #expect(result.noteText.hasSuffix("note: n29\nand 2 more notes in result.json\n"))
    }
}
