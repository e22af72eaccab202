// SPDX-License-Identifier: MIT

internal import Foundation

/// A direction of a chart: from where to where, and the round numbers that are written along it.
struct Axis: Equatable {
    let lower: Double
    let upper: Double
    let ticks: [Double]

    /// An axis that holds all values.
    ///
    /// - Parameters:
    ///   - values: Those that are no finite numbers do not count.
    ///   - isTight: Whether it ends where they do; else at the next round numbers. A tight axis of whole numbers has no others.
    ///   - parts: About how many steps there are.
    init(holding values: some Sequence<Double>, isTight: Bool = false, parts: Int = 4) {
        let finite = values.filter(\.isFinite)
        var (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
        // Values that are all alike lie in the middle.
        if least == most {
            let margin = least == 0 ? 1 : abs(least) / 2
            (least, most) = (least - margin, most + margin)
        }
        let isWhole = isTight && finite.allSatisfy { $0 == $0.rounded() }
        let step = max(Self.roundStep((most - least) / Double(parts)), isWhole ? 1 : 0)
        let (first, last) =
            isTight
            ? ((least / step).rounded(.up), (most / step).rounded(.down))
            : ((least / step).rounded(.down), (most / step).rounded(.up))
        guard step.isFinite, step > 0, last - first < 100 else {
            (lower, upper, ticks) = (least, most, [least, most])
            return
        }
        ticks = stride(from: first, through: last, by: 1).map { $0 * step }
        (lower, upper) = isTight ? (least, most) : (first * step, last * step)
    }

    /// 1, 2 or 5 times a power of ten, not below a length.
    private static func roundStep(_ length: Double) -> Double {
        let power = pow(10, log10(length).rounded(.down))
        return [1, 2, 5].map { $0 * power }.first { $0 >= length * (1 - 1e-9) } ?? 10 * power
    }

    /// How far along a value lies, in `0 ... 1` where the axis holds it.
    func place(of value: Double) -> Double {
        // In halves: the whole of it may be more than a number can hold.
        (value / 2 - lower / 2) / (upper / 2 - lower / 2)
    }

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
