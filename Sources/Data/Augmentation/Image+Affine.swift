// SPDX-License-Identifier: MIT
// Operations that move pixels, on the same canvas; what comes from outside of the image is mid-grey.

import Glibc

/// The level of uncovered pixels.
private let uncovered: UInt8 = 128

extension Image {
    /// Turns the image about its centre, each pixel taken from the nearest one.
    ///
    /// Positions are 16.16 fixed-point numbers that are added up along a row, as in Pillow: rounding each
    /// position on its own would choose other pixels here and there.
    ///
    /// - Parameter degrees: Counter-clockwise.
    func rotated(degrees: Double) -> Image {
        let angle = -degrees * .pi / 180
        let (cosine, sine) = (rounded15(cos(angle)), rounded15(sin(angle)))
        let (middleX, middleY) = (Double(width) / 2, Double(height) / 2)
        let offsetX = -middleX * cosine - middleY * sine + middleX
        let offsetY = middleX * sine - middleY * cosine + middleY
        let (stepX, stepY) = (fixed(cosine), fixed(-sine))
        var startX = fixed(offsetX + cosine * 0.5 + sine * 0.5)
        var startY = fixed(offsetY - sine * 0.5 + cosine * 0.5)
        var turned = [UInt8](repeating: uncovered, count: pixels.count)
        for row in 0..<height {
            var (x, y) = (startX, startY)
            for column in 0..<width {
                let (fromX, fromY) = (x >> 16, y >> 16)
                if (0..<width).contains(fromX) && (0..<height).contains(fromY) {
                    let (from, to) = (3 * (fromY * width + fromX), 3 * (row * width + column))
                    for channel in 0..<3 { turned[to + channel] = pixels[from + channel] }
                }
                x += stepX
                y += stepY
            }
            startX += fixed(sine)
            startY += fixed(cosine)
        }
        return Image(width: width, height: height, pixels: turned)
    }

    /// Takes the pixel of column `x`, row `y` from column `x + slope·y`, by bicubic interpolation.
    ///
    /// The kernel is the cubic with `a = −1` of Pillow's geometric transforms, not the one of its resize.
    func shearedHorizontally(by slope: Double) -> Image {
        var sheared = [UInt8](repeating: uncovered, count: pixels.count)
        for row in 0..<height {
            let first = 3 * row * width
            for column in 0..<width {
                // Rows keep their place, so only the four neighbours along the row have weights.
                let position = Double(column) + 0.5 + slope * (Double(row) + 0.5)
                guard position >= 0, position < Double(width) else { continue }
                let cell = (position - 0.5).rounded(.down)
                let columns = SIMD4(repeating: Int(cell)) &+ SIMD4(-1, 0, 1, 2)
                let neighbours = columns.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: width - 1))
                for channel in 0..<3 {
                    let value = { (tap: Int) in Double(self.pixels[first + 3 * neighbours[tap] + channel]) }
                    sheared[first + 3 * column + channel] = cubic(
                        SIMD4(value(0), value(1), value(2), value(3)), at: position - 0.5 - cell
                    )
                }
            }
        }
        return Image(width: width, height: height, pixels: sheared)
    }
}

/// The cubic through four neighbours, clamped, the fraction cut off.
private func cubic(_ values: SIMD4<Double>, at fraction: Double) -> UInt8 {
    let slope = values[2] - values[0]
    let bend = 2 * (values[0] - values[1]) + values[2] - values[3]
    let twist = -values[0] + values[1] - values[2] + values[3]
    let value = values[1] + fraction * (slope + fraction * (bend + fraction * twist))
    return UInt8(min(max(value, 0), 255))
}

/// A 16.16 fixed-point number.
private func fixed(_ value: Double) -> Int {
    Int((value * 65536 + 0.5).rounded(.down))
}

/// Fifteen decimals, so that the cosine of a right angle is 0.
private func rounded15(_ value: Double) -> Double {
    (value * 1e15).rounded(.toNearestOrEven) / 1e15
}
