// SPDX-License-Identifier: MIT

extension Image {
    /// The picture mirrored left to right.
    public func flipped() -> Image {
        let mirrored = [UInt8](unsafeUninitializedCapacity: pixels.count) { output, count in
            for row in 0..<height {
                for column in 0..<width {
                    let from = 3 * (row * width + width - 1 - column)
                    let to = 3 * (row * width + column)
                    output[to] = pixels[from]
                    output[to + 1] = pixels[from + 1]
                    output[to + 2] = pixels[from + 2]
                }
            }
            count = pixels.count
        }
        return Image(width: width, height: height, pixels: mirrored)
    }
}
