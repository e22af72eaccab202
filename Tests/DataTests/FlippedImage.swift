// SPDX-License-Identifier: MIT

@testable import Data

extension Image {
    /// The picture mirrored left to right.
    func flipped() -> Image {
        let mirrored = (0..<height).flatMap { row in
            (0..<width).reversed().flatMap { column in
                let start = 3 * (row * width + column)
                return pixels[start..<start + 3]
            }
        }
        return Image(width: width, height: height, pixels: mirrored)
    }
}
