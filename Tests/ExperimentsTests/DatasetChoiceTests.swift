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
            "data.source: a drawn world has no 'market1501'; allowed: personx, or location: {folder: PATH}"
        ),
        (
            "data={target: msmt17, location: {synthetic: {}}}",
            "data.target: a drawn world has no 'msmt17'; allowed: visda-target, or location: {folder: PATH}"
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
        choice.source = SourceDataset(rawValue: "vehiclex")
        choice.target = try #require(TargetDataset(rawValue: "market1501"))
        let datasets = try Datasets(choice, root: root)
        #expect(datasets.source.map(\.path) == ["\(root)/VehicleX/image_train/0001_c006_1.jpg"])
        #expect(datasets.target.map(\.path) == ["\(root)/Market-1501/bounding_box_train/0002_c1s1_1.jpg"])
        #expect(datasets.query.map(\.identity.rawValue) == [1])
        #expect(datasets.gallery.map(\.camera.rawValue) == [2])
    }

    @Test func `must have the split that is asked for, in the layout that is there`() throws {
        let root = try written(["personX/image_train/0001_c1s1_1.jpg"])
        defer { try? FileManager.default.removeItem(atPath: root) }
        var choice = DataChoice()
        choice.target = try #require(TargetDataset(rawValue: "personx"))
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
