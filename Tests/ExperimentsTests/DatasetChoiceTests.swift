// SPDX-License-Identifier: MIT

import Configuration
import Data
import Foundation
import Pipeline
import Retrieval
import Testing
import Vocabulary

@testable import Experiments

/// An experiment on datasets that lie in a folder.
private let onFolder = """
    data: {location: {folder: /somewhere}}
    backbone: resnet18
    stages:
      - pretrain: {name: direct, images: source, networks: 2}
      - adapt: {from: direct}
      - postprocess:
    """

private func report(_ overrides: [String]) -> String? {
    do {
        let document = try Document.overriding(Document.parse(onFolder, file: "x.yaml"), with: overrides)
        _ = try Experiment(document, name: "x")
        return nil
    } catch {
        return "\(error)"
    }
}

@Suite struct `A choice of datasets` {
    @Test(arguments: Dataset.allCases)
    func `takes every dataset that has what is needed`(dataset: Dataset) {
        let definition = dataset.definition
        #expect((report(["data.source=\(dataset.rawValue)"]) == nil) == definition.canBeSource)
        #expect(
            (report(["data.target=\(dataset.rawValue)", "postprocess.camera=false"]) == nil) == definition.canBeTarget)
    }

    @Test(arguments: [
        (
            "data.source=visda-target",
            "data.source: found 'visda-target'; allowed: market1501, msmt17, personx, personx-sda, personx-spgan, "
                + "vehicleid, veri, vehiclex, folder"
        ),
        (
            "data.target=vehiclex",
            "data.target: found 'vehiclex'; allowed: market1501, msmt17, personx, visda-target, vehicleid, veri, folder"
        ),
        ("data.target=market1510", "(did you mean 'market1501'?)"),
        (
            "data.target=vehicleid",
            "postprocess.camera: 'vehicleid' does not say which camera took an image; allowed: camera: false"
        ),
        (
            "data.protocol=market",
            "data.protocol: found 'market'; allowed: market1501, visda2020, visda2020-textbook, vehicleid"
        ),
        (
            "data={target: vehicleid, protocol: market1501, location: {folder: /somewhere}}",
            "data.protocol: 'vehicleid' does not say which camera took an image, so 'market1501' cannot score it; allowed: "
                + "vehicleid"
        ),
    ])
    func `says what is allowed, and never suggests a withdrawn dataset`(override: String, expected: String) throws {
        let text = try #require(report([override]))
        #expect(text.contains(expected), "\(text)")
        #expect(!text.contains("dukemtmc"), "\(text)")
    }

    @Test(arguments: [
        (
            "data={source: market1501, location: {synthetic: {}}}",
            "data.source: a drawn world has no 'market1501'; allowed: personx, {kind: market1501, path: PATH}, or location: "
                + "{folder: PATH}"
        ),
        (
            "data={target: msmt17, location: {synthetic: {}}}",
            "data.target: a drawn world has no 'msmt17'; allowed: visda-target, {kind: msmt17, path: PATH}, or location: "
                + "{folder: PATH}"
        ),
        (
            "data={target: {kind: folder, path: mine}, location: {synthetic: {}}}",
            "data.target: a path goes with none for a drawn world; allowed: a path for source and target both, or for neither"
        ),
        (
            "data={source: {path: mine}, location: {synthetic: {}}}",
            "data.source: a path goes with none for a drawn world; allowed: a path for source and target both, or for neither"
        ),
    ])
    func `has what a drawn world has`(override: String, expected: String) throws {
        let text = try #require(report([override]))
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `keeps the protocol that it was given in its own document, and no other`() throws {
        for (given, written) in [([], nil), (["data.protocol=vehicleid"], "vehicleid")] as [([String], String?)] {
            let document = try Document.overriding(Document.parse(onFolder, file: "x.yaml"), with: given)
            let experiment = try Experiment(document, name: "x")
            #expect(experiment.document["data"]?["protocol"].map { JSONValue($0) } == written.map { .string($0) })
            let again = try Experiment(experiment.document, name: "x")
            #expect(again.document.yamlText == experiment.document.yamlText)
        }
    }

    @Test func `is scored as the target's published numbers were`() throws {
        let protocols = Dataset.allCases.compactMap { dataset in
            TargetDataset(rawValue: dataset.rawValue).map { "\(dataset.rawValue) \($0.dataset.rankingProtocol.rawValue)" }
        }
        #expect(
            protocols == [
                "market1501 market1501", "msmt17 market1501", "personx market1501", "visda-target visda2020",
                "dukemtmc market1501", "vehicleid vehicleid", "veri market1501", "folder market1501",
            ])
    }
}

@Suite struct `A dataset with a place of its own` {
    private func data(_ text: String, file: String = "x.yaml") throws -> DataChoice {
        let rest = "\nbackbone: resnet18\nstages: [{adapt: {method: spcl}}]"
        return try Experiment(Document.parse(text + rest, file: file), name: "x").settings.data
    }

    @Test func `is a kind and a path, own images where no kind is said`() throws {
        let choice = try data("data: {source: {kind: market1501, path: /disk/market}, target: {path: /disk/shop}}")
        #expect(choice.source == DatasetPlace(SourceDataset(rawValue: "market1501")!, path: "/disk/market"))
        #expect(choice.target == DatasetPlace(.folder, path: "/disk/shop"))
        #expect(choice.rankingProtocol == .market1501)
        #expect(
            choice.node.flowText
                == #"{source: {kind: market1501, path: "/disk/market"}, target: {kind: folder, path: "/disk/shop"}}"#)
    }

    @Test func `leaves the location to the other, and has no say in it where both have one`() throws {
        let one = try data("data: {source: {path: /disk/shop}, target: market1501, location: {folder: /disk}}")
        #expect(one.location == .folder("/disk"))
        #expect(one.node["location"]?.flowText == #"{folder: "/disk"}"#)
        // What an experiment was extended from may have drawn a world.
        let both = try data("data: {source: {path: /a}, target: {path: /b}, location: {synthetic: {}}}")
        #expect(both.drawnWorld == nil)
        #expect(both.node["location"] == nil)
        #expect(try data("data: {source: none, target: {path: /b}, location: {synthetic: {}}}").drawnWorld == nil)
        #expect(try data("data: {location: {synthetic: {}}}").drawnWorld != nil)
    }

    @Test(arguments: [
        ("x.yaml", "../shop", "../shop"), ("own/x.yaml", "shop", "own/shop"), ("own/x.yaml", "./shop", "own/shop"),
        ("own/x.yaml", ".", "own"), ("/disk/own/x.yaml", "../shop", "/disk/own/../shop"), ("own/x.yaml", "/shop", "/shop"),
    ])
    func `has a path that begins in the folder of the file`(file: String, path: String, expected: String) throws {
        #expect(try data("data: {target: {path: \(path)}}", file: file).target.path == expected)
        #expect(try data("data: {location: {folder: \(path)}}", file: file).location == .folder(expected))
    }

    @Test func `has a path that begins where the program was started, if it was typed`() throws {
        let document = try Document.parse(onFolder, file: "own/x.yaml")
        let typed = try Document.overriding(document, with: ["data.target={path: shop}"])
        #expect(try Experiment(typed, name: "x").settings.data.target.path == "shop")
        let written = try Document.parse(onFolder + "\noverride: {data.target: {path: shop}}", file: "own/x.yaml")
        let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try written.yamlText.write(toFile: folder + "/x.yaml", atomically: true, encoding: .utf8)
        let experiment = try Experiment(path: folder + "/x.yaml", name: "x", overrides: [])
        #expect(experiment.settings.data.target.path == folder + "/shop")
    }

    @Test(arguments: [
        ("{kind: market, path: x}", "data.target.kind: found 'market'; allowed: market1501"),
        ("{knd: market1501}", "data.target.knd: unknown key 'knd'; allowed: kind, path (did you mean 'kind'?)"),
        ("{path: 3}", "data.target.path: found 3; allowed: text that is not empty"),
        ("[market1501]", "data.target: found a sequence; allowed: one of market1501"),
    ])
    func `says what is wrong with it`(written: String, expected: String) throws {
        let text = try #require(report(["data.target=\(written)"]))
        #expect(text.contains(expected), "\(text)")
    }

    /// `data` is what shipped experiments say.
    @Test func `named data is beside the file where there is one, and else beside the program`() throws {
        let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let choice = try data("data: {location: {folder: data}}", file: folder + "/x.yaml")
        #expect(try choice.root(in: "/program/data") == "/program/data")
        #expect(try choice.lasting(in: "/program/data").location == .data(besideFile: nil))
        try FileManager.default.createDirectory(atPath: folder + "/data", withIntermediateDirectories: false)
        #expect(try choice.root(in: "/program/data") == folder + "/data")
        #expect(try choice.lasting(in: "/program/data").location == .folder(folder + "/data"))
        #expect(choice.node.flowText == "{source: personx, target: visda-target, location: {folder: data}}")
        // Where nothing is said it is the program's.
        let silent = try data("data: {}", file: folder + "/x.yaml")
        #expect(try silent.root(in: "/program/data") == "/program/data")
    }
}

@Suite struct `The datasets of an experiment` {
    private func written(_ names: [String]) throws -> String {
        let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
        for name in names {
            let file = URL(fileURLWithPath: "\(folder)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Foundation.Data().write(to: file)
        }
        return folder
    }

    @Test func `are found under their published names`() throws {
        let root = try written([
            "Market-1501/bounding_box_train/0002_c1s1_1.jpg", "Market-1501/query/0001_c2s1_1.jpg",
            "Market-1501/bounding_box_test/0001_c3s1_1.jpg", "VehicleX/image_train/0001_c006_1.jpg",
        ])
        defer { try? FileManager.default.removeItem(atPath: root) }
        var choice = DataChoice()
        choice.source = SourceDataset(rawValue: "vehiclex").map { DatasetPlace($0) }
        choice.target = DatasetPlace(try #require(TargetDataset(rawValue: "market1501")))
        let datasets = try Datasets(choice, root: root)
        #expect(datasets.source.map(\.path) == ["\(root)/VehicleX/image_train/0001_c006_1.jpg"])
        #expect(datasets.target.map(\.path) == ["\(root)/Market-1501/bounding_box_train/0002_c1s1_1.jpg"])
        #expect(datasets.query.map(\.identity.rawValue) == [1])
        #expect(datasets.gallery.map(\.camera.rawValue) == [2])
    }

    /// Person 8 is in all splits, person 7 in none of the test.
    @Test func `are remarked on where people are trained on and tested`() throws {
        let root = try written([
            "train/0007_c1_1.jpg", "train/0008_c3_1.jpg", "query/0008_c1_1.jpg", "query/0009_c1_1.jpg",
            "gallery/0008_c2_1.jpg", "gallery/0009_c2_1.jpg",
        ])
        defer { try? FileManager.default.removeItem(atPath: root) }
        var choice = DataChoice()
        (choice.source, choice.target) = (nil, DatasetPlace(.folder, path: root))
        #expect(
            try Datasets(choice, root: "/nowhere").remarks == [
                "data.target: 1 identity is trained on and tested: 8: scores of people whom training has seen say little"
            ])
    }

    /// A typing error makes supervised learning of adaptation, and half an archive a number to be compared with nothing.
    @Test func `are remarked on where source and target are one, or less than was published`() throws {
        let root = try written([
            "Market-1501/bounding_box_train/0002_c1s1_1.jpg", "Market-1501/query/0001_c2s1_1.jpg",
            "Market-1501/bounding_box_test/0001_c3s1_1.jpg",
        ])
        defer { try? FileManager.default.removeItem(atPath: root) }
        var choice = DataChoice()
        choice.source = DatasetPlace(try #require(SourceDataset(rawValue: "market1501")))
        choice.target = DatasetPlace(try #require(TargetDataset(rawValue: "market1501")))
        let end = " images that were published: results are not comparable; 'passerby data check' says more"
        #expect(
            try Datasets(choice, root: root).remarks == [
                "data.target: the same images as data.source: what is learnt there are the target's own labels",
                "data.source: market1501 train: 1 of 12936\(end)", "data.target: market1501 train: 1 of 12936\(end)",
                "data.target: market1501 query: 1 of 3368\(end)", "data.target: market1501 gallery: 1 of 15913\(end)",
            ])
    }

    @Test func `are found each in its own place, one by a name that its folder holds`() throws {
        let root = try written([
            "shop/train/0007_c1_1.jpg", "shop/query/0008_c1_1.jpg", "shop/gallery/0008_c2_1.jpg",
            "disk/Market-1501/bounding_box_train/0002_c1s1_1.jpg", "disk/Market-1501/query/0001_c2s1_1.jpg",
            "disk/Market-1501/bounding_box_test/0001_c3s1_1.jpg",
        ])
        defer { try? FileManager.default.removeItem(atPath: root) }
        var choice = DataChoice()
        choice.source = DatasetPlace(try #require(SourceDataset(rawValue: "market1501")), path: root + "/disk")
        choice.target = DatasetPlace(.folder, path: root + "/shop")
        let datasets = try Datasets(choice, root: "/nowhere")
        #expect(datasets.source.map(\.path) == ["\(root)/disk/Market-1501/bounding_box_train/0002_c1s1_1.jpg"])
        #expect(datasets.target.map(\.path) == ["\(root)/shop/train/0007_c1_1.jpg"])
        #expect((datasets.query + datasets.gallery).map(\.identity.rawValue) == [8, 8])
    }

    @Test func `must have the split that is asked for, in the layout that is there`() throws {
        let root = try written(["personX/image_train/0001_c1s1_1.jpg"])
        defer { try? FileManager.default.removeItem(atPath: root) }
        var choice = DataChoice()
        choice.target = DatasetPlace(try #require(TargetDataset(rawValue: "personx")))
        let error = #expect(throws: DataError.self) { try Datasets(choice, root: root) }
        #expect(error?.description.hasPrefix("no PersonX, query found. Looked for:\n  '\(root)/personX/query'") == true)
    }

    @Test func `keep whom they show when they are translated`() {
        let source = [("a/0003_c2.jpg", 3, 1), ("b/x.png", 7, 0)].map { path, identity, camera in
            LabelledImage(path: path, identity: .init(rawValue: identity), camera: .init(rawValue: camera))
        }
        let folder = "/run/translated"
        #expect(
            TranslatedImages(folder: folder).images(of: source, skipsMissing: false) == [
                LabelledImage(
                    path: "\(folder)/image_train/0003_c2.jpg", identity: .init(rawValue: 3),
                    camera: .init(rawValue: 1)),
                LabelledImage(
                    path: "\(folder)/image_train/x.png", identity: .init(rawValue: 7), camera: .init(rawValue: 0)),
            ])
    }

    @Test func `are left out where they were not translated, if bad ones are skipped`() throws {
        let root = try written(["image_train/b.jpg"])
        defer { try? FileManager.default.removeItem(atPath: root) }
        let source = ["a", "b"].map {
            LabelledImage(path: "/data/\($0).jpg", identity: .init(rawValue: 1), camera: .init(rawValue: 0))
        }
        let found = TranslatedImages(folder: root).images(of: source, skipsMissing: true)
        #expect(found.map(\.path) == ["\(root)/image_train/b.jpg"])
    }
}
