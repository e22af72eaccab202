// SPDX-License-Identifier: MIT

internal import Randomness

/// How far apart two rankings of the same queries are, and how sure that is: queries are drawn again with replacement.
///
/// - SeeAlso: Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, §13.3 (percentile interval).
public struct PairedBootstrap: Sendable, Equatable {
    /// The mean difference.
    public let mean: Double
    /// What 95 of 100 resampled means lie within.
    public let interval: ClosedRange<Double>
    /// How many pairs there are.
    public let count: Int

    /// - Parameters:
    ///   - differences: One of each query, what was measured with one network less what was with the other; one or more.
    ///   - resamples: How often queries are drawn.
    /// - Complexity: `resamples` × the number of queries.
    public init(of differences: [Double], resamples: Int = 10_000, seed: UInt64 = 1) {
        precondition(!differences.isEmpty && resamples > 1, "\(differences.count) differences, \(resamples) resamples")
        var random = RandomKey(seed: seed).stream("tables.bootstrap")
        let size = Double(differences.count)
        let means = (0..<resamples).map { _ in
            var sum = 0.0
            for _ in differences { sum += differences[random.below(differences.count)] }
            return sum / size
        }.sorted()
        mean = differences.reduce(0, +) / size
        interval = Self.quantile(0.025, of: means)...Self.quantile(0.975, of: means)
        count = differences.count
    }

    /// Between the two nearest of sorted values.
    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        let next = min(below + 1, sorted.count - 1)
        return sorted[below] + (place - Double(below)) * (sorted[next] - sorted[below])
    }
}
