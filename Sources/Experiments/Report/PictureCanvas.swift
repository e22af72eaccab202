// SPDX-License-Identifier: MIT

internal import Data

/// A white picture on which others are laid.
struct PictureCanvas {
    private(set) var image: Image

    init(width: Int, height: Int) {
        image = Image(width: width, height: height, red: 255, green: 255, blue: 255)
    }

    /// Lays a picture down with its upper left corner at a place; it has to fit.
    mutating func place(_ picture: Image, x: Int, y: Int) {
        precondition(
            x >= 0 && y >= 0 && x + picture.width <= image.width && y + picture.height <= image.height,
            "\(picture.width) × \(picture.height) at (\(x), \(y)) on \(image.width) × \(image.height)")
        let length = 3 * picture.width
        for row in 0..<picture.height {
            let start = 3 * ((y + row) * image.width + x)
            image.pixels.replaceSubrange(start..<start + length, with: picture.pixels[row * length..<(row + 1) * length])
        }
    }
}
