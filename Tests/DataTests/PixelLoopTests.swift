// SPDX-License-Identifier: MIT

import CPixels
import Randomness
import Testing

@testable import Data

private func bytes(_ count: Int, _ random: inout RandomStream) -> [UInt8] {
    (0..<count).map { _ in UInt8(random.below(256)) }
}

/// The loops in C beside slow twins, at lengths around those of their blocks.
@Suite struct `The pixel loops` {
    @Test(arguments: [1, 2, 3, 4, 5, 9, 200]) func `add up weighted rows exactly`(tapCount: Int) {
        for length in [1, 3, 63, 64, 65, 127, 128, 192, 201] {
            var random = RandomKey(seed: 2).stream("rows", epoch: tapCount, index: length)
            let rows = bytes(tapCount * length, &random)
            // Weights of both signs whose magnitudes add up to less than 2.
            let bound = (1 << 23) / tapCount
            let weights = (0..<tapCount).map { _ in Int32(random.below(2 * bound - 1) - bound + 1) }
            var sum = [UInt8](repeating: 0, count: length)
            cpixels_weighted_sum(rows, length, weights, tapCount, &sum)
            let expected = (0..<length).map { column in
                let total = (0..<tapCount).reduce(0) { $0 + Int(rows[$1 * length + column]) * Int(weights[$1]) }
                return UInt8(clamping: (total + 1 << 21) >> 22)
            }
            #expect(sum == expected, "\(tapCount) rows of \(length)")
        }
    }

    @Test func `normalise every value as single-precision arithmetic does`() {
        let (mean, deviation) = (Normalisation.mean, Normalisation.deviation)
        for count in [1, 15, 16, 17, 32, 33, 256] {
            let values = (0..<(3 * count)).map { UInt8(truncatingIfNeeded: $0 / 3) }
            var normalised = [Float](repeating: 0, count: 3 * count)
            Normalisation.normalise(values, count: count, into: &normalised)
            let expected = values.indices.map { position in
                let level = Float(values[position]) / 255
                return (level - mean[position % 3]) / deviation[position % 3]
            }
            #expect(normalised == expected)
        }
    }

    @Test func `mirror rows of any length, and write nothing behind them`() {
        for count in 1...40 {
            var random = RandomKey(seed: 2).stream("mirror", index: count)
            let row = bytes(3 * count, &random)
            var mirrored = [UInt8](repeating: 7, count: 3 * count + 16)
            cpixels_mirror(row, count, &mirrored)
            let expected = (0..<count).reversed().flatMap { row[(3 * $0)..<(3 * $0 + 3)] }
            #expect(mirrored == expected + [UInt8](repeating: 7, count: 16))
        }
    }
}
