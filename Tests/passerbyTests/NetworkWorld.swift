// SPDX-License-Identifier: MIT

import Backbones
import Data
import Experiments
import Foundation
import Layers
import Randomness
import Tensor
import Testing
import Training

@testable import passerby

/// A small drawn world, and a network's weights in both formats, removed with the test.
final class NetworkWorld {
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
        let network = try EmbeddingNetwork(NetworkShape(backbone: .resnet18), random: RandomKey(seed: 1))
        try WeightFile.write(network.store.state, facts: ["backbone": "resnet18"], to: weights)
    }

    /// The same weights, said to be trained at a size.
    func sized(height: Int, width: Int) throws -> String {
        let file = path + "/sized.safetensors"
        var facts = try NetworkFacts(WeightFile(readingFrom: weights))
        (facts.image, facts.colours) = (.init(height: height, width: width), .imageNet)
        try WeightFile.write(WeightFile(readingFrom: weights).tensors, facts: facts.text, to: file)
        return file
    }

    /// The same weights with one value of a tensor replaced.
    func poisoned(_ name: String, with value: Float) throws -> String {
        let file = path + "/poisoned.safetensors"
        var tensors = try WeightFile(readingFrom: weights).tensors
        let tensor = try #require(tensors[name])
        var values = try tensor.floats()
        values[min(3, values.count - 1)] = value
        tensors[name] = try Tensor(values, shape: tensor.shape)
        try WeightFile.write(tensors, to: file)
        return file
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// What a command fails with; nothing where it does not.
func failure(_ body: () throws -> Void) -> Failure? {
    do {
        try body()
        return nil
    } catch {
        return Failure(error)
    }
}
