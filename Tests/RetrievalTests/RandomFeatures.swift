// SPDX-License-Identifier: MIT

import Randomness

@testable import Retrieval

/// Rows around one Gaussian centre per identity, drawn from a seed.
func clusteredRows(
    count: Int, identities: Int, dimension: Int, spread: Double = 0.7, seed: UInt64
) throws -> Features<Raw> {
    var stream = RandomKey(seed: seed).stream("test.features")
    let centres = (0..<identities * dimension).map { _ in stream.normal() }
    let values = (0..<count).flatMap { row in
        (0..<dimension).map { column in
            Float(centres[row % identities * dimension + column] + spread * stream.normal())
        }
    }
    return try Features<Raw>(values, count: count, dimension: dimension)
}

/// The squared distance of two rows, term by term in double precision.
func obviousSquaredDistance(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Double {
    zip(left, right).reduce(0) { sum, pair in
        let difference = Double(pair.0) - Double(pair.1)
        return sum + difference * difference
    }
}
