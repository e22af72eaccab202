// SPDX-License-Identifier: MIT

import Layers
import Patterns
import Testing

@testable import Backbones
@testable import Tensor

@Suite struct `The shape of a network` {
    @Test func `is what the network was made of, and tells the length of embeddings`() throws {
        for shape in [
            NetworkShape(backbone: .resnet18),
            NetworkShape(backbone: .resnet18, pooling: .average, embedding: 16, domains: .separate, imagesPerNormGroup: 4),
        ] {
            let network = try EmbeddingNetwork(shape, random: nil)
            #expect(network.shape == shape)
            #expect(network.backbone == .resnet18 && network.dimension == shape.dimension)
            #expect(network.store.state["feat_bn.weight"]?.shape == (shape.embedding == nil ? [512] : nil))
            #expect(network.store.state["feat_bn.BN_T.weight"]?.shape == (shape.embedding == nil ? nil : [16]))
        }
        #expect(NetworkShape(backbone: .resnet50).dimension == 2048)
        #expect(NetworkShape(backbone: .resnet50, embedding: 256).dimension == 256)
    }

    @Test func `has by default GeM, no embedding layer, and one normalisation of the whole batch`() {
        #expect(
            NetworkShape(backbone: .resnet50)
                == NetworkShape(
                    backbone: .resnet50, pooling: .generalisedMean, embedding: nil, domains: .shared, imagesPerNormGroup: nil
                ))
    }

    /// In double precision, so that only an order of sums comes between the two. Of each family one.
    @Test(arguments: [Backbone.resnet18, .resnet50IBNa, .densenet121IBNa, .resnest50])
    func `with groups makes every normalisation treat a group as a batch of its own`(backbone: Backbone) throws {
        func network(_ size: Int?) throws -> EmbeddingNetwork {
            let single = try EmbeddingNetwork(NetworkShape(backbone: backbone, embedding: 8), random: nil)
            try Pattern.fill(single.store)
            let shape = NetworkShape(backbone: backbone, embedding: 8, imagesPerNormGroup: size)
            let network = try EmbeddingNetwork(shape, random: nil, elementType: .float64)
            try network.store.load(single.store.state)
            return network
        }
        let images = try Pattern.images([6, 3, 64, 32]).converted(to: .float64).channelsLast()
        let grouped = try network(3)
        let whole = try grouped(images, .training)
        for group in [0..<3, 3..<6] {
            let alone = try network(nil)
            let output = try alone(images.slice(group), .training)
            try expectSame(whole.pooled.slice(group), output.pooled, "pooled \(group)")
            try expectSame(whole.embedding.slice(group), output.embedding, "embedding \(group)")
            guard group.lowerBound == 0 else { continue }
            for entry in alone.store.entries where entry.role == .statistic && entry.tensor.elementType == .float64 {
                try expectSame(#require(grouped.store.state[entry.key]), entry.tensor, entry.key)
            }
        }
    }

    private func expectSame(_ found: Tensor, _ wanted: Tensor, _ name: String) throws {
        let (found, wanted) = (try found.doubles(), try wanted.doubles())
        let scale = wanted.map(abs).max() ?? 0
        #expect(found.count == wanted.count)
        #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-9 * scale }, "\(name)")
    }
}
