// SPDX-License-Identifier: MIT

import Configuration
import Data
import Foundation
import Pipeline
import Reporting
import Testing

@testable import Experiments

@Suite(.serialized) final class `Images that change while a run reads them` {
    private let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private let text =
        tinyData + """

            stages:
              - pretrain: {name: direct, images: source, networks: 1, epochs: 1, iterations: 2, batch: 8, warmup: 0,
                           milestones: [], padding: 2, auto_augment: false, evaluate_every: 0}
            """

    private func experiment(_ overrides: [String] = []) throws -> Experiment {
        try Experiment(Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides), name: "x")
    }

    private func run(_ start: Launch.Start, begun: (RunFolder) -> Void = { _ in }) throws -> RunResult {
        try Launch(
            experiment(["data.location={folder: \(folder)/world}"]), dataFolder: folder + "/data", weightFolders: [],
            cacheFolder: folder + "/cache", memoryFolder: folder + "/memory", output: Nowhere()
        ).run(
            start, logs: URL(fileURLWithPath: folder + "/logs"), until: nil, interruption: Interruption(), begun: begun,
            under: ConditionsOffer(threads: 1)
        ).result
    }

    /// An image of the world's source, and another in its place.
    private func exchange(_ path: String, for other: String) throws {
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: other, toPath: path)
    }

    @Test func `end it before anything is stored under what they were`() throws {
        guard case .synthetic(let world) = try experiment().settings.data.location else {
            preconditionFailure("a drawn world")
        }
        try world.write(to: folder + "/world") { _, _ in }
        let found = try Dataset.personx.find(in: folder + "/world").labelled(.train).map(\.path)
        let (path, other) = (try #require(found.first), try #require(found.last))
        try FileManager.default.copyItem(atPath: path, toPath: folder + "/kept")

        let error = #expect(throws: DataError.self) {
            try run(.new) { _ in
                do { try self.exchange(path, for: other) } catch { Issue.record("\(error)") }
            }
        }
        #expect(error == .changed(path: path))
        #expect(error?.exitKind == .badData)

        try exchange(path, for: folder + "/kept")
        let result = try run(.resume)
        #expect(result.status == .completed && result.stages.map(\.reused) == [false])
    }
}
