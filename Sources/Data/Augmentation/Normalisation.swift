// SPDX-License-Identifier: MIT

/// ImageNet's statistics, which every pretrained backbone expects of its input.
public enum Normalisation {
    /// The mean of red, green and blue on a scale of `0 ... 1`.
    public static let mean: [Float] = [0.485, 0.456, 0.406]
    /// The standard deviation of red, green and blue on a scale of `0 ... 1`.
    public static let deviation: [Float] = [0.229, 0.224, 0.225]

    /// `(v/255 − mean)/deviation` for each channel and value, `[3, 256]`: there are so few that looking them
    /// up beats dividing.
    static let table: [Float] = (0..<3).flatMap { channel in
        (0..<256).map { (Float($0) / 255 - mean[channel]) / deviation[channel] }
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
