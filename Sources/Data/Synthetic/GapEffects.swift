// SPDX-License-Identifier: MIT

/// The effects that make up the domain gap, each a factor of the gap's strength: 1 as designed, 0 left out.
public struct GapEffects: Sendable, Codable, Equatable {
    /// White balance, hue and saturation of each camera.
    public var cast: Double
    /// Exposure, contrast, haze and light falling from one side.
    public var exposure: Double
    /// Defocus and low resolution.
    public var blur: Double
    /// Sensor noise and compression.
    public var noise: Double
    /// Surroundings: walls, windows, trees, passers-by in the distance.
    public var clutter: Double
    /// Poles, boxes and other people in front.
    public var occlusion: Double
    /// Detections that are shifted, too tight or too wide.
    public var misalignment: Double

    /// Effects as designed, but for those that are named.
    public init(
        cast: Double = 1, exposure: Double = 1, blur: Double = 1, noise: Double = 1, clutter: Double = 1,
        occlusion: Double = 1, misalignment: Double = 1
    ) {
        self.cast = cast
        self.exposure = exposure
        self.blur = blur
        self.noise = noise
        self.clutter = clutter
        self.occlusion = occlusion
        self.misalignment = misalignment
    }

    /// Each effect by the name that it has in a file, in order.
    var byName: [(name: String, value: Double)] {
        [
            ("cast", cast), ("exposure", exposure), ("blur", blur), ("noise", noise), ("clutter", clutter),
            ("occlusion", occlusion), ("misalignment", misalignment),
        ]
    }

    /// The effects at the strength `gap`.
    func scaled(by gap: Double) -> GapEffects {
        GapEffects(
            cast: cast * gap, exposure: exposure * gap, blur: blur * gap, noise: noise * gap,
            clutter: clutter * gap, occlusion: occlusion * gap, misalignment: misalignment * gap)
    }

    /// No gap at all: the source's rendering.
    static let none = GapEffects().scaled(by: 0)
}
