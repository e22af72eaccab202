// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

/// A plan of one stage on data of two kinds.
private func plan(_ pictures: String, _ names: String, parts: Bool = true) throws -> Plan {
    try Plan(
        experiment: "album", seed: 1, dataDigest: ContentDigest(of: pictures + names),
        dataParts: parts ? ["pictures": ContentDigest(of: pictures), "names": ContentDigest(of: names)] : nil,
        stages: [StagePlan(name: "sort", method: "hand", settings: [:], inputs: ["data"], outputs: [])])
}

private func result(_ name: String) -> StageOutcome {
    StageOutcome(rows: [ResultRow(name: name, figures: ["mAP": 0.5])])
}

private struct Sorting: Stage {
    let plan: StagePlan
    func run(in scope: StageScope) -> StageOutcome { result("sorted") }
}

@Suite struct `Parts of the data in a plan` {
    @Test func `are no part of a key`() throws {
        let (with, without) = (try plan("a", "b"), try plan("a", "b", parts: false))
        #expect(with.key(of: with.stages[0]) == without.key(of: without.stages[0]))
    }

    @Test func `may be missing in a plan's file, as they were in older ones`() throws {
        let old = try plan("a", "b", parts: false)
        let text = try JSONFile.encoder().encode(old)
        #expect(!String(decoding: text, as: UTF8.self).contains("data_parts"))
        #expect(try JSONFile.decoder().decode(Plan.self, from: text) == old)
        let new = try plan("a", "b")
        #expect(try JSONFile.decoder().decode(Plan.self, from: JSONFile.encoder().encode(new)) == new)
    }

    @Test func `say in words what differs, where both plans have them`() throws {
        let old = try plan("a", "b")
        #expect(try old.differences(from: plan("a", "c")).map(\.description) == ["data: the names differ"])
        #expect(
            try old.differences(from: plan("x", "y")).map(\.description) == [
                "data: the names differ", "data: the pictures differ",
            ])
        let older = try plan("a", "b", parts: false)
        #expect(try older.differences(from: plan("a", "c")).map(\.path) == ["data"])
        #expect(try older.differences(from: plan("a", "b")) == [])
    }

    @Test func `say why a stage would run again, and why a run cannot be gone on with`() throws {
        let scratch = try Scratch()
        let old = try plan("a", "b")
        let folder = try RunFolder.create(in: scratch.url, plan: old, experiment: "")
        _ = try Orchestrator(
            plan: old, runFolder: folder, stages: [Sorting(plan: old.stages[0])], output: Recorder()
        ).run()
        let new = try plan("a", "c")
        #expect(
            try new.explanation(of: "sort", logs: scratch.url).description == """
                'sort' differs from album/\(folder.run):
                  data: the names differ
                """)
        let unfinished = try RunFolder.create(in: scratch.url, plan: old, experiment: "", now: 0)
        let error = #expect(throws: PipelineError.self) { try RunFolder.resumable(in: scratch.url, plan: new) }
        #expect(
            error?.description == """
                \(scratch.url.path)/album: no unfinished run of 'album' to resume; found
                  \(folder.run): completed
                  \(unfinished.run): differs in data: the names differ
                """)
    }
}
