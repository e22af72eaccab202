// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

/// A run folder as earlier formats have it, with one stage that is done.
private struct OldRun {
    static let key = String(repeating: "a", count: 64)
    let folder: RunFolder

    init(format: Int, in logs: URL) throws {
        let url = logs.appendingPathComponent("count/20260131-094500.250-0001")
        let stage = url.appendingPathComponent("stages/translate")
        try FileManager.default.createDirectory(at: stage, withIntermediateDirectories: true)
        let shared = format == 1 ? "" : #""origin": "count/20260130-000000.000-0000", "reused": true,"#
        try #"""
        {"format": \#(format), "stage": "translate", "method": "sum", "key": "\#(Self.key)", \#(shared)
         "seconds": 1.5, "metrics": {"sum": 6}, "rows": [],
         "artefacts": [{"name": "sum.txt", "kind": "document", "files": 1, "bytes": 1,
                        "sha256": "e7f6c011776e8db7cd330b54174fd76f7d0216b612387a5ffcfb81e6f0919683"}]}
        """#.write(to: stage.appendingPathComponent("manifest.json"), atomically: true, encoding: .utf8)
        try "6".write(to: stage.appendingPathComponent("sum.txt"), atomically: true, encoding: .utf8)
        try #"""
        {"experiment": "count", "seed": 1, "data": "\#(Self.key)", "stages": [{"name": "translate", "method": "sum",
         "settings": {"epochs": 3}, "inputs": ["data"], "outputs": [{"name": "sum.txt", "kind": "document"}]}]}
        """#.write(to: url.appendingPathComponent("plan.json"), atomically: true, encoding: .utf8)
        try #"""
        {"experiment": "count", "run": "20260131-094500.250-0001", "status": "interrupted", "rows": [],
         "stages": [{"name": "translate", "method": "sum", "seconds": 1.5, "reused": false, "metrics": {}}]}
        """#.write(to: url.appendingPathComponent("result.json"), atomically: true, encoding: .utf8)
        folder = RunFolder(url: url)
    }

    var manifest: URL { folder.stageFolder("translate").appendingPathComponent("manifest.json") }
}

@Suite struct `A run of an earlier format` {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    @Test(arguments: [
        (1, RunName(experiment: "count", run: "20260131-094500.250-0001"), false),
        (2, RunName(experiment: "count", run: "20260130-000000.000-0000"), true),
    ])
    func `has manifests as if they were written today`(format: Int, origin: RunName, isReused: Bool) throws {
        let manifest = try StageManifest.read(from: OldRun(format: format, in: scratch.url).manifest)
        #expect(manifest.format == format && manifest.key.description == OldRun.key)
        #expect(manifest.origin == origin && manifest.reused == isReused)
        #expect(manifest.seconds == 1.5 && manifest.metrics == ["sum": 6] && manifest.artefacts.map(\.bytes) == [1])
        #expect(manifest.boundaries == 0 && manifest.states.isEmpty)
    }

    @Test(arguments: [1, 2])
    func `is listed, shown and compared`(format: Int) throws {
        let run = try OldRun(format: format, in: scratch.url).folder
        let catalogue = RunCatalogue(logs: scratch.url)
        let listed = try #require(catalogue.list().first)
        #expect(listed.state == .interrupted && listed.seconds == 1.5)
        #expect(try catalogue.details(of: listed.run).plan.format == 2)
        let new = try Counting().create(in: scratch.url, now: 3e9)
        let names = [listed.run, RunName(experiment: "count", run: new.run)]
        #expect(try catalogue.comparison(of: names).settings.map(\.path).contains("format"))
        #expect(try run.plan().stages.map(\.name) == ["translate"])
    }

    @Test func `is not continued by a program whose results would differ, which says why`() throws {
        let run = try OldRun(format: 2, in: scratch.url).folder
        let error = #expect(throws: PipelineError.self) {
            try RunFolder.resumable(in: scratch.url, plan: Counting().plan)
        }
        #expect(error?.description.contains("\(run.run): differs in") == true)
        #expect(error?.description.contains("format: 2 on record, 4 asked for") == true)
    }

    @Test func `of a later one is named as such`() throws {
        let manifest = try OldRun(format: 5, in: scratch.url).manifest
        #expect(
            throws: PipelineError.corruptFile(
                path: manifest.path, reason: "is of format 5, and this program knows formats up to 4")
        ) {
            try StageManifest.read(from: manifest)
        }
    }
}
