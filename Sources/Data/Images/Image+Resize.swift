// SPDX-License-Identifier: MIT
// Shapes: H rows · W columns · 3 channels · T taps of the filter at one output position.

import CPixels

extension Image {
    /// The picture at another size, by Pillow's antialiased bicubic filter, equal to Pillow's in every value.
    ///
    /// The filter is Keys' cubic with `a = −0.5`, widened by the shrink factor of its axis. The horizontal
    /// pass comes first and is rounded to eight bits before the vertical one; weights are fixed-point numbers
    /// with 22 fractional bits. An axis that keeps its length is left alone. Pillow before version 12.2 is
    /// meant, with which the published numbers were made. Later ones do the vertical pass first in some cases:
    /// 12.2 where an image is more than a hundred times as high as wide, 13 wherever the height shrinks more.
    ///
    /// - Parameters:
    ///   - newWidth: The new number of columns, positive.
    ///   - newHeight: The new number of rows, positive.
    /// - Returns: An image of `newHeight` × `newWidth` pixels.
    /// - Complexity: time O(H·W′·T + H′·W′·T), where T is 4 when enlarging and 4·shrink factor otherwise.
    /// - SeeAlso: Keys, "Cubic convolution interpolation for digital image processing", 1981, eq. 15.
    public func resized(width newWidth: Int, height newHeight: Int) -> Image {
        precondition(
            newWidth > 0 && newHeight > 0, "cannot resize to \(newWidth) × \(newHeight): sides are positive"
        )
        var result = self
        if newWidth != width {
            // Across the transposed image, the horizontal pass is the vertical one: both run along whole
            // rows.
            result = result.transposed().resampledRows(to: newWidth).transposed()
        }
        return newHeight == height ? result : result.resampledRows(to: newHeight)
    }

    /// The vertical pass: every output row is a weighted sum of `T` neighbouring input rows.
    private func resampledRows(to newHeight: Int) -> Image {
        let filter = ResamplingFilter(from: height, to: newHeight)
        let rowLength = width * 3
        let resampled = [UInt8](unsafeUninitializedCapacity: newHeight * rowLength) { output, count in
            pixels.withUnsafeBufferPointer { input in
                guard let source = input.baseAddress, let target = output.baseAddress else { return }
                for row in 0..<newHeight {
                    filter.withTaps(at: row) { firstRow, weightsT in
                        cpixels_weighted_sum(
                            source + firstRow * rowLength, rowLength, weightsT.baseAddress, weightsT.count,
                            target + row * rowLength
                        )
                    }
                }
            }
            count = newHeight * rowLength
        }
        return Image(width: width, height: newHeight, pixels: resampled)
    }

    /// The picture mirrored at its main diagonal, `[W, H, 3]`.
    private func transposed() -> Image {
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { output, count in
            guard var target = output.baseAddress else { return }
            pixels.withUnsafeBufferPointer { input in
                guard let source = input.baseAddress else { return }
                for column in 0..<width {
                    var pixel = source + 3 * column
                    for _ in 0..<height {
                        target[0] = pixel[0]
                        target[1] = pixel[1]
                        target[2] = pixel[2]
                        target += 3
                        pixel += 3 * width
                    }
                }
            }
            count = pixels.count
        }
        return Image(width: height, height: width, pixels: turned)
    }
}
