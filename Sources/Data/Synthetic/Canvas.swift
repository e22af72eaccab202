// SPDX-License-Identifier: MIT

/// Light from one side on everything that is round.
struct Light: Sendable {
    /// How much brighter the right edge of a round shape is than its middle; negative for light from the
    /// left.
    var sideways: Float
    /// How much darker both edges are than the middle.
    var falloff: Float

    static let flat = Light(sideways: 0, falloff: 0)
}

/// A picture being painted back to front with antialiased shapes, at twice the size of the image that it
/// becomes.
struct Canvas: Sendable {
    /// Samples per pixel along each axis.
    static let supersampling = 2

    let width: Int
    let height: Int
    private(set) var pixels: [Colour]

    /// - Parameters:
    ///   - imageWidth: Width of the final image in pixels.
    ///   - imageHeight: Height of the final image in pixels.
    ///   - ground: The colour under everything.
    init(imageWidth: Int, imageHeight: Int, ground: Colour) {
        width = imageWidth * Canvas.supersampling
        height = imageHeight * Canvas.supersampling
        pixels = Array(repeating: ground, count: width * height)
    }

    /// Paints a shape whose coordinates are canvas samples.
    mutating func paint(_ shape: Shape, _ texture: Texture, light: Light = .flat, opacity: Float = 1) {
        let bounds = shape.bounds
        let firstRow = max(0, Canvas.index(bounds.least.y - 1)),
            lastRow = min(height - 1, Canvas.index(bounds.most.y + 1))
        let firstColumn = max(0, Canvas.index(bounds.least.x - 1))
        let lastColumn = min(width - 1, Canvas.index(bounds.most.x + 1))
        guard firstRow <= lastRow, firstColumn <= lastColumn else { return }
        let columns = width
        pixels.withUnsafeMutableBufferPointer { pixels in
            for row in firstRow...lastRow {
                for column in firstColumn...lastColumn {
                    let sample = shape.sample(Point(Float(column) + 0.5, Float(row) + 0.5))
                    let coverage = min(1, max(0, 0.5 - sample.distance)) * opacity
                    guard coverage > 0 else { continue }
                    let across = min(1, max(-1, sample.across))
                    let shade = 1 + light.sideways * across - light.falloff * across * across
                    let colour = texture.colour(across: sample.across, along: sample.along) * shade
                    let position = row * columns + column
                    pixels[position] = pixels[position].mixed(with: colour, coverage)
                }
            }
        }
    }

    /// Recolours every sample by its place, for gradients and grain.
    mutating func recolour(_ change: (_ column: Int, _ row: Int, Colour) -> Colour) {
        let columns = width, rows = height
        pixels.withUnsafeMutableBufferPointer { pixels in
            for row in 0..<rows {
                for column in 0..<columns {
                    let position = row * columns + column
                    pixels[position] = change(column, row, pixels[position])
                }
            }
        }
    }

    /// The picture at its final size: each pixel the mean of its samples, row by row.
    func reduced() -> [Colour] {
        let size = Canvas.supersampling
        let columns = width / size, rows = height / size
        var reduced: [Colour] = []
        reduced.reserveCapacity(columns * rows)
        for row in 0..<rows {
            for column in 0..<columns {
                let upper = row * size * width + column * size, lower = upper + width
                let first = pixels[upper], second = pixels[upper + 1], third = pixels[lower],
                    fourth = pixels[lower + 1]
                reduced.append(
                    Colour(
                        (first.red + second.red + third.red + fourth.red) / 4,
                        (first.green + second.green + third.green + fourth.green) / 4,
                        (first.blue + second.blue + third.blue + fourth.blue) / 4))
            }
        }
        return reduced
    }

    private static func index(_ coordinate: Float) -> Int {
        Int(min(65_536, max(-65_536, coordinate)).rounded(.down))
    }
}
