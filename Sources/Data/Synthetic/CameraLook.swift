// SPDX-License-Identifier: MIT

#if canImport(Glibc)
private import Glibc
#endif
internal import Randomness

/// What one camera makes of everything that it sees.
struct CameraLook: Sendable {
    /// Where the camera stands.
    var wall: Colour
    var floor: Colour
    /// The row where the floor begins, as a share of the image height.
    var horizon: Float
    var light: Light

    /// Hue and saturation: a 3 × 3 matrix over red, green and blue, by rows.
    var mixing: [Float] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    /// White balance and exposure: a factor per channel.
    var gain = Colour(1, 1, 1)
    var contrast: Float = 1
    /// The share of white veil over the image.
    var haze: Float = 0
    /// How much brighter the right edge of the image is than its middle.
    var slope: Float = 0
    /// Standard deviation of the blur, in pixels of an image 128 pixels high.
    var blur: Float = 0
    /// Standard deviation of the sensor noise, in display values.
    var noise: Float = 0.004
    /// libjpeg's quality.
    var quality = 92
    /// How strong each effect is for things that change from image to image.
    let effects: GapEffects

    /// A camera of the source: plain walls, good light, small differences.
    init(studio random: inout RandomStream, effects: GapEffects = .none) {
        let tint = random.between(0.55, 0.85)
        wall = Colour(tint, tint, tint).varied(by: 0.07, &random)
        floor = (wall * random.between(0.65, 0.9)).varied(by: 0.03, &random)
        horizon = random.between(0.55, 0.75)
        light = Light(sideways: random.between(-0.14, 0.14), falloff: 0.22)
        gain = Colour(1, 1, 1) * random.between(0.95, 1.05)
        self.effects = effects
    }

    /// A camera of the target: a studio camera, worsened.
    ///
    /// Casts point away from each other on the colour circle and the other traits are dealt like cards, so
    /// that even two cameras always differ; the seed turns the circle and deals.
    ///
    /// - Parameters:
    ///   - slot: The camera's position among all target cameras.
    ///   - slots: How many target cameras there can be.
    ///   - effects: The strength of each effect.
    ///   - key: The world's key.
    /// - Returns: The camera's look; with no effects, a studio's.
    static func street(slot: Int, of slots: Int, effects: GapEffects, key: RandomKey) -> CameraLook {
        var own = key.stream("target.camera", index: slot)
        var shared = key.stream("target.cameras")
        let turn = shared.uniform(0, 2 * .pi)
        // The share of a trait that this camera was dealt, −1 to 1 in even steps.
        func dealt(_ random: inout RandomStream) -> Float {
            let card = random.permutation(slots)[slot]
            return 2 * Float(card) / Float(max(1, slots - 1)) - 1
        }
        var look = CameraLook(studio: &own, effects: effects)
        let angle = Float(turn) + 2 * .pi * Float(slot) / Float(slots)
        look.setCast(
            angle: angle, strength: Float(effects.cast) * own.between(0.17, 0.22),
            hue: Float(effects.cast) * 0.145 * dealt(&shared),
            saturation: max(0.2, 1 - Float(effects.cast) * (0.10 + 0.08 * dealt(&shared))))
        let exposure = Float(effects.exposure)
        look.gain = look.gain * exp2(exposure * (-0.06 + 0.21 * dealt(&shared)))
        look.contrast = max(0.4, 1 - exposure * (0.08 + 0.065 * dealt(&shared)))
        look.haze = exposure * (0.026 + 0.020 * dealt(&shared))
        look.slope = exposure * own.between(-0.13, 0.13)
        look.light.sideways += exposure * own.between(-0.13, 0.13)
        look.light.falloff += exposure * 0.08
        look.blur = Float(effects.blur) * (0.45 + 0.26 * dealt(&shared))
        look.noise += Float(effects.noise) * (0.010 + 0.005 * dealt(&shared))
        look.quality = max(20, 92 - Int((effects.noise * 20).rounded()))
        look.furnish(&own)
        return look
    }

    /// Sets white balance towards one side of the colour circle, then hue and saturation.
    ///
    /// - Parameters:
    ///   - angle: The direction of the cast in radians.
    ///   - strength: Stops by which the favoured channel gains.
    ///   - hue: The rotation of all hues in radians, small enough to keep them apart.
    ///   - saturation: The factor of all saturations.
    private mutating func setCast(angle: Float, strength: Float, hue: Float, saturation: Float) {
        let third = 2 * Float.pi / 3
        gain.red *= exp2(strength * cos(angle))
        gain.green *= exp2(0.7 * strength * cos(angle - third))
        gain.blue *= exp2(strength * cos(angle + third))
        // A turn about the grey axis: c·I + s·[axis]× + (1 − c)·axis axisᵀ, scaled, plus grey kept as it is.
        let cosine = cos(hue) * saturation, sine = sin(hue) * saturation / Float(3).squareRoot()
        let grey = (1 - cosine) / 3
        let own = grey + cosine
        mixing = [
            own, grey - sine, grey + sine, grey + sine, own, grey - sine, grey - sine, grey + sine, own,
        ]
    }

    /// Gives the place its own colours where there is clutter.
    private mutating func furnish(_ random: inout RandomStream) {
        let share = Float(min(1, effects.clutter))
        let facade = random.pick([
            Palette.beige, Palette.brown, Palette.grey, Palette.sky, Palette.olive, Palette.maroon,
        ])
        let ground = random.pick([Palette.grey, Palette.beige, Palette.olive, Colour(0.34, 0.34, 0.36)])
        wall = wall.mixed(with: facade.varied(by: 0.08, &random), 0.35 * share)
        floor = floor.mixed(with: ground.varied(by: 0.06, &random), 0.35 * share)
    }
}
