// SPDX-License-Identifier: MIT

import ArgumentParser
import Backbones
import Data
import Experiments
import Foundation
import Layers
import Pipeline
import Randomness
import Retrieval
import Tensor
import Testing

@testable import passerby

/// A small drawn world, and a network's weights in both formats, removed with the test.
private final class World {
    let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
    var weights: String { path + "/weights.safetensors" }
    let size = ["--height", "32", "--width", "16", "--workers", "0"]

    init() throws {
        let target = SyntheticWorld.Target(
            trainingIdentities: 2, minimumImagesPerIdentity: 1, maximumImagesPerIdentity: 2, singletons: 0,
            validationIdentities: 4, queriesPerIdentity: 1, galleryPerIdentity: 2, distractors: 2, cameras: 3)
        try SyntheticWorld(
            source: .init(identities: 2, imagesPerIdentity: 2, cameras: 2), target: target, width: 16, height: 32,
            seed: 3
        ).write(to: path)
        let network = try EmbeddingNetwork(.resnet18, domains: .shared, random: RandomKey(seed: 1))
        try WeightFile.write(network.store.state, facts: ["backbone": "resnet18"], to: weights)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func failure(_ body: () throws -> Void) -> Failure? {
    do {
        try body()
        return nil
    } catch {
        return Failure(error)
    }
}

@Suite struct `passerby evaluate` {
    @Test func `gives the numbers that metrics gives for the features of extract`() throws {
        let world = try World()
        let rows = try Evaluate.parse(
            ["--weights", world.weights, "--data", "visda-target", "--root", world.path, "--flip"] + world.size
        ).rows()
        #expect(rows.map(\.name) == ["as trained", "+ flip"])
        for (row, flip) in zip(rows, [[], ["--flip"]]) {
            let features = world.path + "/features.safetensors"
            try Extract.parse(
                ["--weights", world.weights, "--data", "visda-target", "--root", world.path, "--out", features]
                    + world.size + flip
            ).run()
            let metrics = try Metrics.parse(["--features", features, "--protocol", "visda2020"]).metrics()
            #expect(row.mAP == metrics.mAP && row.top1 == metrics.top1)
            #expect(row.rankingProtocol == "visda2020")
        }
    }

    @Test func `takes another file's camera network, and re-ranks`() throws {
        let world = try World()
        let rows = try Evaluate.parse(
            ["--weights", world.weights, "--data", "visda-target", "--root", world.path, "--camera", world.weights,
             "--rerank", "k1=4,k2=2"] + world.size
        ).rows()
        #expect(rows.map(\.name) == ["as trained", "+ camera", "+ re-ranking"])
    }
}

@Suite struct `passerby extract` {
    @Test func `writes a folder's features with the images' names, in bf16 close to fp32`() throws {
        let world = try World()
        let folder = world.path + "/target_validation/image_query"
        let features = world.path + "/features.safetensors"
        var found: [[Float]] = []
        for precision in ["fp32", "bf16"] {
            try Extract.parse(
                ["--weights", world.weights, "--images", folder, "--out", features, "--precision", precision]
                    + world.size
            ).run()
            let file = try Safetensors(readingFrom: features)
            found.append(try #require(file.tensors["features"]).floats())
            let names = try JSONDecoder().decode([String].self, from: Foundation.Data(try #require(file.metadata["names"]).utf8))
            #expect(names == (try FileManager.default.contentsOfDirectory(atPath: folder)).sorted())
        }
        for row in stride(from: 0, to: found[0].count, by: 512) {
            let cosine = (row..<row + 512).reduce(0) { $0 + found[0][$1] * found[1][$1] }
            #expect(cosine > 0.995)
        }
    }
}

@Suite struct `passerby weights` {
    @Test func `convert goes to the authors' file and back without a change`() throws {
        let world = try World()
        let (theirs, back) = (world.path + "/model_best.pth.tar", world.path + "/back.safetensors")
        try ConvertWeights.parse([world.weights, theirs, "--names", "authors"]).run()
        let stored = try WeightFile(readingFrom: theirs)
        #expect(stored.tensors["base.4.0.conv1.weight"]?.shape == [64, 64, 3, 3])
        #expect(stored.facts == ["backbone": "resnet18"])
        try ConvertWeights.parse([theirs, back]).run()
        let (first, second) = (try WeightFile(readingFrom: world.weights), try WeightFile(readingFrom: back))
        #expect(Set(first.tensors.keys) == Set(second.tensors.keys))
        for (key, tensor) in first.tensors where tensor.elementType == .float32 {
            #expect(try tensor.floats() == second.tensors[key]?.floats(), "\(key)")
        }
    }

    @Test func `verify lists what a backbone lacks, with code 65`() throws {
        let world = try World()
        #expect(failure { try VerifyWeights.parse([world.weights]).run() } == nil)
        let found = failure { try VerifyWeights.parse([world.weights, "--backbone", "resnet34"]).run() }
        #expect(found?.code == 65)
        #expect(found?.message.contains("layer1.2.bn1.bias") == true)
    }

    @Test func `verify compares the digest that a published name promises`() throws {
        let world = try World()
        let path = world.path + "/resnet18-5c106cde.pth"
        try ConvertWeights.parse([world.weights, path]).run()
        let found = failure { try VerifyWeights.parse([path, "--backbone", "resnet18"]).run() }
        #expect(found?.message.contains("not with 5c106cde as its name promises") == true)
    }
}
