// SPDX-License-Identifier: MIT

import Randomness

/// Overwrites a random rectangle of a normalised image.
///
/// - SeeAlso: Zhong et al., "Random erasing data augmentation", AAAI 2020, arXiv:1708.04896, algorithm 1.
/// - Note: The reference code erases *after* normalisation with the mean colour (0.485, 0.456, 0.406) of the
///   unnormalised image, so its rectangle is a light grey and not the mean, which would be 0. Published
///   numbers were made so; ``fill`` can be set to zeros instead. The aspect is uniform, not log-uniform, as
///   there.
public struct RandomErasing: Sendable, Equatable {
    /// How often an image is erased at all, `0 ... 1`.
    public var probability: Double
    /// The erased share of the image's area; the paper's `s_l ... s_h`.
    public var areaFraction: ClosedRange<Double>
    /// Height over width of the rectangle; the paper's `r_1 ... r_2`.
    public var aspect: ClosedRange<Double>
    /// What is written, one value a channel, in normalised units.
    public var fill: [Float]

    /// How many rectangles are tried before the image is left whole.
    static let attempts = 100

    /// - Parameters:
    ///   - probability: `0 ... 1`.
    ///   - areaFraction: Inside `0 ... 1`.
    ///   - aspect: Positive.
    ///   - fill: Three values.
    public init(
        probability: Double = 0.5,
        areaFraction: ClosedRange<Double> = 0.02...0.4,
        aspect: ClosedRange<Double> = 0.3...(1 / 0.3),
        fill: [Float] = [0.485, 0.456, 0.406]
    ) {
        precondition((0...1).contains(probability), "erasing probability \(probability) is outside 0 ... 1")
        precondition(
            areaFraction.lowerBound > 0 && areaFraction.upperBound <= 1 && aspect.lowerBound > 0,
            "erasing needs an area inside 0 ... 1 and a positive aspect, not \(areaFraction) and \(aspect)"
        )
        precondition(fill.count == 3, "erasing fills 3 channels, not \(fill.count)")
        self.probability = probability
        self.areaFraction = areaFraction
        self.aspect = aspect
        self.fill = fill
    }

    /// A rectangle of an image.
    struct Rectangle: Equatable {
        let top, left, height, width: Int
    }

    /// Draws the rectangle to erase.
    ///
    /// - Returns: nil where the image stays whole.
    func rectangle(height: Int, width: Int, _ random: inout RandomStream) -> Rectangle? {
        guard random.uniform() < probability else { return nil }
        for _ in 0..<RandomErasing.attempts {
            let area =
                Double(height * width) * random.uniform(areaFraction.lowerBound, areaFraction.upperBound)
            let ratio = random.uniform(aspect.lowerBound, aspect.upperBound)
            let rows = Int((area * ratio).squareRoot().rounded(.toNearestOrEven))
            let columns = Int((area / ratio).squareRoot().rounded(.toNearestOrEven))
            if rows < height && columns < width {
                let top = random.below(height - rows + 1)
                let left = random.below(width - columns + 1)
                return Rectangle(top: top, left: left, height: rows, width: columns)
            }
        }
        return nil
    }

    /// Draws a rectangle and overwrites it.
    ///
    /// - Parameters:
    ///   - pixels: `[H, W, 3]`, normalised.
    ///   - height: `H`.
    ///   - width: `W`.
    ///   - random: The image's own stream.
    func apply(
        to pixels: UnsafeMutableBufferPointer<Float>, height: Int, width: Int, _ random: inout RandomStream
    ) {
        guard let erased = rectangle(height: height, width: width, &random) else { return }
        erase(erased, from: pixels, width: width)
    }

    /// Overwrites a rectangle of pixels `[H, W, 3]`.
    func erase(_ erased: Rectangle, from pixels: UnsafeMutableBufferPointer<Float>, width: Int) {
        let (red, green, blue) = (fill[0], fill[1], fill[2])
        for row in erased.top..<(erased.top + erased.height) {
            var value = 3 * (row * width + erased.left)
            for _ in 0..<erased.width {
                pixels[value] = red
                pixels[value + 1] = green
                pixels[value + 2] = blue
                value += 3
            }
        }
    }
}
