// SPDX-License-Identifier: MIT

import Foundation
// Not @testable: what a stage and a command line outside the module need must be public.
import Pipeline
import Testing

@Suite struct `A stage written outside the module` {
    /// Writes a folder of two pictures.
    struct Draw: Stage {
        let plan = StagePlan(
            name: "draw", method: "pen", settings: ["colour": "red"], inputs: [StagePlan.data],
            outputs: [Artefact(name: "pictures", kind: .images)])

        func run(in scope: StageScope) throws -> StageOutcome {
            let folder = URL(fileURLWithPath: scope.artefact("pictures"))
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            scope.progress.begin(total: 2, unit: "pictures")
            for name in ["a", "b"] {
                try Data(name.utf8).write(to: folder.appendingPathComponent(name))
                scope.progress.advance()
                try scope.checkInterruption()
            }
            return StageOutcome(metrics: ["pictures": 2])
        }
    }

    /// Counts the pictures and scores itself by them.
    struct Judge: Stage {
        let plan = StagePlan(
            name: "judge", method: "eye", settings: [:], inputs: ["draw"], outputs: [])

        func run(in scope: StageScope) throws -> StageOutcome {
            let count = try FileManager.default.contentsOfDirectory(
                atPath: scope.input("draw", "pictures")
            ).count
            try scope.events.record(epoch: 0, name: "count", value: Double(count))
            let share = Double(count) / 10
            return StageOutcome(rows: [
                ResultRow(
                    name: "drawn", evaluationProtocol: "by eye", figures: ["likeness": share, "strokes": 12])
            ])
        }
    }

    struct Silence: ProgressOutput {
        let columns: Int? = nil
        let usesColour = false
        func write(_ text: String) {}
    }

    static func unusedFolder() -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent("passerby-\(UUID().uuidString)")
    }

    @Test func `runs to a table, and its folder is complete wherever it is copied`() throws {
        let root = Self.unusedFolder()
        defer { try? FileManager.default.removeItem(at: root) }
        let stages: [any Stage] = [Draw(), Judge()]
        let plan = try Plan(
            experiment: "sketch", seed: 1, dataDigest: ContentDigest(of: ""), stages: stages.map(\.plan))
        let folder = try RunFolder.create(in: root, plan: plan, experiment: "seed: 1\n")
        let result = try Orchestrator(
            plan: plan, runFolder: folder, stages: stages, until: "draw", output: Silence()
        ).run()
        #expect(result.final == nil && result.status == .stopped)

        let copy = root.appendingPathComponent("elsewhere/sketch/\(folder.run)")
        try FileManager.default.createDirectory(
            at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.moveItem(at: folder.url, to: copy)
        let found = try RunFolder.resumable(in: root.appendingPathComponent("elsewhere"), plan: plan)
        let ended = try Orchestrator(plan: plan, runFolder: found, stages: stages, output: Silence()).run()
        #expect(ended.stages.map(\.name) == ["draw", "judge"] && ended.status == .completed)
        #expect(ended.final?.evaluationProtocol == "by eye" && ended.final?.figures["likeness"] == 0.2)
        let columns = [
            FigureColumn("likeness", heading: "likeness") { "\(Int(100 * $0)) %" },
            FigureColumn("strokes", heading: "strokes") { "\(Int($0))" },
        ]
        #expect(
            ResultTable(ended.rows, columns: columns).description == """
                       likeness  strokes  protocol
                drawn      20 %       12  by eye

                """)
        #expect(try Event.read(from: found.eventsFile).map(\.value) == [2])
    }

    @Test func `is run again when one of its pictures is lost`() throws {
        let root = Self.unusedFolder()
        defer { try? FileManager.default.removeItem(at: root) }
        let stages: [any Stage] = [Draw()]
        let plan = try Plan(
            experiment: "sketch", seed: 1, dataDigest: ContentDigest(of: ""), stages: stages.map(\.plan))
        let folder = try RunFolder.create(in: root, plan: plan, experiment: "seed: 1\n")
        let orchestrator = Orchestrator(plan: plan, runFolder: folder, stages: stages, output: Silence())
        _ = try orchestrator.run()
        let lost = folder.stageFolder("draw").appendingPathComponent("pictures/b")
        try FileManager.default.removeItem(at: lost)
        _ = try orchestrator.run()
        #expect(FileManager.default.fileExists(atPath: lost.path))
    }
}
