// SPDX-License-Identifier: MIT

import CPixels
import Randomness

/// The way from a decoded image to a network's input.
///
/// In this order: auto-augment (on the image's own size), resize, flip, zero-pad and random crop, normalise,
/// erase. Each step is optional but resizing and normalising.
public struct Transform: Sendable, Equatable {
    /// The rows of the result, `H`.
    public var height: Int
    /// The columns of the result, `W`.
    public var width: Int
    /// Whether half of the images, drawn at random, are mirrored.
    public var flip: Bool
    /// How many black pixels are put around all four sides before a part of the wanted size is cut out at a
    /// random place; 0 turns the step off.
    public var padding: Int
    /// Whether an entry of ``AutoAugment``'s policy is applied to every image.
    ///
    /// The reference means to fade the policy out, but counts in loader processes that start anew with every
    /// pass, so that it stays on (97–100 % of source images) for all of the training that was published. Here
    /// it is always on.
    public var autoAugment: Bool
    /// Erasing after normalisation, or none.
    public var erasing: RandomErasing?
    /// Whether every image is mirrored: the second half of a flip-averaged feature.
    public var mirrored: Bool

    /// - Parameters:
    ///   - height: `H`, positive.
    ///   - width: `W`, positive.
    ///   - flip: Mirror at random, p = 0.5.
    ///   - padding: Pixels to each side, not negative.
    ///   - autoAugment: Apply the policy.
    ///   - erasing: Erase a rectangle at random.
    ///   - mirrored: Mirror every image.
    public init(
        height: Int, width: Int, flip: Bool = false, padding: Int = 0, autoAugment: Bool = false,
        erasing: RandomErasing? = nil, mirrored: Bool = false
    ) {
        precondition(
            height > 0 && width > 0 && padding >= 0,
            "a transform to \(height) × \(width) pixels with padding \(padding) makes no image"
        )
        self.height = height
        self.width = width
        self.flip = flip
        self.padding = padding
        self.autoAugment = autoAugment
        self.erasing = erasing
        self.mirrored = mirrored
    }

    /// Resize and normalise, nothing random.
    ///
    /// - Parameters:
    ///   - height: `H`, positive.
    ///   - width: `W`, positive.
    ///   - mirrored: Mirror every image.
    public static func evaluation(height: Int, width: Int, mirrored: Bool = false) -> Transform {
        Transform(height: height, width: width, mirrored: mirrored)
    }

    /// The number of values of a result, `H·W·3`.
    public var valueCount: Int { height * width * 3 }

    /// The part that is the same every time an image is loaded, and so may be remembered.
    ///
    /// Resizing comes before the random steps unless there is auto-augment, which works on the original size.
    func prepare(_ image: Image) -> Image {
        autoAugment ? image : image.resized(width: width, height: height)
    }

    /// The random part.
    ///
    /// - Parameters:
    ///   - prepared: What ``prepare(_:)`` made of an image.
    ///   - random: The image's own stream.
    ///   - target: ``valueCount`` values, `[H, W, 3]`, normalised by ``Normalisation``.
    func finish(
        _ prepared: Image, _ random: inout RandomStream, into target: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(
            target.count == valueCount, "\(valueCount) values do not fit a buffer of \(target.count)"
        )
        var image = prepared
        if autoAugment {
            image = AutoAugment.apply(to: image, &random).resized(width: width, height: height)
        }
        let isFlipped = flip && random.uniform() < 0.5
        let top = padding == 0 ? 0 : random.below(2 * padding + 1)
        let left = padding == 0 ? 0 : random.below(2 * padding + 1)
        place(image, mirrored: isFlipped != mirrored, top: top - padding, left: left - padding, into: target)
        erasing?.apply(to: target, height: height, width: width, &random)
    }

    /// Mirrors, shifts and normalises row by row, so that no intermediate image is made.
    ///
    /// - Parameters:
    ///   - image: `[H, W, 3]`.
    ///   - mirrored: Whether columns are taken from the right. Padding and cropping come after that.
    ///   - top: The image's row that becomes row 0; rows that the image does not have are black.
    ///   - left: The same for columns.
    ///   - target: `[H, W, 3]`.
    func place(
        _ image: Image, mirrored: Bool, top: Int, left: Int, into target: UnsafeMutableBufferPointer<Float>
    ) {
        let firstInside = min(max(0, -left), width)
        let inside = firstInside..<max(firstInside, min(width, width - left))
        let first = inside.lowerBound + left
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 3 * width) { turned in
            image.pixels.withUnsafeBufferPointer { pixels in
                guard let source = pixels.baseAddress, let output = target.baseAddress,
                    let turned = turned.baseAddress
                else { return }
                for row in 0..<height {
                    let written = output + row * width * 3
                    guard (0..<height).contains(row + top) else {
                        blacken(written, columns: 0..<width)
                        continue
                    }
                    blacken(written, columns: 0..<inside.lowerBound)
                    blacken(written, columns: inside.upperBound..<width)
                    let line = source + 3 * (row + top) * width
                    if mirrored { cpixels_mirror(line, width, turned) }
                    Normalisation.normalise(
                        (mirrored ? UnsafePointer(turned) : line) + 3 * first, count: inside.count,
                        into: written + 3 * inside.lowerBound
                    )
                }
            }
        }
    }

    private func blacken(_ row: UnsafeMutablePointer<Float>, columns: Range<Int>) {
        let black = Normalisation.black
        for column in columns {
            for channel in 0..<3 { row[3 * column + channel] = black[channel] }
        }
    }
}
