// SPDX-License-Identifier: MIT

/// Which input positions each output position of one axis is made of, and with which weights.
struct ResamplingFilter {
    /// Eight bits for the value, two for the filter's overshoot, the rest of 32 for the fraction.
    static let fractionBits = 32 - 8 - 2

    /// The first input position of each output position.
    private(set) var firstRows: [Int] = []
    /// The weights of all output positions, one after the other, as integers with ``fractionBits``.
    private(set) var weights: [Int32] = []
    private var ends: [Int] = []

    /// Keys' cubic, stretched by the shrink factor so that it is a low-pass filter when shrinking.
    ///
    /// - Parameters:
    ///   - oldLength: The axis' length, positive.
    ///   - newLength: The length wanted, positive.
    init(from oldLength: Int, to newLength: Int) {
        let scale = Double(oldLength) / Double(newLength)
        let stretch = max(scale, 1)
        let radius = 2 * stretch
        // Pillow multiplies by the reciprocal; dividing would round differently in rare cases.
        let shrink = 1 / stretch
        for position in 0..<newLength {
            let centre = (Double(position) + 0.5) * scale
            let first = max(Int(centre - radius + 0.5), 0)
            let end = min(Int(centre + radius + 0.5), oldLength)
            var taps = (first..<end).map { ResamplingFilter.cubic((Double($0) - centre + 0.5) * shrink) }
            let total = taps.reduce(0, +)
            if total != 0 { taps = taps.map { $0 / total } }
            firstRows.append(first)
            weights += taps.map(ResamplingFilter.fixedPoint)
            ends.append(weights.count)
        }
    }

    /// Where in ``weights`` the weights of an output position lie.
    func taps(at position: Int) -> Range<Int> {
        (position == 0 ? 0 : ends[position - 1])..<ends[position]
    }

    /// Keys' interpolation kernel with `a = −1/2`.
    private static func cubic(_ offset: Double) -> Double {
        let (a, x) = (-0.5, abs(offset))
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
        return 0
    }

    /// The nearest integer to `weight · 2²²`, halves away from zero.
    private static func fixedPoint(_ weight: Double) -> Int32 {
        Int32((weight * Double(1 << fractionBits)).rounded(.toNearestOrAwayFromZero))
    }
}
