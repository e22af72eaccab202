// SPDX-License-Identifier: MIT

/// Paints a pedestrian in a pose.
///
/// Lengths are shares of the body height; y is 0 at the crown and 1 at the soles, x is 0 on the body's axis.
struct Figure {
    let person: Pedestrian
    let pose: Pose
    let light: Light
    /// The crown, in canvas samples.
    let crown: Point
    /// The body height, in canvas samples.
    let scale: Float

    private var hip: Float { 1 - person.legShare - 0.015 }
    private var hem: Float { person.legwear == .dress ? 0.70 : hip + 0.03 + person.upperLength }

    /// Paints everything, back to front.
    func paint(on canvas: inout Canvas) {
        let nearLimb: Float = pose.side > 0 ? -1 : 1
        arm(-nearLimb, on: &canvas)
        if pose.front > 0.25 { bagOnBack(on: &canvas) }
        if person.bagSide != nearLimb { bagAtSide(on: &canvas) }
        leg(-nearLimb, on: &canvas)
        leg(nearLimb, on: &canvas)
        skirt(on: &canvas)
        torso(on: &canvas)
        straps(on: &canvas)
        if pose.front <= 0.25 { bagOnBack(on: &canvas) }
        head(on: &canvas)
        arm(nearLimb, on: &canvas)
        if person.bagSide == nearLimb { bagAtSide(on: &canvas) }
    }

    // MARK: Placing

    private func place(_ point: Point) -> Point {
        crown + point * scale
    }

    private func limb(
        _ start: Point, _ end: Point, _ startRadius: Float, _ endRadius: Float, _ texture: Texture,
        on canvas: inout Canvas
    ) {
        let shape = Shape.limb(
            start: place(start), end: place(end), startRadius: startRadius * scale,
            endRadius: endRadius * scale)
        canvas.paint(shape, texture, light: light)
    }

    private func ellipse(
        _ centre: Point, _ across: Float, _ along: Float, _ colour: Colour, on canvas: inout Canvas
    ) {
        let shape = Shape.ellipse(centre: place(centre), radii: Point(across * scale, along * scale))
        canvas.paint(shape, .plain(colour), light: light)
    }

    private func trapezoid(
        top: Point, _ topHalf: Float, bottom: Point, _ bottomHalf: Float, _ texture: Texture,
        on canvas: inout Canvas
    ) {
        let shape = Shape.trapezoid(
            top: place(top), topHalf: topHalf * scale, bottom: place(bottom), bottomHalf: bottomHalf * scale,
            rounding: 0.018 * scale)
        canvas.paint(shape, texture, light: light)
    }

    /// A half-width that is `frontal` face to face and `lateral` in profile.
    private func turned(_ frontal: Float, _ lateral: Float) -> Float {
        (frontal * frontal * pose.front * pose.front + lateral * lateral * pose.side * pose.side).squareRoot()
    }

    // MARK: Legs

    private func leg(_ side: Float, on canvas: inout Canvas) {
        let start = Point(0.052 * side * pose.front * person.girth, hip)
        let joints = pose.leg(side, length: 0.96 - hip)
        let knee = start + joints.knee, ankle = start + joints.ankle
        let width = 0.75 + 0.25 * person.girth
        let bare = Texture.plain(person.skin), cloth = Texture.plain(person.lower)
        let shin = person.legwear == .trousers ? cloth : bare
        let thigh = person.legwear == .dress ? bare : cloth
        let ankleRadius: Float = person.legwear == .trousers ? 0.032 : 0.024
        limb(knee, ankle, 0.042 * width, ankleRadius * width, shin, on: &canvas)
        limb(start, knee, 0.062 * width, 0.045 * width, thigh, on: &canvas)
        let toe =
            ankle + Point(0.065 * pose.side + 0.012 * side * pose.front, 0.022 + 0.012 * max(0, pose.front))
        limb(ankle + Point(0, 0.014), toe, 0.028, 0.024, .plain(person.shoes), on: &canvas)
    }

    private func skirt(on canvas: inout Canvas) {
        guard person.legwear == .skirt else { return }
        let sway = 0.02 * pose.side
        trapezoid(
            top: Point(0, hip - 0.06), turned(0.095, 0.08) * person.girth, bottom: Point(-sway, hip + 0.24),
            turned(0.135, 0.12) * person.girth, .plain(person.lower), on: &canvas)
    }

    // MARK: Torso and arms

    private func torso(on canvas: inout Canvas) {
        limb(Point(0.005 * pose.side, 0.10), Point(0, 0.17), 0.034, 0.042, .plain(person.skin), on: &canvas)
        let flare: Float = person.legwear == .dress ? 1.3 : 1
        trapezoid(
            top: Point(0, 0.155), turned(0.125, 0.078) * person.girth, bottom: Point(0, hem),
            turned(0.108, 0.085) * person.girth * flare, clothing, on: &canvas)
        if person.legwear != .dress, person.upperLength < 0.1 {
            // A belt line keeps upper and lower of like colours apart.
            let half = turned(0.104, 0.083) * person.girth
            trapezoid(
                top: Point(0, hem - 0.012), half, bottom: Point(0, hem + 0.012), half,
                .plain(person.lower * 0.7), on: &canvas)
        }
    }

    /// The torso's texture as this side of the body shows it: marks on the chest turn away with the body.
    private var clothing: Texture {
        let upper = person.upper, accent = person.accent
        // The middle of the chest lies at this share of the half-width.
        let chest = pose.side * (pose.front > 0 ? 0.95 : 1.6)
        switch person.pattern {
        case .plain: return .plain(upper)
        case .bands: return .bands(upper, accent, count: person.patternCount)
        case .stripes: return .stripes(upper, accent, count: person.patternCount, shift: pose.side)
        case .checks: return .checks(upper, accent, count: person.patternCount, shift: pose.side)
        case .split: return .split(upper, accent, at: 0.45)
        case .block:
            let width = 0.5 * max(0.25, abs(pose.front))
            return .block(upper, accent, across: chest, along: 0.33, halfWidth: width, halfHeight: 0.16)
        case .open:
            let width = 0.32 * max(0.3, abs(pose.front))
            let across = pose.front > -0.3 ? chest : 4
            return .block(upper, accent, across: across, along: 0.5, halfWidth: width, halfHeight: 1)
        }
    }

    private func arm(_ side: Float, on canvas: inout Canvas) {
        let shoulder = Point(0.112 * side * pose.front * person.girth, 0.195)
        let joints = pose.arm(side, length: 0.34)
        let elbow = shoulder + joints.elbow, hand = shoulder + joints.hand
        let sleeve = Texture.plain(person.hasAccentSleeves ? person.accent : person.upper * 0.94)
        let lower = person.hasLongSleeves ? sleeve : .plain(person.skin)
        let width = 0.7 + 0.3 * person.girth
        ellipse(hand + Point(0, 0.012), 0.022, 0.026, person.skin, on: &canvas)
        limb(elbow, hand, 0.031 * width, 0.024 * width, lower, on: &canvas)
        limb(shoulder, elbow, 0.040 * width, 0.033 * width, sleeve, on: &canvas)
        if person.bag == .hand, side == person.bagSide { handBag(hand, on: &canvas) }
    }

    // MARK: Bags

    private func bagOnBack(on canvas: inout Canvas) {
        guard person.bag == .backpack else { return }
        let centre = -0.115 * pose.side * person.girth
        let half = turned(0.098, 0.062)
        trapezoid(
            top: Point(centre, 0.165), half * 0.9, bottom: Point(centre, 0.43), half,
            .split(
                person.bagColour, person.bagColour * 0.75, at: 0.6), on: &canvas)
    }

    private func straps(on canvas: inout Canvas) {
        let strap = Texture.plain(person.bagColour * 0.8)
        switch person.bag {
        case .backpack where pose.front > -0.2:
            for side: Float in [-1, 1] {
                let across = 0.062 * side * max(0.15, pose.front) * person.girth + 0.03 * pose.side
                limb(Point(across, 0.165), Point(across * 1.15, 0.36), 0.013, 0.011, strap, on: &canvas)
            }
        case .shoulder:
            let far = Point(-0.08 * person.bagSide * pose.front * person.girth, 0.165)
            limb(far, bagPlace, 0.012, 0.012, strap, on: &canvas)
        default:
            break
        }
    }

    private var bagPlace: Point {
        Point(0.125 * person.bagSide * pose.front * person.girth, hip + 0.04)
    }

    private func bagAtSide(on canvas: inout Canvas) {
        guard person.bag == .shoulder else { return }
        let half = turned(0.045, 0.085)
        trapezoid(
            top: Point(bagPlace.x, bagPlace.y - 0.06), half * 0.9,
            bottom: Point(bagPlace.x, bagPlace.y + 0.075), half,
            .plain(person.bagColour), on: &canvas)
    }

    private func handBag(_ hand: Point, on canvas: inout Canvas) {
        let half = turned(0.035, 0.078)
        trapezoid(
            top: Point(hand.x, hand.y + 0.03), half * 0.8, bottom: Point(hand.x, hand.y + 0.16), half,
            .plain(person.bagColour), on: &canvas)
    }

    // MARK: Head

    private func head(on canvas: inout Canvas) {
        let size = person.headSize
        let back = -pose.side
        let hair = person.hair == .bald ? person.skin * 0.96 : person.hairColour
        switch person.hair {
        case .long:
            limb(
                Point(0.022 * back, 0.07), Point(0.034 * back, 0.235), 0.060 * size, 0.050, .plain(hair),
                on: &canvas)
        case .medium:
            limb(
                Point(0.014 * back, 0.06), Point(0.020 * back, 0.125), 0.062 * size, 0.054, .plain(hair),
                on: &canvas)
        case .tail where pose.front < 0.5:
            let end = Point(0.075 * back, 0.22)
            limb(Point(0.058 * back, 0.055), end, 0.026, 0.016, .plain(hair), on: &canvas)
        default:
            break
        }
        ellipse(Point(0.008 * back, 0.067), 0.058 * size, 0.068 * size, hair, on: &canvas)
        face(size, on: &canvas)
        hat(size, on: &canvas)
    }

    private func face(_ size: Float, on canvas: inout Canvas) {
        let visible = (pose.front + 0.5) / 1.5
        guard visible > 0.06 else { return }
        let centre = Point(0.026 * pose.side, 0.082)
        ellipse(centre, 0.047 * size * (0.45 + 0.55 * visible), 0.052 * size, person.skin, on: &canvas)
    }

    private func hat(_ size: Float, on canvas: inout Canvas) {
        let colour = person.hatColour
        switch person.hat {
        case .none:
            break
        case .cap:
            ellipse(Point(0, 0.026), 0.061 * size, 0.036 * size, colour, on: &canvas)
            if pose.front > -0.5 {
                let brim = Point(0.085 * pose.side, 0.048)
                limb(Point(0.02 * pose.side, 0.045), brim, 0.016, 0.010, .plain(colour * 0.8), on: &canvas)
            }
        case .beanie:
            ellipse(Point(0, 0.030), 0.063 * size, 0.048 * size, colour, on: &canvas)
        }
    }
}
