// SPDX-License-Identifier: MIT

internal import Foundation
internal import Randomness

/// A density over the values of one setting, made of those that were seen and of what was to be expected before.
///
/// Legend: μ a seen value and σ the width of its bell, on the unit interval that ``Dimension/part(of:)`` maps a range to.
///
/// - SeeAlso: Bergstra, Bardenet, Bengio and Kégl, "Algorithms for hyper-parameter optimization", NIPS 2011, §4.
struct ParzenEstimator {
    private enum Shape {
        /// The probability of each choice.
        case choices([Double])
        /// Equal shares of normal densities that end at 0 and 1.
        case bells([(mean: Double, width: Double)])
    }

    private let dimension: Dimension
    private let shape: Shape

    /// - Parameter coordinates: Those that were seen, in any order; none for what is expected before.
    init(_ dimension: Dimension, seen coordinates: [Double]) {
        self.dimension = dimension
        switch dimension.domain {
        case .choices(let values): shape = .choices(Self.shares(of: coordinates, among: values.count))
        case .integers, .numbers: shape = .bells(Self.bells(at: coordinates.map(dimension.part)))
        }
    }

    /// Each choice's share of all that was seen, and of one more that is spread evenly over all.
    private static func shares(of coordinates: [Double], among count: Int) -> [Double] {
        var shares = [Double](repeating: 1 / Double(count), count: count)
        for coordinate in coordinates { shares[Int(coordinate)] += 1 }
        return shares.map { $0 / Double(coordinates.count + 1) }
    }

    /// A bell at every value, and a wide one in the middle for what is expected before: each as wide as the farther of its
    /// neighbours, or the interval's ends, is away.
    private static func bells(at parts: [Double]) -> [(mean: Double, width: Double)] {
        let middle = (mean: 0.5, width: 1.0)
        let means = (parts + [middle.mean]).sorted()
        // A hundred equal values must not become a spike that nothing else can be drawn beside.
        let narrowest = 1 / Double(min(100, means.count + 1))
        var isMiddleFound = false
        return means.indices.map { row in
            if means[row] == middle.mean, !isMiddleFound {
                isMiddleFound = true
                return middle
            }
            let left = row > 0 ? means[row] - means[row - 1] : means[row]
            let right = row + 1 < means.count ? means[row + 1] - means[row] : 1 - means[row]
            return (means[row], min(max(left, right, narrowest), 1))
        }
    }

    /// The logarithm of the density at a coordinate; of choices that of the probability.
    func logDensity(at coordinate: Double) -> Double {
        switch shape {
        case .choices(let shares): return log(shares[Int(coordinate)])
        case .bells(let bells):
            let part = dimension.part(of: coordinate)
            let sum = bells.reduce(0) { sum, bell in
                let inside = normalShare(below: (1 - bell.mean) / bell.width) - normalShare(below: -bell.mean / bell.width)
                let distance = (part - bell.mean) / bell.width
                return sum + exp(-distance * distance / 2) / (bell.width * (2 * Double.pi).squareRoot() * inside)
            }
            return log(sum / Double(bells.count))
        }
    }

    /// A coordinate by chance.
    func draw(from stream: inout RandomStream) -> Double {
        switch shape {
        case .choices(let shares):
            var rest = stream.uniform()
            for (choice, share) in shares.enumerated() {
                rest -= share
                if rest < 0 { return Double(choice) }
            }
            return Double(shares.count - 1)
        case .bells(let bells):
            let bell = bells[stream.below(bells.count)]
            // At least a third of every bell lies inside: its mean does, and it is no wider than the interval.
            while true {
                let part = bell.mean + bell.width * stream.normal()
                if (0...1).contains(part) { return dimension.coordinate(at: part) }
            }
        }
    }
}

/// The share of a standard normal distribution below a value.
private func normalShare(below value: Double) -> Double { erfc(-value / 2.0.squareRoot()) / 2 }
