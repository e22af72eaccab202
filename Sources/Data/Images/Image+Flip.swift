// SPDX-License-Identifier: MIT

import CPixels

extension Image {
    /// The picture mirrored left to right.
    public func flipped() -> Image {
        let mirrored = [UInt8](unsafeUninitializedCapacity: pixels.count) { output, count in
            pixels.withUnsafeBufferPointer { input in
                guard let source = input.baseAddress, let target = output.baseAddress else { return }
                for row in 0..<height {
                    cpixels_mirror(source + 3 * row * width, width, target + 3 * row * width)
                }
            }
            count = pixels.count
        }
        return Image(width: width, height: height, pixels: mirrored)
    }
}
