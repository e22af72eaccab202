// SPDX-License-Identifier: MIT

/// A picture with three channels of eight bits each, in the order red, green, blue.
///
/// Pixels lie channels-last, `[H, W, 3]`, row by row from the top, as libjpeg, Pillow and the loader's
/// batches have them.
public struct Image: Sendable, Equatable {
    /// The number of columns, `W`.
    public let width: Int
    /// The number of rows, `H`.
    public let height: Int
    /// The values, `[H, W, 3]`, each `0 ... 255`.
    public var pixels: [UInt8] {
        didSet { Image.check(pixels.count, width: width, height: height) }
    }

    /// Wraps pixels that are already there.
    ///
    /// - Parameters:
    ///   - width: `W`, positive.
    ///   - height: `H`, positive.
    ///   - pixels: `[H, W, 3]`, row by row.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        Image.check(pixels.count, width: width, height: height)
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A picture of one colour.
    ///
    /// - Parameters:
    ///   - width: `W`, positive.
    ///   - height: `H`, positive.
    ///   - red: The first channel of every pixel.
    ///   - green: The second channel.
    ///   - blue: The third channel.
    public init(width: Int, height: Int, red: UInt8, green: UInt8, blue: UInt8) {
        var pixels = [UInt8](repeating: red, count: width * height * 3)
        for pixel in 0..<(width * height) {
            pixels[3 * pixel + 1] = green
            pixels[3 * pixel + 2] = blue
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    private static func check(_ count: Int, width: Int, height: Int) {
        precondition(
            width > 0 && height > 0 && count == width * height * 3,
            "\(width) × \(height) pixels are \(width * height * 3) values, not \(count), and no side is 0"
        )
    }
}
