// SPDX-License-Identifier: MIT

#if canImport(Glibc)
private import Glibc
#endif

/// How a shape is coloured, in the shape's own coordinates.
enum Texture: Sendable {
    case plain(Colour)
    /// Bands across the shape, `count` pairs from beginning to end.
    case bands(Colour, Colour, count: Float)
    /// Stripes along the shape, `count` pairs from side to side, turned by `shift` with the body.
    case stripes(Colour, Colour, count: Float, shift: Float)
    /// Both.
    case checks(Colour, Colour, count: Float, shift: Float)
    /// One colour down to the share `split`, another below.
    case split(Colour, Colour, at: Float)
    /// A rectangle of the second colour about (`across`, `along`).
    case block(Colour, Colour, across: Float, along: Float, halfWidth: Float, halfHeight: Float)

    /// The colour at a place of the shape.
    func colour(across: Float, along: Float) -> Colour {
        switch self {
        case .plain(let colour):
            return colour
        case .bands(let first, let second, let count):
            return Texture.isOdd(along * count * 2) ? second : first
        case .stripes(let first, let second, let count, let shift):
            return Texture.isOdd((across + shift) * count + 64.5) ? second : first
        case .checks(let first, let second, let count, let shift):
            let odd = Texture.isOdd((across + shift) * count + 64.5) != Texture.isOdd(along * count * 2.4)
            return odd ? second : first
        case .split(let upper, let lower, let edge):
            return along < edge ? upper : lower
        case .block(let ground, let mark, let centreAcross, let centreAlong, let halfWidth, let halfHeight):
            let inside = abs(across - centreAcross) < halfWidth && abs(along - centreAlong) < halfHeight
            return inside ? mark : ground
        }
    }

    private static func isOdd(_ position: Float) -> Bool {
        Int(position.rounded(.down)) & 1 == 1
    }
}
