// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline

/// Percent as tables show them: with one decimal, rounded as a run's own table is, and a minus sign that is one.
enum Percent {
    static func text(_ value: Double) -> String { (value <= -0.05 ? "−" : "") + digits(value) }

    /// With its sign.
    static func signed(_ value: Double) -> String { (value < 0 ? "−" : "+") + digits(value) }

    /// The mean and, of several seeds, the deviation: `49.2 ± 2.9`; `-` for nothing.
    static func text(_ value: Measured?) -> String {
        guard let value else { return "-" }
        return text(value.mean) + (value.deviation.map { " ± " + text($0) } ?? "")
    }

    /// With four decimals at most.
    static func exact(_ value: Double) -> String { "\((value * 1e4).rounded() / 1e4)" }

    private static func digits(_ value: Double) -> String { String(format: "%.1f", abs(value)) }
}
