// SPDX-License-Identifier: MIT

internal import Foundation

/// A direction of a chart: from where to where, and the round numbers that are written along it.
struct Axis: Equatable {
    let lower: Double
    let upper: Double
    let ticks: [Double]
    /// Whether equal lengths are equal ratios.
    let isLogarithmic: Bool
    /// What is written at ticks in place of numbers, one for each; nil for the numbers.
    let names: [String]?

    private init(
        _ lower: Double, _ upper: Double, ticks: [Double], isLogarithmic: Bool = false, names: [String]? = nil
    ) {
        self.lower = lower
        self.upper = upper
        self.ticks = ticks
        self.isLogarithmic = isLogarithmic
        self.names = names
    }

    /// An axis that holds all values.
    ///
    /// - Parameters:
    ///   - values: Those that are no finite numbers do not count.
    ///   - isTight: Whether it ends where they do; else at the next round numbers. A tight axis of whole numbers has no
    ///     others.
    ///   - parts: About how many steps there are.
    init(holding values: some Sequence<Double>, isTight: Bool = false, parts: Int = 4) {
        let finite = values.filter(\.isFinite)
        var (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
        // Values that are all alike lie in the middle.
        if least == most {
            let margin = least == 0 ? 1 : abs(least) / 2
            // Of what is never below 0, shares and losses, nothing is shown there.
            (least, most) = (least == 0 ? 0 : least - margin, most + margin)
        }
        let isWhole = isTight && finite.allSatisfy { $0 == $0.rounded() }
        let step = max(Self.roundStep((most - least) / Double(parts)), isWhole ? 1 : 0)
        let (first, last) =
            isTight
            ? ((least / step).rounded(.up), (most / step).rounded(.down))
            : ((least / step).rounded(.down), (most / step).rounded(.up))
        guard step.isFinite, step > 0, last - first < 100 else {
            self.init(least, most, ticks: [least, most])
            return
        }
        let ticks = stride(from: first, through: last, by: 1).map { $0 * step }
        self.init(isTight ? least : first * step, isTight ? most : last * step, ticks: ticks)
    }

    /// An axis of equal ratios over a range above 0. Its ticks are powers of ten, and where that gives fewer than three 2
    /// and 5 times such, or all round numbers.
    init(ofRatios range: ClosedRange<Double>) {
        let plain = Axis(holding: [range.lowerBound, range.upperBound], isTight: true)
        guard range.lowerBound > 0, range.lowerBound < range.upperBound else {
            self = plain
            return
        }
        let decades = log10(range.lowerBound).rounded(.down)...log10(range.upperBound).rounded(.up)
        let stride = max(1, ((decades.upperBound - decades.lowerBound) / 6).rounded(.up))
        let ticks = [[1.0], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]].map { factors in
            Swift.stride(from: decades.lowerBound, through: decades.upperBound, by: stride)
                .flatMap { power in factors.map { Self.decimal($0, power) } }.filter(range.contains)
        }
        self.init(
            range.lowerBound, range.upperBound, ticks: ticks.first { $0.count > 2 } ?? plain.ticks, isLogarithmic: true)
    }

    /// By way of text: the number that people write.
    private static func decimal(_ factor: Double, _ power: Double) -> Double {
        Double("\(Int(factor))e\(Int(power))") ?? factor * pow(10, power)
    }

    /// An axis of names side by side, the first at 0; of many only some are written.
    init(of names: [String]) {
        let step = max(1, (names.count + Self.mostNames - 1) / Self.mostNames)
        let shown = Array(stride(from: 0, to: names.count, by: step))
        let room = max(3, Self.letters / max(shown.count, 1) - 1)
        self.init(
            -0.5, Double(max(names.count, 1)) - 0.5, ticks: shown.map(Double.init),
            names: shown.map { names[$0].count > room ? names[$0].prefix(room - 1) + "…" : names[$0] })
    }

    /// How many names and letters have room along an axis.
    private static let (mostNames, letters) = (8, 52)

    /// 1, 2 or 5 times a power of ten, not below a length.
    private static func roundStep(_ length: Double) -> Double {
        let power = pow(10, log10(length).rounded(.down))
        return [1, 2, 5].map { $0 * power }.first { $0 >= length * (1 - 1e-9) } ?? 10 * power
    }

    /// How far along a value lies, in `0 ... 1` where the axis holds it.
    func place(of value: Double) -> Double {
        if isLogarithmic { return log(value / lower) / log(upper / lower) }
        // In halves: the whole of it may be more than a number can hold.
        return (value / 2 - lower / 2) / (upper / 2 - lower / 2)
    }

    /// What is written at a tick.
    func label(at row: Int) -> String { names?[row] ?? Self.label(ticks[row]) }

    /// A number as it is written along an axis.
    static func label(_ value: Double) -> String {
        let text = String(format: "%.4g", value)
        return text == "-0" ? "0" : text
    }
}

extension Double {
    /// A length to a tenth of a pixel.
    var pixels: String {
        let text = String(format: "%.1f", self)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
