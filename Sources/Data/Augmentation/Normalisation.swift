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
}
