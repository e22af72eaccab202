// SPDX-License-Identifier: MIT

#if canImport(Glibc)
private import Glibc
#endif

/// A point or a vector; y grows downwards.
struct Point: Sendable, Equatable {
    var x: Float
    var y: Float

    init(_ x: Float, _ y: Float) {
        self.x = x
        self.y = y
    }

    static func + (left: Point, right: Point) -> Point { Point(left.x + right.x, left.y + right.y) }
    static func - (left: Point, right: Point) -> Point { Point(left.x - right.x, left.y - right.y) }
    static func * (point: Point, factor: Float) -> Point { Point(point.x * factor, point.y * factor) }
    func dot(_ other: Point) -> Float { x * other.x + y * other.y }
    var length: Float { (x * x + y * y).squareRoot() }
}

/// What a shape answers about a point: how far outside it lies, and where on the shape it is.
struct ShapeSample {
    /// Signed distance to the outline in the shape's units, negative inside; exact near the outline.
    var distance: Float
    /// Across, −1 at the left edge and 1 at the right.
    var across: Float
    /// Along, 0 at the beginning or top and 1 at the end or bottom.
    var along: Float
}

/// The three shapes that everything is painted with.
enum Shape: Sendable {
    /// A tapered capsule from `start` with radius `startRadius` to `end` with radius `endRadius`.
    case limb(start: Point, end: Point, startRadius: Float, endRadius: Float)
    /// An ellipse with axes along x and y.
    case ellipse(centre: Point, radii: Point)
    /// A trapezoid with horizontal top and bottom and corners rounded by `rounding`.
    case trapezoid(top: Point, topHalf: Float, bottom: Point, bottomHalf: Float, rounding: Float)

    static func box(centre: Point, halfWidth: Float, halfHeight: Float, rounding: Float = 0) -> Shape {
        .trapezoid(
            top: Point(centre.x, centre.y - halfHeight), topHalf: halfWidth,
            bottom: Point(centre.x, centre.y + halfHeight), bottomHalf: halfWidth, rounding: rounding)
    }

    /// The corners of a rectangle that contains the shape.
    var bounds: (least: Point, most: Point) {
        switch self {
        case .limb(let start, let end, let startRadius, let endRadius):
            let radius = max(startRadius, endRadius)
            return (
                Point(min(start.x, end.x) - radius, min(start.y, end.y) - radius),
                Point(max(start.x, end.x) + radius, max(start.y, end.y) + radius)
            )
        case .ellipse(let centre, let radii):
            return (centre - radii, centre + radii)
        case .trapezoid(let top, let topHalf, let bottom, let bottomHalf, _):
            return (
                Point(min(top.x - topHalf, bottom.x - bottomHalf), top.y),
                Point(max(top.x + topHalf, bottom.x + bottomHalf), bottom.y)
            )
        }
    }

    /// Where `point` lies with respect to the shape.
    func sample(_ point: Point) -> ShapeSample {
        switch self {
        case .limb(let start, let end, let startRadius, let endRadius):
            let axis = end - start
            let relative = point - start
            let along = min(1, max(0, relative.dot(axis) / max(axis.dot(axis), 1e-6)))
            let radius = startRadius + along * (endRadius - startRadius)
            let offset = relative - axis * along
            let length = offset.length
            return ShapeSample(distance: length - radius, across: offset.x / max(radius, 1e-6), along: along)
        case .ellipse(let centre, let radii):
            let scaled = Point((point.x - centre.x) / radii.x, (point.y - centre.y) / radii.y)
            let length = scaled.length
            // The distance to first order: the value of the implicit function over the length of its
            // gradient.
            let gradient = Point(scaled.x / radii.x, scaled.y / radii.y).length
            let distance = (length - 1) * length / max(gradient, 1e-6)
            return ShapeSample(distance: distance, across: scaled.x, along: (scaled.y + 1) / 2)
        case .trapezoid(let top, let topHalf, let bottom, let bottomHalf, let rounding):
            let height = max(bottom.y - top.y, 1e-6)
            let along = (point.y - top.y) / height
            let centre = top.x + along * (bottom.x - top.x)
            let half = max(topHalf + along * (bottomHalf - topHalf), 1e-6)
            let sideways = abs(point.x - centre) - half + rounding
            let upright = max(top.y - point.y, point.y - bottom.y) + rounding
            let outside = Point(max(sideways, 0), max(upright, 0)).length
            let distance = outside + min(0, max(sideways, upright)) - rounding
            return ShapeSample(distance: distance, across: (point.x - centre) / half, along: along)
        }
    }
}
