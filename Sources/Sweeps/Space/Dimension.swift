// SPDX-License-Identifier: MIT

internal import Foundation
public import Configuration

/// A setting that a sweep varies.
///
/// A coordinate is the number itself, or which of the choices it is, from 0: what Optuna calls the internal value.
public struct Dimension: Sendable {
    /// The values that there are.
    public enum Domain: Sendable {
        /// Any values, of which no two are the same.
        case choices([YAMLNode])
        /// Whole numbers, both ends included; the lower is 1 or more where steps are equal ratios.
        case integers(ClosedRange<Int>, isLogarithmic: Bool)
        /// Numbers, both ends included; the lower is above 0 where steps are equal ratios.
        case numbers(ClosedRange<Double>, isLogarithmic: Bool)
    }

    /// What must hold for the setting to be varied.
    public struct Condition: Sendable {
        /// An earlier setting of the space.
        public let key: String
        /// Those of its values under which the condition holds.
        public let values: [YAMLNode]
    }

    /// The setting, as an override names it: `adapt.rate`.
    public let key: String
    public let keySpan: SourceSpan
    /// Where its values are written.
    public let span: SourceSpan
    public let domain: Domain
    /// Into how many values a grid divides a range; nil where nobody said.
    public let points: Int?
    /// All of them must hold; else an experiment keeps its own value.
    public let conditions: [Condition]

    /// Digits that a number has which is not one of the ends: what more would only make command lines longer.
    static let significantDigits = 4

    /// The value of a coordinate, with the place in the file that it comes from.
    public func value(at coordinate: Double) -> YAMLNode {
        switch domain {
        case .choices(let values): values[Int(coordinate)]
        case .integers: YAMLNode(.integer(Int(coordinate)), span: span)
        case .numbers: YAMLNode(.float(coordinate), span: span)
        }
    }

    /// The ends of a range, or all choices: what has to be allowed for everything else to be.
    public var extremes: [Double] {
        switch domain {
        case .choices(let values): values.indices.map(Double.init)
        case .integers(let range, _): [Double(range.lowerBound), Double(range.upperBound)]
        case .numbers(let range, _): [range.lowerBound, range.upperBound]
        }
    }

    /// The coordinate at a part of the way from the lower end to the upper, equal parts being equal differences or ratios.
    ///
    /// - Parameter part: In `[0, 1]`; of whole numbers and choices each has an equal share.
    func coordinate(at part: Double) -> Double {
        switch domain {
        case .choices(let values): return min(Double(Int(part * Double(values.count))), Double(values.count - 1))
        case .integers(let range, let isLogarithmic):
            // Half a step more at either end, so that the ends are as likely as all others.
            let (lower, upper) = (Double(range.lowerBound) - 0.5, Double(range.upperBound) + 0.5)
            let value = between(lower, upper, part, isLogarithmic).rounded()
            return min(max(value, Double(range.lowerBound)), Double(range.upperBound))
        case .numbers(let range, let isLogarithmic):
            let value = rounded(between(range.lowerBound, range.upperBound, part, isLogarithmic))
            return min(max(value, range.lowerBound), range.upperBound)
        }
    }

    /// Where a coordinate of a range lies between its ends, in `[0, 1]`: what ``coordinate(at:)`` makes it of.
    func part(of coordinate: Double) -> Double {
        switch domain {
        case .choices(let values): return (coordinate + 0.5) / Double(values.count)
        case .integers(let range, let isLogarithmic):
            return part(of: coordinate, Double(range.lowerBound) - 0.5, Double(range.upperBound) + 0.5, isLogarithmic)
        case .numbers(let range, let isLogarithmic):
            return part(of: coordinate, range.lowerBound, range.upperBound, isLogarithmic)
        }
    }

    private func part(of value: Double, _ lower: Double, _ upper: Double, _ isLogarithmic: Bool) -> Double {
        isLogarithmic ? (log(value) - log(lower)) / (log(upper) - log(lower)) : (value - lower) / (upper - lower)
    }

    private func between(_ lower: Double, _ upper: Double, _ part: Double, _ isLogarithmic: Bool) -> Double {
        isLogarithmic ? exp(log(lower) + part * (log(upper) - log(lower))) : lower + part * (upper - lower)
    }

    private func rounded(_ value: Double) -> Double {
        guard value != 0, value.isFinite else { return value }
        // By way of text: the number that is read back from a command line.
        return Double(String(format: "%.\(Self.significantDigits - 1)e", value)) ?? value
    }
}
