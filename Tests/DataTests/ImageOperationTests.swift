// SPDX-License-Identifier: MIT

import Testing

@testable import Data

/// How far a channel value may be from Pillow's, and for which share of the values it must be that near.
private let levelTolerance = 1
private let nearShare = 0.999
private let greatestDifference = 2

@Suite struct `Resizing` {
    @Test func `equals Pillow in every value, enlarging, shrinking and mixed`() throws {
        let cases = try FixtureFiles().resizes()
        #expect(cases.count == 7 * 14)
        for example in cases {
            let resized = example.source.resized(
                width: example.expected.width, height: example.expected.height
            )
            #expect(resized.pixels.elementsEqual(example.expected.pixels), "\(example.name)")
        }
    }

    /// Two pixels 0 and 100 become four. The centres lie at 0.25, 0.75, 1.25 and 1.75 input pixels; the first
    /// is 0.25 before pixel 0's centre and 1.25 before pixel 1's, where the cubic is w(0.25) = (1.5·0.25 −
    /// 2.5)·0.0625 + 1 = 0.8671875 and w(1.25) = −0.5·(((1.25 − 5)·1.25 + 8)·1.25 − 4) = −0.0703125: together
    /// 0.796875. 100·(−0.0703125/0.796875) = −8.8 → 0. The second: w(0.25) and w(0.75) = (1.5·0.75 −
    /// 2.5)·0.5625 + 1 = 0.2265625, together 1.09375, so 100·0.2265625/1.09375 = 20.7 → 21; the others mirror
    /// these.
    @Test func `of two pixels to four agrees with the arithmetic`() {
        let image = Image(width: 2, height: 1, pixels: [0, 0, 0, 100, 100, 100])
        let resized = image.resized(width: 4, height: 1)
        #expect(resized.pixels == [0, 21, 79, 109].flatMap { [$0, $0, $0] as [UInt8] })
    }

    @Test func `to its own size changes nothing`() throws {
        for image in try FixtureFiles().sources {
            #expect(image.resized(width: image.width, height: image.height) == image)
        }
    }

    @Test func `keeps a constant image constant`() {
        let image = Image(width: 9, height: 5, red: 200, green: 100, blue: 50)
        for (width, height) in [(3, 2), (40, 31), (2, 60)] {
            let expected = Image(width: width, height: height, red: 200, green: 100, blue: 50)
            #expect(image.resized(width: width, height: height) == expected)
        }
    }
}

@Suite struct `An image operation` {
    @Test(arguments: [
        "rotate", "shear", "colour", "contrast", "sharpness", "posterize", "solarize", "autocontrast",
        "equalize",
        "invert", "flip",
    ])
    func `agrees with Pillow`(operation: String) throws {
        let cases = try FixtureFiles().cases(of: operation)
        #expect(cases.count >= 14)
        var (near, total) = (0, 0)
        for example in cases {
            let result = try apply(operation, example.parameter, to: example.source)
            let differences = zip(result.pixels, example.expected.pixels).map { abs(Int($0) - Int($1)) }
            near += differences.count { $0 <= levelTolerance }
            total += differences.count
            #expect(differences.max() ?? 0 <= greatestDifference, "\(example.name)")
        }
        #expect(Double(near) >= nearShare * Double(total), "\(total - near) of \(total) values")
    }

    @Test(arguments: ["posterize", "solarize", "autocontrast", "equalize", "invert", "flip", "rotate"])
    func `that computes with integers equals Pillow in every value`(operation: String) throws {
        for example in try FixtureFiles().cases(of: operation) {
            let result = try apply(operation, example.parameter, to: example.source)
            #expect(result.pixels.elementsEqual(example.expected.pixels), "\(example.name)")
        }
    }

    private func apply(_ operation: String, _ parameter: Double, to image: Image) throws -> Image {
        switch operation {
        case "rotate": image.rotated(degrees: parameter)
        case "shear": image.shearedHorizontally(by: parameter)
        case "colour": image.withColour(parameter)
        case "contrast": image.withContrast(parameter)
        case "sharpness": image.withSharpness(parameter)
        case "posterize": image.posterized(bits: Int(parameter))
        case "solarize": image.solarized(threshold: parameter)
        case "autocontrast": image.withFullRange()
        case "equalize": image.equalized()
        case "invert": image.inverted()
        default: image.flipped()
        }
    }
}
