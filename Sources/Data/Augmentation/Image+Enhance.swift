// SPDX-License-Identifier: MIT
// Operations that blend an image with a weakened copy of it, as Pillow's `ImageEnhance` defines them: factor
// 0 gives the copy, 1 the image, and factors above 1 go beyond it.

extension Image {
    /// Changes the saturation: the copy is grey.
    func withColour(_ factor: Double) -> Image {
        var grey = pixels
        for (pixel, luma) in lumas.enumerated() {
            for channel in 0..<3 { grey[3 * pixel + channel] = luma }
        }
        return blended(from: grey, factor)
    }

    /// Changes the contrast: the copy has one colour, the mean luma rounded half up.
    func withContrast(_ factor: Double) -> Image {
        let total = lumas.reduce(0) { $0 + Int($1) }
        let mean = UInt8(Double(total) / Double(width * height) + 0.5)
        return blended(from: [UInt8](repeating: mean, count: pixels.count), factor)
    }

    /// Changes the sharpness: the copy is smoothed by (1 1 1; 1 5 1; 1 1 1)/13, its border untouched.
    func withSharpness(_ factor: Double) -> Image {
        var smooth = pixels
        let rowLength = 3 * width
        for row in stride(from: 1, to: height - 1, by: 1) {
            for position in (row * rowLength + 3)..<max(row * rowLength + 3, (row + 1) * rowLength - 3) {
                var sum = 4 * Int(pixels[position])
                for line in [position - rowLength, position, position + rowLength] {
                    sum += Int(pixels[line - 3]) + Int(pixels[line]) + Int(pixels[line + 3])
                }
                smooth[position] = UInt8((2 * sum + 13) / 26)
            }
        }
        return blended(from: smooth, factor)
    }

    /// The brightness of every pixel by ITU-R 601-2, in 16-bit fixed point.
    private var lumas: [UInt8] {
        stride(from: 0, to: pixels.count, by: 3).map { pixel in
            let (red, green, blue) = (Int(pixels[pixel]), Int(pixels[pixel + 1]), Int(pixels[pixel + 2]))
            return UInt8((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16)
        }
    }

    /// `weakened + factor · (self − weakened)` in single precision, clamped, the fraction cut off.
    private func blended(from weakened: [UInt8], _ factor: Double) -> Image {
        let factor = Float(factor)
        let values = zip(weakened, pixels).map { weak, full in
            UInt8(min(max(Float(weak) + factor * Float(Int(full) - Int(weak)), 0), 255))
        }
        return Image(width: width, height: height, pixels: values)
    }
}
