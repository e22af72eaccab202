// SPDX-License-Identifier: MIT

/// A figure over seeds.
public struct Measured: Sendable, Equatable, Encodable {
    public let mean: Double
    /// The standard deviation, n − 1 below the line; nil for fewer than two seeds.
    public let deviation: Double?
    public let count: Int

    /// - Parameter values: One of each seed; nothing comes of none.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        count = values.count
        deviation =
            values.count > 1
            ? (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot() : nil
    }
}
