// SPDX-License-Identifier: MIT

import Layers
import Patterns
import Testing

@testable import Backbones
@testable import Tensor

@Suite struct `A folded network` {
    private func filled(_ backbone: Backbone, _ domains: NormalisationDomains) throws -> EmbeddingNetwork {
        let network = try EmbeddingNetwork(NetworkShape(backbone: backbone, domains: domains), random: nil)
        try Pattern.fill(network.store)
        return network
    }

    /// The largest difference of two tensors over the root mean square of the second.
    private func deviation(_ tensor: Tensor, _ wanted: Tensor) throws -> Double {
        let difference = try (tensor - wanted).absolute().reshaped([1, wanted.count]).maximum(along: 1).values.scalar()
        return Double(difference / (try wanted.squared().mean().squareRoot().scalar()))
    }

    /// Where branches differ by domain, so that folding another domain's statistics would show.
    @Test(arguments: Backbone.allCases)
    func `gives the values of the network's inference`(backbone: Backbone) throws {
        let network = try filled(backbone, .separate)
        let images = try Pattern.images([2, 3, 64, 32])
        var embeddings: [Tensor] = []
        for domain in Domain.allCases {
            let folded = try network.folded(Folding(domain: domain))(images)
            let wanted = try withoutGradients { try network(images, .inference(domain)) }
            #expect(try deviation(folded.pooled, wanted.pooled) < Tolerance.folded)
            #expect(try deviation(folded.embedding, wanted.embedding) < Tolerance.folded)
            #expect(!folded.embedding.requiresGradient)
            embeddings.append(folded.embedding)
        }
        #expect(try deviation(embeddings[0], embeddings[1]) > 0.05)
    }

    @Test func `keeps its values when the network goes on training`() throws {
        for backbone in [Backbone.resnet18, .densenet121IBNa] {
            let network = try filled(backbone, .shared)
            let images = try Pattern.images([2, 3, 64, 32])
            let folded = try network.folded(Folding(domain: .target))
            let before = try folded(images).embedding.floats()
            try network(images, .training).embedding.sum().backward()
            try Adam(network.store.trained).step(AdamStep(rate: 0.1))
            #expect(try folded(images).embedding.floats() == before)
            #expect(try network.folded(Folding(domain: .target))(images).embedding.floats() != before)
        }
    }

    @Test func `carries the head that the network has`() throws {
        let network = try EmbeddingNetwork(
            NetworkShape(backbone: .resnet18, pooling: .average, embedding: 16), random: nil)
        try Pattern.fill(network.store)
        let images = try Pattern.images([2, 3, 64, 32])
        let folded = try network.folded(Folding(domain: .source))(images)
        let wanted = try withoutGradients { try network(images, .inference(.source)) }
        #expect(folded.embedding.shape == [2, 16])
        #expect(try deviation(folded.embedding, wanted.embedding) < Tolerance.folded)
    }

    /// bfloat16 rounds every element by up to 2⁻⁸, by 0.0016 as a root mean square, and each of L layers rounds weights
    /// and maps: independent roundings turn an embedding by δ = 0.0016·√(2L), and its cosine is 1 − δ²/2 =
    /// 1 − L·0.0016². Sums over channels average most of that out.
    ///
    /// Sizes are images, rows and columns. Dense networks halve maps by averages, which 32×16 leaves none of.
    @Test(arguments: [[2, 64, 32], [20, 64, 32], [3, 32, 32], [20, 32, 16], [1, 16, 16]], Backbone.allCases)
    func `in bfloat16 keeps the directions of embeddings`(sizes: [Int], backbone: Backbone) throws {
        if sizes[2] < 32, [.densenet121IBNa, .densenet169IBNa].contains(backbone) { return }
        let network = try filled(backbone, .shared)
        let images = try Pattern.images([sizes[0], 3, sizes[1], sizes[2]])
        let folded = try network.folded(Folding(domain: .target, precision: .bfloat16))(images)
        #expect(folded.embedding.elementType == .float32)
        let wanted = try withoutGradients { try network(images, .inference(.target)) }
        let products = try folded.embedding.normalisedRows() * wanted.embedding.normalisedRows()
        let cosines = try products.sum(along: 1).floats()
        let layers = network.store.trained.count { $0.tensor.shape.count == 4 }
        let least = 1 - Float(layers) * 0.0016 * 0.0016
        #expect(cosines.allSatisfy { $0 > least }, "\(backbone.rawValue), \(sizes): \(cosines)")
        #expect(try deviation(folded.embedding, wanted.embedding) > 0)
    }
}
