// SPDX-License-Identifier: MIT

import Foundation
import Layers
import Patterns
import Randomness
import Tensor
import Testing

@testable import Backbones

/// A pass of a small network over eight images, forward and backward from features before the neck, whose subtraction of
/// means over a few nearly equal images would show little but roundings.
private struct Pass {
    let pooled: Tensor
    let embedding: Tensor
    let gradients: [Tensor]
    let store: ParameterStore

    init(_ precision: TrainingPrecision) throws {
        let network = try EmbeddingNetwork(
            NetworkShape(backbone: .resnet18), random: RandomKey(seed: 3), precision: precision)
        let images = try Pattern.tensor("images", shape: [8, 3, 64, 32])
        let output = try network(images.channelsLast(), .training)
        try (output.pooled * Pattern.tensor("weights", shape: output.pooled.shape)).sum().backward()
        pooled = try output.pooled.detached()
        embedding = try output.embedding.detached()
        store = network.store
        gradients = try store.trained.compactMap { try $0.tensor.gradient() }
    }
}

/// One minus the cosine of two tensors as vectors.
private func turn(_ left: Tensor, _ right: Tensor) throws -> Double {
    let (a, b) = (try left.doubles(), try right.doubles())
    let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    let lengths = [a, b].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return 1 - product / (lengths[0] * lengths[1])
}

@Suite struct `Training in bfloat16` {
    /// δ = 0.0016·√(2·18), see ``PrecisionAgreement``: what 18 layers that round weights and maps turn a feature by.
    private static let turned = 0.0016 * 36.0.squareRoot()

    /// Features: a cosine of 1 − δ²/2, and ten times that, as normalisation by a few images' statistics makes errors larger.
    /// Gradients: maps near 0 fall on the other side of ReLU, so that they turn by more, and still point where they should.
    @Test func `is near training in single precision, is another, and keeps all but factors in single precision`() throws {
        let (exact, rounded) = (try Pass(.fp32), try Pass(.bf16))
        let feature = try turn(exact.pooled, rounded.pooled)
        #expect(feature > 0 && feature < 5 * Self.turned * Self.turned, "\(feature)")
        let gradients = try zip(exact.gradients, rounded.gradients).map { try turn($0, $1) }
        #expect(gradients.allSatisfy { $0 < Self.largestGradientTurn }, "\(gradients)")

        #expect(rounded.embedding.elementType == .float32)
        #expect(rounded.gradients.allSatisfy { $0.elementType == .float32 })
        #expect(rounded.gradients.count == exact.gradients.count && !exact.gradients.isEmpty)
        #expect(rounded.store.entries.allSatisfy { $0.tensor.elementType != .bfloat16 })
        // Nothing of it is left behind on the thread.
        let factor = try Tensor([1 + 1.0 / 4096], shape: [1, 1])
        #expect(try factor.matmul(Tensor([1], shape: [1, 1])).floats() == [1 + 1.0 / 4096])
    }

    @Test func `is the translation networks' too, but for images that are kept`() throws {
        let images = try Pattern.images([2, 3, 32, 32]).channelsLast()
        let generators = try [TrainingPrecision.fp32, .bf16].map {
            try TranslationGenerator(channels: 8, blockCount: 2, random: RandomKey(seed: 1), precision: $0)
        }
        try expectRounded(generators[1](images), of: generators[0](images), withinTurn: 1e-3)
        #expect(try generators[1].translated(images).floats() == generators[0](images).floats())
        let judges = try [TrainingPrecision.fp32, .bf16].map {
            try PatchDiscriminator(channels: 8, random: RandomKey(seed: 1), precision: $0)
        }
        try expectRounded(judges[1](images), of: judges[0](images), withinTurn: 1e-3)
    }

    @Test func `is that of a pass within a step of another network`() throws {
        let networks = try [TrainingPrecision.fp32, .bf16].map {
            try EmbeddingNetwork(NetworkShape(backbone: .resnet18), random: RandomKey(seed: 3), precision: $0)
        }
        let images = try Pattern.tensor("images", shape: [8, 3, 64, 32]).channelsLast()
        let wanted = try networks[0](images, .inference(.target)).pooled
        try expectRounded(
            networks[1].withinStep(images, .inference(.target)).pooled, of: wanted,
            withinTurn: 5 * Self.turned * Self.turned)
        #expect(try networks[1](images, .inference(.target)).pooled.floats() == wanted.floats())
    }

    private func expectRounded(_ found: Tensor, of wanted: Tensor, withinTurn largest: Double) throws {
        let turned = try turn(found.detached(), wanted.detached())
        #expect(turned > 0 && turned < largest, "\(turned)")
        #expect(found.elementType == .float32)
    }

    /// A right angle has 1; a hundred parameters' gradients drawn apart would be near it.
    private static let largestGradientTurn = 0.25
}
