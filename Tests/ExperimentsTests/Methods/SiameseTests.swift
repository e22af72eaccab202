// SPDX-License-Identifier: MIT

import Foundation
import Layers
import Patterns
import Randomness
import Testing

@testable import Experiments
@testable import Tensor
@testable import Training

/// Roundings of single precision in sums of a few terms.
private let tolerance = 1e-6

@Suite struct `The siamese loss` {
    /// Unit rows of (sin(i + 1), cos 2i, sin(3i + ½)) and (cos i, sin(2i + 1), cos 3i), i = 0 … 5.
    private func rows(_ row: (Double) -> [Double]) throws -> Tensor {
        try Tensor((0..<6).flatMap { row(Double($0)).map(Float.init) }, shape: [6, 3]).normalisedRows()
    }

    @Test func `has the authors' values`() throws {
        let left = try rows { [sin($0 + 1), cos(2 * $0), sin(3 * $0 + 0.5)] }
        let right = try rows { [cos($0), sin(2 * $0 + 1), cos(3 * $0)] }
        #expect(abs(Double(try siamese(left, right, areAlike: true).scalar()) - 0.6223262) < tolerance)
        #expect(abs(Double(try siamese(left, right, areAlike: false).scalar()) - 1.6122566) < tolerance)
    }

    /// Opposite rows are 2 apart, the margin: 4 and 0. A right angle is √2: 2 and (2 − √2)² = 6 − 4√2.
    @Test func `of hand-worked pairs`() throws {
        let east = try Tensor([1, 0], shape: [1, 2])
        for (other, alike, unlike) in [([Float(-1), 0], 4.0, 0.0), ([0, 1], 2, 6 - 4 * 2.0.squareRoot())] {
            let row = try Tensor(other, shape: [1, 2])
            // A millionth is added to each difference of up to 2.
            #expect(abs(Double(try siamese(east, row, areAlike: true).scalar()) - alike) < 1e-5)
            #expect(abs(Double(try siamese(east, row, areAlike: false).scalar()) - unlike) < 1e-5)
        }
    }

    @Test func `has a finite gradient between equal rows`() throws {
        let row = try Tensor([0.6, 0.8], shape: [1, 2])
        try row.setRequiresGradient(true)
        try siamese(row, row.detached(), areAlike: false).backward()
        let gradient = try #require(try row.gradient())
        #expect(try gradient.floats().allSatisfy(\.isFinite))
    }
}

@Suite struct `A siamese network` {
    private let random = RandomKey(seed: 3)

    private func network(_ channels: Int, _ height: Int, _ width: Int) throws -> MetricNetwork {
        try MetricNetwork(channels: channels, ImageSize(height: height, width: width), random: random)
    }

    @Test func `has the authors' count of parameters at their size`() throws {
        #expect(try network(64, 256, 128).store.parameterCount == 929_216)
    }

    /// 32 pixels become one after the third convolution, which the authors' pooling would leave nothing of.
    @Test(arguments: [(32, 32), (64, 32), (36, 44), (128, 64)])
    func `embeds images of any size that can be translated, on the unit sphere`(height: Int, width: Int) throws {
        let network = try network(4, height, width)
        var stream = random.stream("dropout")
        let kept = try network.kept(of: 3, &stream)[0]
        let embeddings = try network(Pattern.images([3, 3, height, width]), kept: kept)
        #expect(embeddings.shape == [3, 64])
        for length in try embeddings.squared().sum(along: 1).floats() { #expect(abs(length - 1) < 1e-5) }
    }

    /// 128 numbers for each of 4 images of each of 4 batches, of which half leave a value out: five standard deviations of
    /// √(2048 / 4) = 23 are 113.
    @Test func `leaves out what its stream says, batch by batch`() throws {
        let network = try network(4, 32, 32)
        var stream = random.stream("dropout")
        var witness = stream
        let kept = try network.kept(of: 4, &stream)
        let drawn = (0..<2048).map { _ in Float(witness.uniform() < 0.5 ? 0 : 2) }
        #expect(try kept.flatMap { try $0.floats() } == drawn && kept.allSatisfy { $0.shape == [4, 128] })
        #expect((1024 - 113...1024 + 113).contains(drawn.count { $0 == 2 }) && witness.next() == stream.next())
        let images = try Pattern.images([4, 3, 32, 32])
        #expect(try network(images, kept: kept[0]).floats() != network(images, kept: kept[1]).floats())
    }
}
