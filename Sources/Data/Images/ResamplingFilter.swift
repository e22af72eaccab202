// SPDX-License-Identifier: MIT

import CPixels

/// Which input positions each output position of one axis is made of, and with which weights.
struct ResamplingFilter {
    /// 22 bits of a weight are its fraction: of 32, eight are the value's and two the filter's overshoot.
    static let fractionBits = CPixelsFractionBits

    /// The first input position of each output position.
    private var firstRows: [Int] = []
    /// The weights of all output positions, one after the other, as integers with ``fractionBits``.
    private var weights: [Int32] = []
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
        firstRows.reserveCapacity(newLength)
        ends.reserveCapacity(newLength)
        weights.reserveCapacity(newLength * (Int(2 * radius) + 2))
        var taps: [Double] = []
        for position in 0..<newLength {
            let centre = (Double(position) + 0.5) * scale
            let first = max(Int(centre - radius + 0.5), 0)
            let end = min(Int(centre + radius + 0.5), oldLength)
            taps.removeAll(keepingCapacity: true)
            for row in first..<end { taps.append(ResamplingFilter.cubic((Double(row) - centre + 0.5) * shrink)) }
            let total = taps.reduce(0, +)
            firstRows.append(first)
            for tap in taps { weights.append(ResamplingFilter.fixedPoint(total == 0 ? tap : tap / total)) }
            ends.append(weights.count)
        }
    }

    /// Hands out the first input position of an output position, and the weights of that one and its followers.
    func withTaps(at position: Int, _ body: (Int, UnsafeBufferPointer<Int32>) -> Void) {
        let taps = (position == 0 ? 0 : ends[position - 1])..<ends[position]
        weights.withUnsafeBufferPointer { body(firstRows[position], UnsafeBufferPointer(rebasing: $0[taps])) }
    }

    /// Keys' interpolation kernel with `a = −1/2`.
    private static func cubic(_ offset: Double) -> Double {
        let (a, x) = (-0.5, abs(offset))
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
        return 0
    }

    /// The nearest integer to `weight · 2²²`, halves away from zero.
    ///
    /// Adding a half and cutting off is what Pillow does, and the oldest processors round by a function call.
    private static func fixedPoint(_ weight: Double) -> Int32 {
        Int32(weight * Double(1 << fractionBits) + (weight < 0 ? -0.5 : 0.5))
    }
}
