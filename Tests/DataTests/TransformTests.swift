// SPDX-License-Identifier: MIT

import Randomness
import Testing

@testable import Data

private let key = RandomKey(seed: 3)

/// Rounding of a single-precision normalisation, absolute and relative.
private let tolerance: Float = 1e-6

private func applied(_ transform: Transform, to image: Image, index: Int = 0) -> [Float] {
    var values = [Float](repeating: .nan, count: transform.valueCount)
    var random = key.stream("transform", index: index)
    values.withUnsafeMutableBufferPointer { transform.finish(transform.prepare(image), &random, into: $0) }
    return values
}

private func isClose(_ left: [Float], _ right: [Float]) -> Bool {
    left.count == right.count
        && zip(left, right).allSatisfy { abs($0 - $1) <= tolerance + tolerance * abs($1) }
}

/// A column's number in red, its row's in green.
private func numbered(width: Int, height: Int) -> Image {
    var pixels: [UInt8] = []
    for row in 0..<height {
        for column in 0..<width { pixels += [UInt8(column), UInt8(row), 7] }
    }
    return Image(width: width, height: height, pixels: pixels)
}

@Suite struct `The evaluation transform` {
    /// (255/255 − 0.485)/0.229 = 2.2489083, (0 − 0.456)/0.224 = −2.0357143, (51/255 − 0.406)/0.225 =
    /// −0.9155556.
    @Test func `normalises with ImageNet's statistics`() {
        let image = Image(width: 2, height: 1, red: 255, green: 0, blue: 51)
        let pixel: [Float] = [2.2489083, -2.0357143, -0.9155556]
        #expect(isClose(applied(.evaluation(height: 1, width: 2), to: image), pixel + pixel))
    }

    @Test func `is the resized image, normalised`() {
        let image = numbered(width: 8, height: 6)
        let resized = image.resized(width: 5, height: 9)
        #expect(
            applied(.evaluation(height: 9, width: 5), to: image)
                == applied(.evaluation(height: 9, width: 5), to: resized)
        )
    }

    @Test func `of the mirrored image is the mirrored transform of the image`() {
        let image = numbered(width: 7, height: 5)
        #expect(
            applied(.evaluation(height: 5, width: 7, mirrored: true), to: image)
                == applied(.evaluation(height: 5, width: 7), to: image.flipped())
        )
    }
}

@Suite struct `A training transform` {
    @Test func `flips half of the images`() {
        let image = numbered(width: 4, height: 3)
        let flip = Transform(height: 3, width: 4, flip: true)
        let plain = applied(.evaluation(height: 3, width: 4), to: image)
        let mirrored = applied(.evaluation(height: 3, width: 4, mirrored: true), to: image)
        let results = (0..<2000).map { applied(flip, to: image, index: $0) }
        #expect(results.allSatisfy { $0 == plain || $0 == mirrored })
        // Five standard deviations of a proportion of 1/2 over 2,000 draws are 0.056.
        #expect(abs(Double(results.count { $0 == plain }) / 2000 - 0.5) < 0.056)
    }

    /// With padding 2, the cut of a 4 × 3 image from its 8 × 7 surroundings lies at one of 5 × 5 places.
    @Test func `cuts from the padded image, at every place equally often`() {
        let image = numbered(width: 4, height: 3)
        let crop = Transform(height: 3, width: 4, padding: 2)
        var expected: [[Float]: Int] = [:]
        for top in -2...2 {
            for left in -2...2 {
                var cut = Image(width: 4, height: 3, red: 0, green: 0, blue: 0)
                for row in max(0, -top)..<min(3, 3 - top) {
                    for column in max(0, -left)..<min(4, 4 - left) {
                        for channel in 0..<3 {
                            cut.pixels[3 * (row * 4 + column) + channel] =
                                image.pixels[3 * ((row + top) * 4 + column + left) + channel]
                        }
                    }
                }
                expected[applied(.evaluation(height: 3, width: 4), to: cut)] = 0
            }
        }
        #expect(expected.count == 25)
        for index in 0..<5000 { expected[applied(crop, to: image, index: index), default: -5000] += 1 }
        // 200 each on average; five standard deviations are 70.
        #expect(expected.count == 25)
        #expect(expected.values.allSatisfy { abs($0 - 200) < 70 }, "\(expected.values.sorted())")
    }

    @Test func `writes every value, whatever the steps`() {
        let image = numbered(width: 20, height: 30)
        let all = Transform(
            height: 24, width: 12, flip: true, padding: 3, autoAugment: true,
            erasing: RandomErasing(probability: 0.5)
        )
        for index in 0..<60 {
            #expect(applied(all, to: image, index: index).allSatisfy { $0.isFinite })
        }
    }

    /// A cut may miss the image altogether when the padding is wider than it.
    @Test func `pads by more than the image with black`() {
        let image = numbered(width: 2, height: 2)
        let black: [Float] = [(0 - 0.485) / 0.229, (0 - 0.456) / 0.224, (0 - 0.406) / 0.225]
        let crop = Transform(height: 2, width: 2, padding: 9)
        let blackCount = (0..<400).count { index in
            applied(crop, to: image, index: index) == Array(repeating: black, count: 4).flatMap { $0 }
        }
        // 3 × 3 of the 19 × 19 places show a part of the image, whose pixels all have some blue.
        #expect(abs(Double(blackCount) / 400 - (1 - 9.0 / 361)) < 0.04)
    }

    @Test func `is the same for the same stream`() {
        let image = numbered(width: 20, height: 30)
        let all = Transform(
            height: 24, width: 12, flip: true, padding: 3, autoAugment: true, erasing: RandomErasing()
        )
        #expect(applied(all, to: image, index: 5) == applied(all, to: image, index: 5))
        #expect(applied(all, to: image, index: 5) != applied(all, to: image, index: 6))
    }
}

@Suite struct `Random erasing` {
    @Test func `fills a rectangle with the mean colour in normalised units`() throws {
        let image = Image(width: 16, height: 32, red: 0, green: 0, blue: 0)
        let transform = Transform(height: 32, width: 16, erasing: RandomErasing(probability: 1))
        var random = key.stream("transform", index: 4)
        let rectangle = try #require(RandomErasing(probability: 1).rectangle(height: 32, width: 16, &random))
        let erased = applied(transform, to: image, index: 4)
        for row in 0..<32 {
            for column in 0..<16 {
                let inside =
                    (rectangle.top..<(rectangle.top + rectangle.height)).contains(row)
                    && (rectangle.left..<(rectangle.left + rectangle.width)).contains(column)
                #expect((erased[3 * (row * 16 + column)] == 0.485) == inside)
                #expect((erased[3 * (row * 16 + column) + 1] == 0.456) == inside)
                #expect((erased[3 * (row * 16 + column) + 2] == 0.406) == inside)
            }
        }
    }

    @Test func `stays inside the image, smaller than it, with area and aspect in range`() {
        let erasing = RandomErasing()
        let (height, width) = (256, 128)
        var erasedCount = 0
        var touchesEnd = (bottom: false, right: false)
        for index in 0..<4000 {
            var random = key.stream("erase", index: index)
            guard let erased = erasing.rectangle(height: height, width: width, &random) else { continue }
            erasedCount += 1
            #expect(erased.height < height && erased.width < width)
            #expect(erased.top >= 0 && erased.top + erased.height <= height)
            #expect(erased.left >= 0 && erased.left + erased.width <= width)
            touchesEnd.bottom = touchesEnd.bottom || erased.top + erased.height == height
            touchesEnd.right = touchesEnd.right || erased.left + erased.width == width
            let area = Double(erased.height * erased.width) / Double(height * width)
            // Rounding each side by half a pixel, the least side being 14.
            #expect(area > 0.02 * 0.93 && area < 0.4 * 1.07)
        }
        // Five standard deviations of a proportion of 1/2 over 4,000 draws are 0.04.
        #expect(abs(Double(erasedCount) / 4000 - 0.5) < 0.04)
        #expect(touchesEnd.bottom && touchesEnd.right)
    }

    @Test func `leaves an image alone in which no rectangle fits`() {
        var random = key.stream("erase")
        let whole = RandomErasing(probability: 1, areaFraction: 1...1, aspect: 1...1)
        #expect(whole.rectangle(height: 16, width: 16, &random) == nil)
    }
}

@Suite struct `The auto-augment policy` {
    @Test func `has the published 25 entries, of which five repeat others`() {
        #expect(AutoAugment.policy.count == 25)
        for (copy, original) in [(20, 4), (21, 1), (22, 13), (23, 14), (24, 2)] {
            #expect(AutoAugment.policy[copy] == AutoAugment.policy[original])
        }
    }

    /// Posterize at index 8 keeps 4 bits, at 5 six; solarize at 5 inverts from 256 − 256·5/9 = 113.8 on; at 8
    /// from 28.4 on.
    @Test(arguments: [
        (AutoAugment.Operation.posterize, 8, [0xF0, 0x70, 0x10]), (.posterize, 5, [0xF8, 0x70, 0x1C]),
        (.solarize, 5, [0x04, 255 - 0x72, 0x1C]), (.solarize, 8, [0x04, 255 - 0x72, 0x1C]),
        (.solarize, 0, [0xFB, 0x72, 0x1C]), (.invert, 4, [0x04, 255 - 0x72, 255 - 0x1C]),
    ])
    func `gives magnitudes their published meaning`(
        operation: AutoAugment.Operation, magnitude: Int, expected: [Int]
    ) {
        let image = Image(width: 1, height: 1, pixels: [0xFB, 0x72, 0x1C])
        var random = key.stream("policy")
        #expect(operation.apply(to: image, magnitude: magnitude, &random).pixels.map(Int.init) == expected)
    }

    @Test func `draws both signs, and turns counter-clockwise only`() {
        let image = numbered(width: 9, height: 9)
        let sheared = Set(
            (0..<40).map { index in
                var random = key.stream("sign", index: index)
                return AutoAugment.Operation.shearX.apply(to: image, magnitude: 5, &random).pixels
            }
        )
        #expect(
            sheared == [
                image.shearedHorizontally(by: 1 / 6).pixels, image.shearedHorizontally(by: -1 / 6).pixels,
            ]
        )
        let turned = Set(
            (0..<40).map { index in
                var random = key.stream("sign", index: index)
                return AutoAugment.Operation.rotate.apply(to: image, magnitude: 9, &random).pixels
            }
        )
        #expect(turned == [image.rotated(degrees: 30).pixels])
    }
}
