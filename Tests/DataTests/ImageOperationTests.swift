// SPDX-License-Identifier: MIT

import Randomness
import Testing

@testable import Data

/// How far a channel value may be from Pillow's, and for which share of the values it must be that near.
private let levelTolerance = 1
private let nearShare = 0.999
private let greatestDifference = 2

/// How near values are to Pillow's.
private struct Agreement: CustomStringConvertible {
    private var (near, total) = (0, 0)
    private(set) var greatest = 0

    var nearShare: Double { Double(near) / Double(total) }
    var description: String { "\(total - near) of \(total) values are too far, \(greatest) at most" }

    mutating func add(_ found: Image, _ expected: Image) {
        for (value, other) in zip(found.pixels, expected.pixels) {
            let difference = abs(Int(value) - Int(other))
            near += difference <= levelTolerance ? 1 : 0
            greatest = max(greatest, difference)
        }
        total += expected.pixels.count
    }
}

extension AutoAugment.Operation {
    /// The name of the operation's fixtures.
    fileprivate var fixture: String { self == .shearX ? "shear" : "\(self)" }

    /// What Pillow is given for a magnitude; with two signs, the one that is drawn as 0 first.
    fileprivate func parameters(_ magnitude: Int) -> [Double] {
        let m = Double(magnitude)
        return switch self {
        case .shearX: [m / 30, -m / 30]
        case .rotate: [m * 10 / 3]
        case .colour, .contrast, .sharpness: [1 + m / 10, 1 - m / 10]
        case .posterize: [Double(8 - magnitude / 2)]
        case .solarize: [256 - 256 * m / 9]
        case .autocontrast, .equalize, .invert: [0]
        }
    }
}

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
        var agreement = Agreement()
        for example in cases {
            let result = try apply(operation, example.parameter, to: example.source)
            agreement.add(result, example.expected)
            #expect(agreement.greatest <= greatestDifference, "\(example.name)")
        }
        #expect(agreement.nearShare >= nearShare, "\(agreement)")
    }

    /// What is drawn at random is the sign; either way the result must be Pillow's.
    @Test func `of the policy agrees with Pillow at every magnitude that the policy has`() throws {
        let fixtures = try FixtureFiles()
        var done: Set<String> = []
        for step in AutoAugment.policy.flatMap({ [$0.0, $0.1] }) {
            let (operation, magnitude) = (step.operation, step.magnitude)
            guard done.insert("\(operation) \(magnitude)").inserted else { continue }
            let parameters = operation.parameters(magnitude)
            var agreement = Agreement()
            let cases = try fixtures.cases(of: operation.fixture)
            for (row, source) in fixtures.sources.enumerated() {
                let expected = try parameters.map { parameter in
                    let found = cases.enumerated().first { number, example in
                        number % fixtures.sources.count == row && abs(example.parameter - parameter) < 1e-9
                    }
                    return try #require(found?.element.expected, "no \(operation)(\(parameter)) among the fixtures")
                }
                var drawn: Set<Int> = []
                for index in 0..<16 {
                    var random = RandomKey(seed: 1).stream("sign", index: index)
                    let sign = parameters.count == 1 ? 0 : random.below(2)
                    guard drawn.insert(sign).inserted else { continue }
                    random = RandomKey(seed: 1).stream("sign", index: index)
                    agreement.add(operation.apply(to: source, magnitude: magnitude, &random), expected[sign])
                }
                #expect(drawn.count == parameters.count)
            }
            #expect(agreement.greatest <= greatestDifference, "\(operation) \(magnitude): \(agreement)")
            #expect(agreement.nearShare >= nearShare, "\(operation) \(magnitude): \(agreement)")
        }
        #expect(done.count == 28)
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
