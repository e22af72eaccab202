// SPDX-License-Identifier: MIT

import Randomness
import Testing

@testable import Data

extension Transform {
    /// The network's input at a place that a test chooses.
    fileprivate func placed(
        _ image: Image, mirrored: Bool, top: Int, left: Int, erased: RandomErasing.Rectangle?
    ) -> [Float] {
        var values = [Float](repeating: .nan, count: valueCount)
        values.withUnsafeMutableBufferPointer { target in
            place(prepare(image), mirrored: mirrored, top: top, left: left, into: target)
            if let erased { RandomErasing().erase(erased, from: target, width: width) }
        }
        return values
    }
}

@Suite struct `Mirroring, padding, cutting, normalising and erasing` {
    /// The law is one level for 99.9 % of the values; what computes alike has the same bits.
    @Test func `give the bits of Pillow and NumPy`() throws {
        let fixtures = try FixtureFiles()
        let size = fixtures.manifest.placed
        let transform = Transform(height: size.height, width: size.width)
        let cases = try fixtures.placements()
        #expect(cases.count == 5 * 14)
        for (number, example) in cases.enumerated() {
            let place = example.place
            let erased = place.erased.map {
                RandomErasing.Rectangle(top: $0[0], left: $0[1], height: $0[2], width: $0[3])
            }
            let values = transform.placed(
                example.source, mirrored: place.mirrored, top: place.top, left: place.left, erased: erased)
            #expect(values == example.expected, "case \(number)")
        }
    }

    /// The order of the draws is part of what a seed means.
    @Test func `happen in this order, each with its own draw`() {
        let image = Image(width: 9, height: 14, pixels: (0..<(9 * 14 * 3)).map { UInt8(truncatingIfNeeded: 7 * $0) })
        let erasing = RandomErasing(probability: 0.5)
        let transform = Transform(height: 16, width: 8, flip: true, padding: 3, erasing: erasing)
        var seen: Set<[Bool]> = []
        for index in 0..<40 {
            var random = RandomKey(seed: 3).stream("transform", index: index)
            var values = [Float](repeating: .nan, count: transform.valueCount)
            values.withUnsafeMutableBufferPointer { transform.finish(transform.prepare(image), &random, into: $0) }

            random = RandomKey(seed: 3).stream("transform", index: index)
            let isMirrored = random.uniform() < 0.5
            let (top, left) = (random.below(7) - 3, random.below(7) - 3)
            let erased = erasing.rectangle(height: 16, width: 8, &random)
            #expect(values == transform.placed(image, mirrored: isMirrored, top: top, left: left, erased: erased))
            seen.insert([isMirrored, erased == nil])
        }
        #expect(seen.count == 4)
    }
}
