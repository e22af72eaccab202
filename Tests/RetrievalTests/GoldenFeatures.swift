// SPDX-License-Identifier: MIT

import Foundation

@testable import Retrieval

/// Features that a formula makes, the same on every machine.
enum GoldenFeatures {
    /// `[12, 6]`: `sin(1.3·k^1.1 + 0.2)`, `k = 0…71`.
    static func visda() throws -> Features<UnitNorm> {
        try unit(count: 12, dimension: 6) { sin(1.3 * pow(Double($0), 1.1) + 0.2) }
    }

    /// `[12, 6]`: `cos(0.8k + 0.5)`, `k = 0…71`.
    static func visdaCameras() throws -> Features<UnitNorm> {
        try unit(count: 12, dimension: 6) { cos(0.8 * Double($0) + 0.5) }
    }

    /// `[24, 4]`: row i is `sin(1.7i + 0.3), cos(2.3i), sin(0.9i + 1), cos(0.4i)`.
    static func spcl() throws -> Features<UnitNorm> {
        try unit(count: 24, dimension: 4) { place in
            let row = Double(place / 4)
            return [sin(1.7 * row + 0.3), cos(2.3 * row), sin(0.9 * row + 1), cos(0.4 * row)][place % 4]
        }
    }

    private static func unit(
        count: Int, dimension: Int, _ value: (Int) -> Double
    ) throws -> Features<UnitNorm> {
        let values = (0..<count * dimension).map { Float(value($0)) }
        return try Features<Raw>(values, count: count, dimension: dimension).normalised()
    }
}
