// SPDX-License-Identifier: MIT

import Configuration
import Data
import Foundation
import Pipeline
import Reporting
import Testing

@testable import Experiments

/// Two people, five images of one and four of the other, in names that nothing decodes.
private final class Site {
    let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"

    /// - Parameter cameras: Of the training images; each query's match is under another camera.
    init(cameras: Int) throws {
        for number in 0..<9 { try write("train/000\(number % 2 + 1)_c\(number % cameras + 1)_\(number).jpg") }
        for name in ["query/0003_c1_0.jpg", "gallery/0003_c2_0.jpg"] { try write(name) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func write(_ name: String) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Foundation.Data(name.utf8).write(to: file)
    }

    /// After a pre-training on this site for itself.
    func plan(_ stage: String) throws -> Plan {
        let text = """
            data: {source: {path: \(path)}, target: {path: \(path)}}
            backbone: resnet18
            stages:
              - pretrain: {name: direct, images: source, networks: 2, batch: 8}
              - \(stage)
            """
        return try Launch(
            Experiment(Document.parse(text, file: "x.yaml"), name: "x"), dataFolder: path, weightFolders: [],
            cacheFolder: path + "/cache", output: Nowhere()
        ).plan()
    }
}

@Suite struct `Data on which a stage cannot run` {
    /// As many clusters as images, and no more; two identities of four images each; all images once.
    @Test(arguments: [
        ("adapt: {method: mmt, clusters: 10, batch: 16}", "adapt.clusters", "make no 10 clusters; allowed: up to 9"),
        (
            "adapt: {method: clustering-baseline, clustering: kmeans, clusters: 10, batch: 16}", "adapt.clusters",
            "make no 10 clusters; allowed: up to 9"
        ),
        ("translate: {method: cyclegan, batch: 10}", "translate.batch", "fill no batch of 10; allowed: up to 9"),
        ("translate: {method: spgan, batch: 10}", "translate.batch", "fill no batch of 10; allowed: up to 9"),
        (
            "postprocess: {camera: {batch: 10}}", "postprocess.camera.batch", "fill no batch of 10; allowed: up to 9"
        ),
        (
            "pretrain: {images: source, batch: 10, instances: 5}", "pretrain.batch",
            "fill no batch of 10; allowed: up to 9"
        ),
    ])
    func `is refused before any runs, with the place, what was found and what is allowed`(
        stage: String, key: String, reason: String
    ) throws {
        let error = #expect(throws: UnfitDataError.self) { try Site(cameras: 2).plan(stage) }
        let domain = stage.hasPrefix("translate") ? "source" : "target"
        #expect(error?.description == "\(key): 9 training images of the \(domain) \(reason)")
        #expect(error?.exitKind == .badData)
    }

    @Test(arguments: [
        "pretrain: {images: source, batch: 12, target_forward: false}", "adapt: {method: mmt+, batch: 12}",
        "adapt: {method: spcl, batch: 12, images_per_norm_group: 4}", "translate: {method: sda, batch: 12}",
    ])
    func `has too few identities for a batch that is made of them`(stage: String) throws {
        let error = #expect(throws: UnfitDataError.self) { try Site(cameras: 2).plan(stage) }
        let name = stage.prefix { $0 != ":" }
        #expect(
            error?.description
                == "\(name).batch: 2 identities of the source with 4 images each fill no batch of 12; allowed: up to 8")
    }

    /// Its loss would be 0 from the first step on, and its weights would only decay.
    @Test func `has one camera, where a network is to tell them apart`() throws {
        let stage = "postprocess: {camera: {batch: 4}}"
        let error = #expect(throws: UnfitDataError.self) { try Site(cameras: 1).plan(stage) }
        #expect(
            error?.description
                == "postprocess.camera: one camera took all training images of the target, and a network learns to tell cameras "
                + "apart; allowed: camera: false")
        _ = try Site(cameras: 2).plan(stage)
        _ = try Site(cameras: 1).plan("postprocess: {camera: false}")
    }

    /// What is allowed runs: the largest of each.
    @Test(arguments: [
        "adapt: {method: clustering-baseline, clustering: kmeans, clusters: 9, batch: 36}",
        "translate: {method: cyclegan, batch: 9}", "pretrain: {images: source, batch: 8}",
        "adapt: {method: mmt+, batch: 8, images_per_norm_group: 8}",
    ])
    func `is not what is just enough`(stage: String) throws { _ = try Site(cameras: 2).plan(stage) }
}
