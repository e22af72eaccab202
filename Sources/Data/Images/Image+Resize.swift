// SPDX-License-Identifier: MIT
// Shapes: H rows · W columns · 3 channels · T taps of the filter at one output position.

extension Image {
    /// The picture at another size, by Pillow's antialiased bicubic filter, equal to Pillow's in every value.
    ///
    /// The filter is Keys' cubic with `a = −0.5`, widened by the shrink factor of its axis. The horizontal
    /// pass comes first and is rounded to eight bits before the vertical one; weights are fixed-point numbers
    /// with 22 fractional bits. An axis that keeps its length is left alone. Pillow before version 13 is
    /// meant, with which the published numbers were made; later ones do the vertical pass first in some
    /// cases.
    ///
    /// - Parameters:
    ///   - width: The new number of columns, positive.
    ///   - height: The new number of rows, positive.
    /// - Returns: An image of `height` × `width` pixels.
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
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: rowLength) { sums in
                pixels.withUnsafeBufferPointer { input in
                    guard let source = input.baseAddress, let target = output.baseAddress else { return }
                    for row in 0..<newHeight {
                        weightedSum(
                            of: source + filter.firstRows[row] * rowLength,
                            filter.weights[filter.taps(at: row)],
                            sums: sums, into: target + row * rowLength
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

/// Adds up neighbouring rows, each times its fixed-point weight, and rounds to `0 ... 255`.
///
/// The loops are plain so that the compiler makes vector instructions of them; a sum never leaves 32 bits,
/// since the weights' magnitudes add up to less than 2.
///
/// - Parameters:
///   - rows: The first of the rows, which follow each other.
///   - weightsT: `[T]`, with 22 fractional bits.
///   - sums: Room for a row; its values do not matter.
///   - target: Room for a row.
private func weightedSum(
    of rows: UnsafePointer<UInt8>, _ weightsT: ArraySlice<Int32>, sums: UnsafeMutableBufferPointer<Int32>,
    into target: UnsafeMutablePointer<UInt8>
) {
    guard let sum = sums.baseAddress else { return }
    let length = sums.count
    let fractionBits = Int32(ResamplingFilter.fractionBits)
    for position in 0..<length { sum[position] = 1 << (fractionBits &- 1) }
    var row = rows
    for weight in weightsT {
        for position in 0..<length { sum[position] &+= Int32(row[position]) &* weight }
        row += length
    }
    for position in 0..<length {
        let value = sum[position] &>> fractionBits
        target[position] = UInt8(truncatingIfNeeded: value < 0 ? 0 : (value > 255 ? 255 : value))
    }
}
