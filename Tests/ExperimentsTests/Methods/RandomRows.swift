// SPDX-License-Identifier: MIT

import Patterns
import Randomness
import Tensor

/// Rows that memories in double precision are compared with loops on.
enum RandomRows {
    /// What is asked of gradients after twenty updates in double precision: some hundred roundings of 1e-16 each.
    static let tolerance = Tolerance(relative: 1e-10, absolute: 1e-12)

    private static let dimension = 8

    /// Rows of length 1.
    static func draw(_ count: Int, _ random: inout RandomStream) -> [[Double]] {
        (0..<count).map { _ in
            let row = (0..<dimension).map { _ in random.normal() }
            let length = row.map { $0 * $0 }.reduce(0, +).squareRoot()
            return row.map { $0 / length }
        }
    }

    /// The rows in double precision.
    static func tensor(_ rows: [[Double]]) throws -> Tensor {
        // Single precision holds 24 bits: the rest of each number is added to it.
        let high = try Tensor(rows.joined().map { Float($0) }, shape: [rows.count, dimension]).converted(to: .float64)
        let low = try Tensor(rows.joined().map { Float($0 - Double(Float($0))) }, shape: [rows.count, dimension])
        return try high + low.converted(to: .float64)
    }
}
