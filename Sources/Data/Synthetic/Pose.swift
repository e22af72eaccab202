// SPDX-License-Identifier: MIT

#if canImport(Glibc)
private import Glibc
#endif
internal import Randomness

/// From where a person is seen, and in which moment of a step.
struct Pose: Sendable, Equatable {
    /// How much of the front is seen: 1 face to face, −1 from behind.
    let front: Float
    /// Where the person is heading in the image: 1 to the right, −1 to the left.
    let side: Float
    /// The phase of the walk, in radians.
    let phase: Float
    /// The largest angle of a thigh, in radians.
    let stride: Float

    /// - Parameters:
    ///   - yaw: The direction in radians: 0 towards the camera, π/2 to the right of the image.
    ///   - phase: The phase of the walk in radians.
    ///   - stride: The largest angle of a thigh in radians.
    init(yaw: Double, phase: Double, stride: Double) {
        front = Float(cos(yaw))
        side = Float(sin(yaw))
        self.phase = Float(phase)
        self.stride = Float(stride)
    }

    /// One of eight directions, a little off, at any moment of a step.
    init(_ random: inout RandomStream) {
        let yaw = Double(random.below(8)) * .pi / 4 + random.uniform(-0.25, 0.25)
        self.init(yaw: yaw, phase: random.uniform(0, 2 * .pi), stride: random.uniform(0.1, 0.5))
    }

    /// The three joints of a leg, `limb` being 1 for the left and −1 for the right, relative to the hip.
    func leg(_ limb: Float, length: Float) -> (knee: Point, ankle: Point) {
        let moment = phase + (limb > 0 ? 0 : Float.pi)
        let thigh = stride * sin(moment)
        let shin = thigh - 0.1 - stride * max(0, cos(moment))
        let knee = Point(sin(thigh) * side, cos(thigh)) * (0.5 * length)
        return (knee, knee + Point(sin(shin) * side, cos(shin)) * (0.5 * length))
    }

    /// Elbow and hand of an arm, relative to the shoulder; arms swing against the legs.
    func arm(_ limb: Float, length: Float) -> (elbow: Point, hand: Point) {
        let moment = phase + (limb > 0 ? Float.pi : 0)
        let upper = 0.8 * stride * sin(moment)
        let lower = upper + 0.25 + 0.3 * stride
        // Seen from front or back, arms hang a little away from the body.
        let spread = 0.14 * limb * front
        let elbow = Point(sin(upper) * side + spread, cos(upper)) * (0.5 * length)
        return (elbow, elbow + Point(sin(lower) * side + 0.5 * spread, cos(lower)) * (0.5 * length))
    }
}
