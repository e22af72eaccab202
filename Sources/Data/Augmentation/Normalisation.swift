// SPDX-License-Identifier: MIT

import CPixels

/// ImageNet's statistics, which every pretrained backbone expects of its input.
public enum Normalisation {
    /// The mean of red, green and blue on a scale of `0 ... 1`.
    public static let mean: [Float] = [0.485, 0.456, 0.406]
    /// The standard deviation of red, green and blue on a scale of `0 ... 1`.
    public static let deviation: [Float] = [0.229, 0.224, 0.225]

    /// Black, normalised.
    static let black: [Float] = [0, 1, 2].map { (0 - mean[$0]) / deviation[$0] }

    private static let meanPattern = pattern(mean)
    private static let deviationPattern = pattern(deviation)

    /// Channels' values over and over, for the widest instructions that a processor may have.
    private static func pattern(_ channels: [Float]) -> [Float] {
        (0..<CPixelsPatternLength).map { channels[$0 % 3] }
    }

    /// `(v/255 − mean)/deviation` of whole pixels.
    ///
    /// - Parameters:
    ///   - pixels: `[count, 3]`, each `0 ... 255`.
    ///   - count: The number of pixels.
    ///   - values: `[count, 3]`.
    static func normalise(
        _ pixels: UnsafePointer<UInt8>, count: Int, into values: UnsafeMutablePointer<Float>
    ) {
        cpixels_normalise(pixels, 3 * count, meanPattern, deviationPattern, values)
    }

    /// Turns normalised values back into an image, as the translated datasets are written.
    ///
    /// `v·deviation + mean`, times 255, the fraction cut off; values outside `0 ... 255` are clamped.
    ///
    /// - Parameters:
    ///   - values: `[H, W, 3]`, normalised.
    ///   - width: `W`.
    ///   - height: `H`.
    public static func image(from values: UnsafeBufferPointer<Float>, width: Int, height: Int) -> Image {
        precondition(
            values.count == width * height * 3,
            "an image of \(width) × \(height) pixels has \(3 * width * height) values, not \(values.count)"
        )
        let pixels = values.indices.map { position in
            let channel = position % 3
            let level = (values[position] * deviation[channel] + mean[channel]) * 255
            return UInt8(min(max(level, 0), 255))
        }
        return Image(width: width, height: height, pixels: pixels)
    }
}
