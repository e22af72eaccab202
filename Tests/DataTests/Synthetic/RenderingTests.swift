// SPDX-License-Identifier: MIT

import Randomness
import Testing

@testable import Data

/// Display values, far below the 1/255 that an image can show.
private let tolerance: Float = 1e-4

@Suite struct `A painted shape` {
    @Test func `knows how far a point is from a capsule, and where along it`() {
        // From (0, 0) with radius 1 to (0, 10) with radius 3: half way down the radius is 2; (5, 5) is 5 − 2
        // = 3 outside.
        let limb = Shape.limb(start: Point(0, 0), end: Point(0, 10), startRadius: 1, endRadius: 3)
        let sample = limb.sample(Point(5, 5))
        #expect(abs(sample.distance - 3) < tolerance)
        #expect(abs(sample.along - 0.5) < tolerance)
        #expect(abs(sample.across - 2.5) < tolerance)
    }

    @Test func `knows how far a point is from a trapezoid`() {
        // Half-width 2 above and 4 below: 3 in the middle, so (5, 5) is 2 outside and (0, 5) is 3 inside.
        let trapezoid = Shape.trapezoid(
            top: Point(0, 0), topHalf: 2, bottom: Point(0, 10), bottomHalf: 4, rounding: 0)
        #expect(abs(trapezoid.sample(Point(5, 5)).distance - 2) < tolerance)
        #expect(abs(trapezoid.sample(Point(0, 5)).distance + 3) < tolerance)
        // (6, 14) is 4 below; along the extended slope the half-width is 4.8, so 1.2 aside: √(4² + 1.2²).
        #expect(abs(trapezoid.sample(Point(6, 14)).distance - 4.17612) < 1e-3)
    }

    @Test func `has the outline of an ellipse where its radii say`() {
        let ellipse = Shape.ellipse(centre: Point(3, 4), radii: Point(2, 5))
        for point in [Point(5, 4), Point(1, 4), Point(3, 9), Point(3, -1)] {
            #expect(abs(ellipse.sample(point).distance) < tolerance)
        }
        // To first order (5.5, 4) is half a unit outside: scaled length 1.25, gradient 0.625,
        // 0.25·1.25/0.625.
        #expect(abs(ellipse.sample(Point(5.5, 4)).distance - 0.5) < tolerance)
    }

    @Test func `covers as many pixels as it has area`() {
        var canvas = Canvas(imageWidth: 20, imageHeight: 20, ground: Colour(0, 0, 0))
        // Centre and radius in canvas samples, two to a pixel: radius 6 pixels, area π·36 = 113.1 pixels.
        // A sample at the edge is covered as far as its distance says to first order: within half a pixel of the area.
        canvas.paint(.ellipse(centre: Point(20, 20), radii: Point(12, 12)), .plain(Colour(1, 1, 1)))
        let covered = canvas.reduced().reduce(0) { $0 + $1.red }
        #expect(abs(covered - 113.1) < 0.5)
    }

    @Test func `may lie outside the canvas`() {
        var canvas = Canvas(imageWidth: 4, imageHeight: 4, ground: Colour(0, 0, 0))
        canvas.paint(.box(centre: Point(-50, 1e9), halfWidth: 3, halfHeight: 3), .plain(Colour(1, 1, 1)))
        #expect(canvas.reduced().allSatisfy { $0 == Colour(0, 0, 0) })
    }
}

@Suite struct `A texture` {
    let black = Colour(0, 0, 0), white = Colour(1, 1, 1)

    @Test func `alternates its bands along the shape`() {
        // Two pairs: black to 1/4, white to 1/2, black to 3/4, white to 1.
        let bands = Texture.bands(black, white, count: 2)
        let seen = [0.1, 0.3, 0.6, 0.9].map { bands.colour(across: 0, along: $0) }
        #expect(seen == [black, white, black, white])
    }

    @Test func `alternates its stripes across the shape`() {
        // One pair over −1...1 about the middle: the boundary lies at ±0.5.
        let stripes = Texture.stripes(black, white, count: 1, shift: 0)
        let seen = [-0.9, -0.4, 0.4, 0.9].map { stripes.colour(across: $0, along: 0) }
        #expect(seen == [white, black, black, white])
    }

    @Test func `shows its mark inside the mark's rectangle alone`() {
        let block = Texture.block(black, white, across: 0.5, along: 0.3, halfWidth: 0.2, halfHeight: 0.1)
        #expect(block.colour(across: 0.6, along: 0.35) == white)
        #expect(block.colour(across: 0.8, along: 0.3) == black)
        #expect(block.colour(across: 0.5, along: 0.45) == black)
    }
}

@Suite struct `A pose` {
    @Test func `shows the front at yaw 0 and the profile at a quarter turn`() {
        let facing = Pose(yaw: 0, phase: 0, stride: 0.4), passing = Pose(yaw: .pi / 2, phase: 0, stride: 0.4)
        #expect(abs(facing.front - 1) < tolerance && abs(facing.side) < tolerance)
        #expect(abs(passing.front) < tolerance && abs(passing.side - 1) < tolerance)
    }

    @Test func `swings the legs in opposite directions`() {
        let pose = Pose(yaw: .pi / 2, phase: .pi / 2, stride: 0.5)
        // At a quarter of the step the left thigh is at 0.5 rad and the right at −0.5: knees at ±0.5·sin 0.5.
        #expect(abs(pose.leg(1, length: 1).knee.x - 0.23971) < tolerance)
        #expect(abs(pose.leg(-1, length: 1).knee.x + 0.23971) < tolerance)
    }
}
