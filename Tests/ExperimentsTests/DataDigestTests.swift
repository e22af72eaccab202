// SPDX-License-Identifier: MIT

import Configuration
import Data
import Foundation
import Pipeline
import Testing

@testable import Experiments

/// A folder of datasets, removed with the value. Images are texts: nothing here decodes them.
private final class DataFolder {
    let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Foundation.Data(text.utf8).write(to: file)
    }

    func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: "\(path)/\(name)", toPath: "\(path)/\(other)")
    }

    /// Two people for training, each seen by two cameras, and a query with its match.
    static let table = """
        path,id,camera,split
        a.jpg,1,1,train
        b.jpg,2,1,train
        c.jpg,1,2,train
        d.jpg,2,2,train
        q.jpg,3,1,query
        r.jpg,4,2,query
        g.jpg,3,2,gallery
        h.jpg,4,1,gallery

        """

    func writeTable() throws {
        for name in "abcdqrgh" { try write("own/\(name).jpg", "image \(name)") }
        try write("own/images.csv", Self.table)
    }

    /// The plan of a pre-training on the data.
    func plan(_ overrides: [String] = [], source: String = "folder", target: String = "folder", at place: String = "own")
        throws -> Plan
    {
        let text = """
            data: {source: \(source), target: \(target), location: {folder: \(path)/\(place)}}
            backbone: resnet18
            stages:
              - pretrain: {name: direct, images: source, networks: 1, batch: 4, instances: 2, target_forward: false}
            """
        let document = try Document.overriding(Document.parse(text, file: "own.yaml"), with: overrides)
        return try Launch(
            Experiment(document, name: "own"), dataFolder: path, weightFolders: [], cacheFolder: path + "/cache",
            memoryFolder: path + "/memory", output: Nowhere()
        ).plan()
    }
}

@Suite struct `The data that a plan depends on` {
    private let folder: DataFolder

    init() throws {
        folder = try DataFolder()
    }

    /// What differs in words after a change, in the plan and so in its key.
    private func change(
        source: String = "folder", target: String = "folder", at place: String = "own", _ body: () throws -> Void
    ) throws -> [String] {
        let before = try folder.plan(source: source, target: target, at: place)
        try body()
        let after = try folder.plan(source: source, target: target, at: place)
        let differences = before.differences(from: after).map(\.description)
        #expect((before.key(of: before.stages[0]) == after.key(of: after.stages[0])) == differences.isEmpty)
        return differences
    }

    @Test(arguments: [
        ("b.jpg,2,1,train", "b.jpg,3,1,train", ["identities"]),
        ("r.jpg,4,2,query", "r.jpg,3,2,query", ["identities"]),
        ("g.jpg,3,2,gallery", "g.jpg,4,2,gallery", ["identities"]),
        ("d.jpg,2,2,train", "d.jpg,2,1,train", ["cameras"]),
        ("h.jpg,4,1,gallery", "h.jpg,4,2,gallery", ["cameras"]),
        ("h.jpg,4,1,gallery", "h.jpg,4,1,query", ["splits"]),
        ("b.jpg,2,1,train\nc.jpg,1,2,train", "c.jpg,1,2,train\nb.jpg,2,1,train", ["splits"]),
        ("b.jpg,2,1,train\n", "", ["cameras", "identities", "images", "splits"]),
    ])
    func `changes with a table's labels, and says which`(old: String, new: String, parts: [String]) throws {
        try folder.writeTable()
        let found = try change {
            try folder.write("own/images.csv", DataFolder.table.replacing(old, with: new))
        }
        #expect(found == parts.map { "data: the \($0) differ" })
    }

    @Test func `changes with what an image holds, if its size stays`() throws {
        try folder.writeTable()
        #expect(try change { try folder.write("own/d.jpg", "image D") } == ["data: the images differ"])
    }

    @Test func `does not change with the place, the table's other rows, or the time of a file`() throws {
        try folder.writeTable()
        try folder.write("own/x.jpg", "junk")
        #expect(
            try change {
                try folder.write("own/images.csv", DataFolder.table + "x.jpg,-1,1,gallery\n")
                try folder.write("own/d.jpg", "image d")
            } == [])
        let before = try folder.plan()
        try folder.move("own", to: "moved")
        #expect(try before.differences(from: folder.plan(at: "moved")) == [])
        #expect(try before.differences(from: folder.plan(at: "moved/images.csv")) == [])
    }

    @Test func `changes with names that say who is seen`() throws {
        for name in ["train/0001_c1_0", "train/0002_c2_0", "query/0003_c1_0", "gallery/0003_c2_0"] {
            try folder.write("own/\(name).jpg", name)
        }
        let found = try change { try folder.move("own/train/0002_c2_0.jpg", to: "own/train/0004_c2_0.jpg") }
        #expect(found.contains("data: the identities differ"))
    }

    @Test func `changes with a published list, of whose images the files stay as they are`() throws {
        let names = ["0003_c1s1_000001_01.jpg", "0003_c2s1_000001_01.jpg"]
        for person in 1...2 { try folder.write("all/personX/image_train/000\(person)_c1s1_1.jpg", "p") }
        try folder.write("all/target_training/image_train/a.jpg", "a")
        try folder.write("all/target_training/label_target_training.txt", "a.jpg 1\n")
        for (part, name) in zip(["query", "gallery"], names) {
            try folder.write("all/target_validation/image_\(part)/\(name)", name)
            try folder.write("all/index_validation_\(part).txt", "\(name) \(name.dropFirst(6).prefix(1)) 0003 0000\n")
        }
        #expect(
            try change(source: "personx", target: "visda-target", at: "all") {
                try folder.write("all/target_training/label_target_training.txt", "a.jpg 2\n")
            } == ["data: the cameras differ"])
    }

    /// Who runs with damaged images left out may have one that cannot even be opened.
    @Test func `needs every image to be read, unless bad ones are left out`() throws {
        try folder.writeTable()
        try FileManager.default.removeItem(atPath: folder.path + "/own/a.jpg")
        try FileManager.default.createDirectory(
            atPath: folder.path + "/own/a.jpg", withIntermediateDirectories: false)
        #expect(throws: DataError.unreadable(path: folder.path + "/own/a.jpg", reason: "it is not a file")) {
            try folder.plan()
        }
        _ = try folder.plan(["on_bad_image=skip"])
    }

    /// Two sites of one's own number their images alike.
    @Test func `tells source and target apart where each has a place of its own, wherever that is`() throws {
        for site in ["a", "b"] {
            for name in ["train/0001_c1_0", "train/0002_c2_0", "query/0003_c1_0", "gallery/0003_c2_0"] {
                try folder.write("\(site)/\(name).jpg", "\(site) \(name)")
            }
        }
        func plan(_ source: String, _ target: String) throws -> Plan {
            try folder.plan(source: "{path: \(folder.path)/\(source)}", target: "{path: \(folder.path)/\(target)}")
        }
        let before = try plan("a", "b")
        #expect(try before.differences(from: plan("a", "b")) == [])
        #expect(try before.differences(from: plan("b", "a")).map(\.description) == ["data: the images differ"])
        #expect(try before.differences(from: plan("a", "a")).map(\.description) == ["data: the images differ"])
        try folder.move("b", to: "c")
        #expect(try before.differences(from: plan("a", "c")) == [])
        try folder.write("c/train/0001_c1_0.jpg", "a train/0001_c1_0")
        #expect(try before.differences(from: plan("a", "c")).map(\.description) == ["data: the images differ"])
    }

    @Test func `of a drawn world is its parameters, and needs no image`() throws {
        let text = tinyData + "\nstages:\n  - pretrain: {name: direct, images: source, networks: 1}\n"
        let plan = try Launch(
            Experiment(Document.parse(text, file: "x.yaml"), name: "x"), dataFolder: folder.path, weightFolders: [],
            cacheFolder: folder.path, output: Nowhere()
        ).plan()
        #expect(plan.dataParts == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
}

@Suite struct `An experiment whose queries` {
    private let folder: DataFolder

    /// Two queries whose matches all are under their own camera.
    init() throws {
        folder = try DataFolder()
        try folder.writeTable()
        let table = DataFolder.table.replacing("3,1,query", with: "3,2,query").replacing("4,2,query", with: "4,1,query")
        try folder.write("own/images.csv", table)
    }

    @Test func `cannot be scored is refused before the first step, with the way out`() throws {
        let error = #expect(throws: ScoringError.self) { try folder.plan() }
        #expect(
            error?.description == """
                folder: none of 2 queries can be scored under 'market1501': all 2 matches share the query's camera. Another \
                protocol could: data.protocol=vehicleid (2 of them) in the experiment
                """)
    }

    @Test func `can be scored under the protocol that it chooses is keyed by it`() throws {
        let chosen = try folder.plan(["data.protocol=vehicleid"])
        #expect(
            chosen.stages[0].settings
                == .object([
                    "image": ["height": 256, "width": 128], "on_bad_image": "error", "protocol": "vehicleid",
                    "pretrain": try #require(pretrain(chosen)),
                ]))
        try folder.writeTable()
        #expect(try pretrain(folder.plan()) == pretrain(chosen))
        let (own, named) = (try folder.plan(), try folder.plan(["data.protocol=market1501"]))
        #expect(named == own)
        #expect(
            try folder.plan(["data.protocol=visda2020"]).key(of: folder.plan(["data.protocol=visda2020"]).stages[0])
                != own.key(of: own.stages[0]))
    }

    private func pretrain(_ plan: Plan) -> JSONValue? {
        guard case .object(let members) = plan.stages[0].settings else { return nil }
        return members["pretrain"]
    }

    @Test func `are of nobody in the gallery says so, and no way out`() throws {
        try folder.write(
            "own/images.csv",
            DataFolder.table.replacing("3,2,gallery", with: "5,2,gallery")
                .replacing("4,1,gallery", with: "6,1,gallery"))
        let error = #expect(throws: ScoringError.self) { try folder.plan() }
        #expect(
            error?.description
                == "folder: none of 2 queries can be scored under 'market1501': none has its identity in the gallery")
    }

    @Test func `are checked says what a run would say, as an error, or a warning where some are skipped`() throws {
        #expect(
            try Dataset.folder.find(in: folder.path + "/own").scoringFindings.map(\.description) == [
                """
                error: query, gallery: none of 2 queries can be scored under 'market1501': all 2 matches share the query's \
                camera; in an experiment, data.protocol=vehicleid (2 of them) could
                """
            ])
        try folder.write("own/images.csv", DataFolder.table.replacing("3,1,query", with: "3,2,query"))
        #expect(
            try Dataset.folder.find(in: folder.path + "/own").scoringFindings.map(\.description) == [
                "warning: query, gallery: 1 of 2 queries without a match under 'market1501', which skips them"
            ])
        try folder.writeTable()
        #expect(try Dataset.folder.find(in: folder.path + "/own").scoringFindings == [])
    }
}
