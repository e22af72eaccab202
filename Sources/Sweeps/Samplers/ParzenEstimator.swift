// SPDX-License-Identifier: MIT

internal import Foundation
internal import Randomness

/// A density over the values of one setting, made of those that were seen and of what was to be expected before.
///
/// Legend: μ a seen value and σ the width of its bell, on the unit interval that ``Dimension/part(of:)`` maps a range to.
///
/// - SeeAlso: Bergstra, Bardenet, Bengio and Kégl, "Algorithms for hyper-parameter optimization", NIPS 2011, §4; for
///   smoothing, widths and weights Watanabe, "Tree-structured Parzen estimator: understanding its algorithm components and
///   their roles for better empirical performance", arXiv 2304.11127.
struct ParzenEstimator {
    private struct Bell {
        let mean: Double
        let width: Double
        /// Of all bells together 1.
        let share: Double
    }

    private enum Shape {
        /// The probability of each choice.
        case choices([Double])
        /// Normal densities that end at 0 and 1.
        case bells([Bell])
    }

    private let dimension: Dimension
    private let shape: Shape

    /// - Parameter coordinates: Those that were seen, the oldest first; none for what is expected before.
    init(_ dimension: Dimension, seen coordinates: [Double]) {
        self.dimension = dimension
        switch dimension.domain {
        case .choices(let values): shape = .choices(Self.shares(of: coordinates, among: values.count))
        case .integers, .numbers: shape = .bells(Self.bells(at: coordinates.map(dimension.part)))
        }
    }

    /// How much each of so many values counts, the oldest first, beside 1 for what was expected before: as much as that, but
    /// for all before the last 25, which count less the older they are. What is found late then has a say soon.
    static func weights(_ count: Int) -> [Double] {
        let fresh = 25
        guard count > fresh else { return [Double](repeating: 1, count: count) }
        let least = 1 / Double(count)
        let steps = Double(max(count - fresh - 1, 1))
        return (0..<count - fresh).map { least + (1 - least) * Double($0) / steps } + [Double](repeating: 1, count: fresh)
    }

    /// Each choice's share, where every value that was seen stands a little for all others too: the less, the more there
    /// are. So a choice that was bad in the few trials that had it comes to be tried again, when others have had many.
    private static func shares(of coordinates: [Double], among count: Int) -> [Double] {
        let weights = weights(coordinates.count)
        let total = weights.reduce(1, +)
        let spread = 1 / Double(coordinates.count + 1)
        var shares = [Double](repeating: 1 / (Double(count) * total), count: count)
        for (coordinate, weight) in zip(coordinates, weights) {
            let part = weight / total / (1 + Double(count) * spread)
            for choice in shares.indices { shares[choice] += part * spread }
            shares[Int(coordinate)] += part
        }
        return shares
    }

    /// A bell at every value, and a wide one in the middle for what is expected before: each as wide as the farther of its
    /// neighbours is away. The interval's ends count as neighbours of a value that is alone.
    private static func bells(at parts: [Double]) -> [Bell] {
        let weights = weights(parts.count)
        let total = weights.reduce(1, +)
        // A hundred equal values must not become a spike that nothing else can be drawn beside.
        let narrowest = 1 / Double(min(100, parts.count + 2))
        let order = parts.indices.sorted { (parts[$0], $0) < (parts[$1], $1) }
        let bells = order.indices.map { row in
            let mean = parts[order[row]]
            let left = row > 0 ? mean - parts[order[row - 1]] : order.count == 1 ? mean : 0
            let right = row + 1 < order.count ? parts[order[row + 1]] - mean : order.count == 1 ? 1 - mean : 0
            return Bell(mean: mean, width: min(max(left, right, narrowest), 1), share: weights[order[row]] / total)
        }
        return bells + [Bell(mean: 0.5, width: 1, share: 1 / total)]
    }

    /// The logarithm of the density at a coordinate; of choices that of the probability.
    func logDensity(at coordinate: Double) -> Double {
        switch shape {
        case .choices(let shares): return log(shares[Int(coordinate)])
        case .bells(let bells):
            let part = dimension.part(of: coordinate)
            return log(
                bells.reduce(0) { sum, bell in
                    let inside =
                        normalShare(below: (1 - bell.mean) / bell.width) - normalShare(below: -bell.mean / bell.width)
                    let distance = (part - bell.mean) / bell.width
                    let height = exp(-distance * distance / 2) / (bell.width * (2 * Double.pi).squareRoot() * inside)
                    return sum + bell.share * height
                })
        }
    }

    /// A coordinate by chance.
    func draw(from stream: inout RandomStream) -> Double {
        switch shape {
        case .choices(let shares): return Double(Self.row(of: shares, at: stream.uniform()))
        case .bells(let bells):
            let bell = bells[Self.row(of: bells.map(\.share), at: stream.uniform())]
            // At least a third of every bell lies inside: its mean does, and it is no wider than the interval.
            while true {
                let part = bell.mean + bell.width * stream.normal()
                if (0...1).contains(part) { return dimension.coordinate(at: part) }
            }
        }
    }

    /// The row that a part of all shares falls into.
    private static func row(of shares: [Double], at part: Double) -> Int {
        var rest = part
        for (row, share) in shares.enumerated() {
            rest -= share
            if rest < 0 { return row }
        }
        return shares.count - 1
    }
}

/// The share of a standard normal distribution below a value.
private func normalShare(below value: Double) -> Double { erfc(-value / 2.0.squareRoot()) / 2 }
