// SPDX-License-Identifier: MIT

import Foundation
import Layers
import Patterns
import Randomness
import Testing

@testable import Backbones
@testable import Tensor

@Suite struct `The translation networks` {
    private let random = RandomKey(seed: 1)

    private func expectValues(
        _ name: String, _ store: ParameterStore, _ network: (Tensor) throws -> Tensor
    ) throws {
        let wanted = try #require(Fixture.read().translationNetworks[name])
        #expect(store.parameterCount == wanted.parameterCount)
        try Pattern.fill(store)
        let output = try network(Pattern.images([2, 3, 32, 32]))
        #expect(output.shape == wanted.shape)
        let rows = try output.contiguous().reshaped([2, output.count / 2])
        try expectClose(rows, wanted.output, within: Tolerance.shallow.inference, name)
        try (output * Pattern.tensor("loss", shape: output.shape)).mean().backward()
        for (key, norm) in wanted.gradientNorms {
            let value = try gradientNorm(#require(store.state[key]))
            expectClose(value, norm, within: Tolerance.shallow.inference, "gradient norm of \(key)")
        }
    }

    @Test func `give PyTorch's values and gradients`() throws {
        let generator = try TranslationGenerator(channels: 8, blockCount: 2, random: random)
        try expectValues("generator", generator.store) { try generator($0) }
        let discriminator = try PatchDiscriminator(channels: 8, random: random)
        try expectValues("discriminator", discriminator.store) { try discriminator($0) }
    }

    @Test func `have the published keys and counts of parameters`() throws {
        let generator = try TranslationGenerator(channels: 64, blockCount: 9, random: random).store
        #expect(generator.parameterCount == 11_378_179)
        let places =
            ["1", "4", "7"] + (10...18).flatMap { ["\($0).conv_block.1", "\($0).conv_block.5"] }
            + ["19", "22", "26"]
        #expect(generator.entries.map(\.key) == places.flatMap { ["model.\($0).weight", "model.\($0).bias"] })
        #expect(generator.state["model.19.weight"]?.shape == [256, 128, 3, 3])

        let discriminator = try PatchDiscriminator(channels: 64, random: random).store
        #expect(discriminator.parameterCount == 2_764_737)
        #expect(
            discriminator.entries.map(\.key)
                == [0, 2, 5, 8, 11].flatMap { ["model.\($0).weight", "model.\($0).bias"] })
    }

    /// All convolutions start at N(0, 0.02²) with bias 0; the smallest weight checked has 8·3·49 = 1176
    /// elements, whose deviation is known to 1/√2352 = 2 %.
    @Test func `start from small normal weights and no bias`() throws {
        let generator = try TranslationGenerator(channels: 8, blockCount: 1, random: random).store
        for entry in generator.entries {
            let meanSquare = Double(try entry.tensor.squared().mean().scalar())
            if entry.key.hasSuffix("bias") {
                #expect(meanSquare == 0)
            } else {
                #expect(abs(meanSquare.squareRoot() / 0.02 - 1) < 0.08, "\(entry.key)")
            }
        }
    }

    /// tanh x of the x whose σ(x) the other output is: x = log(u / (1 − u)).
    @Test func `end in a hyperbolic tangent where images are from −1 to 1`() throws {
        let networks = try [TranslationGenerator.Output.unit, .symmetric].map {
            try TranslationGenerator(channels: 4, blockCount: 1, output: $0, random: random)
        }
        let images = try Pattern.images([2, 3, 32, 16])
        let shares = try networks[0](images).floats().map(Double.init)
        #expect(shares.count == 2 * 3 * 32 * 16)
        for (value, share) in zip(try networks[1](images).floats(), shares) {
            #expect(abs(Double(value) - tanh(log(share / (1 - share)))) < 1e-5)
        }
    }

    /// Convolutions without bias, mirrored edges and rectification pass a factor on; instance normalisation takes it out.
    @Test(arguments: [(TranslationGenerator.MapNormalisation.instance, 1.0), (.none, 2.0)])
    func `pass on how strong an image is unless maps are normalised`(
        _ normalisation: TranslationGenerator.MapNormalisation, _ factor: Double
    ) throws {
        let generator = try TranslationGenerator(
            channels: 4, blockCount: 1, normalisation: normalisation, random: random)
        try Pattern.fill(generator.store)
        for entry in generator.store.entries where entry.key.hasSuffix("bias") {
            try entry.tensor.copy(from: entry.tensor * 0)
        }
        func logits(of images: Tensor) throws -> [Double] {
            try generator(images).floats().map { log(Double($0) / (1 - Double($0))) }
        }
        let images = try 0.5 * Pattern.images([1, 3, 32, 16])
        let once = try logits(of: images)
        let twice = try logits(of: 2 * images)
        let largest = try #require(once.map(abs).max())
        for (one, two) in zip(once, twice) { #expect(abs(two - factor * one) < 1e-3 * largest) }
    }

    @Test func `translate into images between 0 and 1, and judge overlapping patches`() throws {
        let generator = try TranslationGenerator(channels: 4, blockCount: 1, random: random)
        let pixels = try generator(Pattern.images([1, 3, 48, 16]) * 3).floats()
        #expect(pixels.count == 3 * 48 * 16)
        #expect(pixels.allSatisfy { (0...1).contains($0) })
        let discriminator = try PatchDiscriminator(channels: 4, random: random)
        #expect(try discriminator(Pattern.images([1, 3, 64, 32])).shape == [1, 1, 6, 2])
    }
}
