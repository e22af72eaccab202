// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `A run whose inputs change` {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    private struct Changed: Error, Equatable {}

    /// A run, new or continued, whose inputs are others from a moment on; what it told is in the last line.
    private func run(_ folder: RunFolder, changedAt moment: String?, store: StageStore) throws -> RunResult {
        var counting = try Counting()
        var isChanged = false
        counting.at = { if $0 == moment { isChanged = true } }
        return try Orchestrator(
            plan: counting.plan, runFolder: folder, stages: counting.stages, sharing: StageSharing(store: store),
            output: Recorder(), checkInputs: { if isChanged { throw Changed() } }
        ).run()
    }

    private func states(_ folder: RunFolder, _ stage: String) -> [Int] {
        names(in: folder.stageFolder(stage).appendingPathComponent("checkpoints")).compactMap {
            CheckpointEntry(name: $0)?.epoch
        }
    }

    /// Translating takes epochs 0, 1 and 2.
    @Test(arguments: [("translate epoch 1", [0]), ("translate saves 2", [1, 2]), ("translate ends", [1, 2])])
    func `keeps no state of them, and no result`(moment: String, kept: [Int]) throws {
        let store = StageStore(logs: scratch.url)
        let folder = try Counting().create(in: scratch.url)
        #expect(throws: Changed.self) { try run(folder, changedAt: moment, store: store) }
        #expect(states(folder, "translate") == kept)
        #expect(store.keys.isEmpty)
        // Of an output that has begun nobody knows what it was made from.
        if kept.count == 2 { #expect(!exists(folder.stageFolder("translate").appendingPathComponent(".partial"))) }
        #expect(try folder.result()?.status == .failed)

        // Once they are what they were it goes on from there.
        let result = try run(folder, changedAt: nil, store: store)
        #expect(result.status == .completed && result.rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
        #expect(store.keys.count == 3)
    }
}
