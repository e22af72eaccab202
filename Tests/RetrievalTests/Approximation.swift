// SPDX-License-Identifier: MIT

import Retrieval
import Testing

/// How far a single-precision result may be from the reference's.
struct Tolerance {
    let absolute: Double
    let relative: Double

    /// The bar for distances: the reference's own printed digits.
    static let distance = Tolerance(absolute: 1e-5, relative: 1e-5)
    /// The bar for mAP and CMC.
    static let metric = Tolerance(absolute: 1e-6, relative: 1e-6)

    func accepts(_ value: Double, _ expected: Double) -> Bool {
        abs(value - expected) <= max(absolute, relative * abs(expected))
    }
}

/// Expects two lists of numbers to agree place by place.
func expectEqual(
    _ values: some Sequence<Float>, _ expected: some Sequence<Float>, within tolerance: Tolerance = .distance,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let (values, expected) = (Array(values), Array(expected))
    #expect(values.count == expected.count, sourceLocation: sourceLocation)
    for (place, (value, wanted)) in zip(values, expected).enumerated()
    where !tolerance.accepts(Double(value), Double(wanted)) {
        Issue.record("place \(place): \(value), expected \(wanted)", sourceLocation: sourceLocation)
    }
}
