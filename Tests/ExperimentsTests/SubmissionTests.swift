// SPDX-License-Identifier: MIT

import Configuration
import Data
import Foundation
import Pipeline
import Retrieval
import Testing

@testable import Experiments

/// A pre-training and a post-processing of 3 test people with 2 queries and 4 images of the gallery each.
private let text =
    tinyData.replacing("cameras: 3}\n      width", with: "cameras: 3, test_identities: 3}\n      width") + """

        stages:
          - pretrain: {name: direct, images: source, networks: 2, epochs: 1, iterations: 2, batch: 8, warmup: 0,
                       milestones: [], padding: 2, auto_augment: false, evaluate_every: 0}
          - postprocess: {camera: false, rerank: {k1: 6, k2: 2}, submission: true}
        """

@Suite(.serialized) final class `A submission` {
    private let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func launch(_ overrides: [String] = []) throws -> Launch {
        let document = try Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides)
        return Launch(
            try Experiment(document, name: "x"), dataFolder: folder + "/data", weightFolders: [],
            cacheFolder: folder + "/cache", memoryFolder: folder + "/memory", output: Nowhere())
    }

    private func run(_ overrides: [String] = []) throws -> (folder: RunFolder, result: RunResult) {
        try launch(overrides).run(
            .new, logs: URL(fileURLWithPath: folder + "/logs"), until: nil, interruption: Interruption(),
            under: ConditionsOffer(threads: 1))
    }

    /// The world in a folder of its own, where it may be changed, and how an experiment names it.
    private func drawnWorld() throws -> (root: String, location: String) {
        let experiment = try Experiment(Document.parse(text, file: "x.yaml"), name: "x")
        let world = try #require(experiment.settings.data.drawnWorld)
        try world.write(to: folder + "/world") { _, _ in }
        return (folder + "/world", "data.location={folder: \(folder)/world}")
    }

    private func keys(_ overrides: [String]) throws -> [StageKey] {
        let plan = try launch(overrides).plan()
        return plan.stages.map { plan.key(of: $0) }
    }

    /// Six lines of all twelve rows of the gallery, which has fewer than a hundred.
    @Test func `is a line for each query of the test set, in a text and in an archive`() throws {
        let (folder, result) = try run()
        #expect(result.rows.map(\.name) == ["direct transfer", "+ flip", "+ ensemble", "+ re-ranking"])
        #expect(result.stages[1].metrics == ["test_queries": 6, "test_gallery": 12])
        let documents = try folder.documents()
        #expect(documents.map(\.lastPathComponent) == ["result.txt", "result.zip"])
        let lines = try String(contentsOf: documents[0], encoding: .utf8)
        #expect(lines.wholeMatch(of: /((\d{5} ){11}\d{5}\n){6}/) != nil)
        let rankings = lines.split(separator: "\n").map { line in line.split(separator: " ").compactMap { Int($0) } }
        #expect(rankings.allSatisfy { Set($0) == Set(0..<12) })
        #expect(Set(rankings).count > 1)
        let archive = try Foundation.Data(contentsOf: documents[1])
        #expect(archive == SubmissionArchive.holding(Foundation.Data(lines.utf8), named: "result.txt"))

        // The rows are those of a run without, whose post-processing leaves nothing.
        let without = try run(["postprocess.submission=false"])
        #expect(without.result.rows == result.rows && without.result.stages.map(\.reused) == [true, false])
        #expect(try without.folder.documents() == [])
    }

    /// Networks are shared with experiments that submit nothing.
    @Test func `enters the key of its own stage alone, with what the test set holds and in which order`() throws {
        let (root, location) = try drawnWorld()
        let before = try keys([location])
        let without = try keys([location, "postprocess.submission=false"])
        #expect(before[0] == without[0] && before[1] != without[1])

        let list = "\(root)/index_test_query.txt"
        let lines = try String(contentsOfFile: list, encoding: .utf8)
        try lines.replacing("0000.jpg", with: "x").replacing("0001.jpg", with: "0000.jpg").replacing("x", with: "0001.jpg")
            .write(toFile: list, atomically: true, encoding: .utf8)
        let reordered = try keys([location])
        #expect(reordered[0] == before[0] && reordered[1] != before[1])
        try lines.write(toFile: list, atomically: true, encoding: .utf8)
        #expect(try keys([location]) == before)
        try Foundation.Data("x".utf8).write(to: URL(fileURLWithPath: "\(root)/target_test/image_gallery/000003.jpg"))
        let changed = try keys([location])
        #expect(changed[0] == before[0] && changed[1] != before[1])
        #expect(try keys([location, "postprocess.submission=false"]) == without)
    }

    @Test func `needs a test set, in a drawn world and in a folder`() throws {
        let drawn = #expect(throws: ConfigurationError.self) {
            try launch(["data.location.synthetic.target.test_identities=null"])
        }
        #expect(
            drawn?.problems.map { "\($0)" }.first?.hasSuffix(
                "postprocess.submission: the drawn world has no test set; allowed: submission: false, or test_identities in "
                    + "data.location's target") == true, "\(String(describing: drawn))")
        let other = #expect(throws: ConfigurationError.self) {
            try launch(["data={source: personx, target: market1501, location: {folder: data}}"])
        }
        #expect(
            other?.problems.map { "\($0)" }.first?.hasSuffix(
                "postprocess.submission: 'market1501' has no test set whose people nobody knows; allowed: submission: false, "
                    + "or as data.target visda-target") == true, "\(String(describing: other))")
        let (root, location) = try drawnWorld()
        try FileManager.default.removeItem(atPath: "\(root)/index_test_gallery.txt")
        let missing = #expect(throws: DataError.self) { try launch([location]).plan() }
        guard case .missingFolder("VisDA-2020 target, test-gallery", ["\(root)/index_test_gallery.txt"], _)? = missing else {
            Issue.record("\(String(describing: missing))")
            return
        }
        // Who submits nothing needs none.
        _ = try launch([location, "postprocess.submission=false"]).plan()
    }

    /// Images of the validation and of the test set, by two networks, each twice.
    @Test func `is forecast with the test set's images and memory`() throws {
        let experiment = try Experiment(Document.parse(text, file: "x.yaml"), name: "x")
        let world = try #require(experiment.settings.data.drawnWorld)
        func load(_ overrides: [String] = []) throws -> StageLoad {
            let document = try Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides)
            let stage = try Experiment(document, name: "x").stages[1].definition
            return stage.load(DatasetCounts(world))
        }
        // 8 queries, 20 images of the gallery, 18 of the test set.
        let counts = DatasetCounts(world)
        #expect((counts.testQuery, counts.testGallery) == (6, 12))
        #expect(try load().besides.images == Double((28 + 18) * 4))
        #expect(try load(["postprocess.submission=false"]).besides.images == Double(28 * 4))
        var large = world
        large.target.testIdentities = 1000
        let most = try Experiment(Document.parse(text, file: "x.yaml"), name: "x").stages[1].definition
            .load(DatasetCounts(large)).bytesBetweenSteps
        #expect(try most > load().bytesBetweenSteps)
    }
}
