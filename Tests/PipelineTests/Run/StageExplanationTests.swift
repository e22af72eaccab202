// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `Why a stage would run` {
    let scratch: Scratch
    var logs: URL { scratch.url }

    init() throws {
        scratch = try Scratch()
    }

    func explanation(
        _ counting: Counting, _ stage: String, places: @escaping StageExplanation.Places = { _, _ in nil }
    ) throws -> StageExplanation {
        try counting.plan.explanation(of: stage, logs: logs, places: places)
    }

    @Test func `is that no run has finished it`() throws {
        let folder = try Counting().create(in: logs)
        _ = try Counting().orchestrator(folder, until: "translate").run()
        let found = try explanation(Counting(), "adapt")
        #expect(found.run == nil && found.description == "no run has finished a stage 'adapt' yet")
    }

    @Test func `is a field, its old and its new value, and where that is written`() throws {
        let run = try Counting().run(in: logs).folder.run
        let changed = try Counting(epochs: ["translate": 3, "pretrain": 5, "adapt": 1])
        let found = try explanation(changed, "pretrain") { stage, path in "\(stage).yaml:31:9 of \(path)" }
        #expect(
            found.fields == [
                .init(
                    path: "settings.epochs", old: 2, new: 5, place: "pretrain.yaml:31:9 of settings.epochs")
            ])
        #expect(
            found.description == """
                'pretrain' differs from count/\(run):
                  settings.epochs: 2 → 5  (pretrain.yaml:31:9 of settings.epochs)
                """)
    }

    @Test func `is an input, and why that differs, however far back`() throws {
        let run = try Counting().run(in: logs).folder.run
        let changed = try Counting(seed: 2, epochs: ["translate": 4, "pretrain": 2, "adapt": 1])
        #expect(
            try explanation(changed, "adapt").description == """
                'adapt' differs from count/\(run):
                  seed: 1 → 2
                  the input 'pretrain' differs:
                    the input 'translate' differs:
                      settings.epochs: 3 → 4
                """)
    }

    @Test func `is not what only other stages depend on`() throws {
        try Counting().run(in: logs)
        let changed = try Counting(epochs: ["translate": 3, "pretrain": 2, "adapt": 7])
        let found = try explanation(changed, "pretrain")
        #expect(found.fieldCount == 0 && found.description.hasSuffix("but its result is no longer stored"))
    }

    @Test func `is told by the run that is nearest, the newest of equals`() throws {
        let far = try Counting(seed: 3, epochs: ["translate": 9, "pretrain": 2, "adapt": 1])
        let near = try Counting(epochs: ["translate": 9, "pretrain": 2, "adapt": 1])
        try near.run(in: logs, now: 1)
        let newest = try near.run(in: logs, now: 2).folder.run
        try far.run(in: logs, now: 3)
        #expect(try explanation(Counting(), "translate").run?.run == newest)
    }

    @Test func `is told by another experiment where the own has no such run`() throws {
        let run = try Counting(experiment: "visda/base").run(in: logs).folder.run
        _ = try Counting().create(in: logs)
        let changed = try Counting(epochs: ["translate": 4, "pretrain": 2, "adapt": 1])
        #expect(try explanation(changed, "translate").run == RunName(experiment: "visda/base", run: run))
    }

    @Test func `is that the formats have changed`() throws {
        let folder = try Counting().run(in: logs).folder
        let old = try text(folder.planFile).replacing("\"format\" : 4", with: "\"format\" : 2")
        try Data(old.utf8).write(to: folder.planFile)
        #expect(
            try explanation(Counting(), "translate").fields == [
                .init(path: "format", old: 2, new: 4, place: nil)
            ])
    }

    @Test func `is asked of a stage that there is`() throws {
        #expect(throws: PipelineError.unknownStage(name: "adopt", allowed: ["translate", "pretrain", "adapt"])) {
            try explanation(Counting(), "adopt")
        }
    }
}
