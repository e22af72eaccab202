// SPDX-License-Identifier: MIT

internal import Foundation

/// How far a stage has come, as one line of text.
package struct ProgressLine: Equatable {
    var label: String
    var unit = ""
    /// How many units there are in all; 0 when nobody knows.
    var totalCount = 0
    /// How many were done before the clock started, as after a resume.
    var startCount = 0
    var doneCount = 0
    /// Seconds since the clock started.
    var elapsed = 0.0
    var note = ""
    /// Seconds that the stages after this one are expected to take; nil when nobody knows.
    var laterSeconds: Double?

    /// The line as shown: `train  120/400 steps (30 %)  12.0 steps/s  23 s left  loss 1.25`.
    var text: String {
        var parts = [label]
        if totalCount > 0 {
            parts.append("\(doneCount)/\(totalCount) \(unit) (\(100 * doneCount / totalCount) %)")
        } else if !unit.isEmpty {
            parts.append("\(doneCount) \(unit)")
        }
        let perSecond = elapsed > 0 ? Double(doneCount - startCount) / elapsed : 0
        if perSecond > 0 {
            parts.append(Self.rate(perSecond, unit: unit))
            if totalCount > doneCount {
                let left = Self.duration(Double(totalCount - doneCount) / perSecond) + " left"
                parts.append(left + (laterSeconds.map { $0 > 0 ? ", then \(Self.duration($0))" : "" } ?? ""))
            }
        }
        if !note.isEmpty { parts.append(note) }
        return parts.joined(separator: "  ")
    }

    /// A rate per second, minute or hour, the first of them that gives at least one.
    static func rate(_ perSecond: Double, unit: String) -> String {
        let periods = [(1.0, "s"), (60, "min"), (3600, "h")]
        let (seconds, name) = periods.first { $0.0 * perSecond >= 1 } ?? (3600, "h")
        let value = perSecond * seconds
        return String(format: value >= 99.95 ? "%.0f" : "%.1f", value) + " \(unit)/\(name)"
    }

    /// A duration in its two largest units: `42 s`, `3 min 05 s`, `2 h 07 min`, `3 d 04 h`.
    package static func duration(_ seconds: Double) -> String {
        // Half a millennium: beyond any run, and safely inside Int.
        let whole = Int(min(max(0, seconds.rounded()), 1.6e10))
        func pair(_ large: String, _ small: String, _ size: Int, _ sizeOfSmall: Int) -> String {
            let rest = whole % size / sizeOfSmall
            return "\(whole / size) \(large) " + (rest < 10 ? "0" : "") + "\(rest) \(small)"
        }
        return switch whole {
        case ..<60: "\(whole) s"
        case ..<3600: pair("min", "s", 60, 1)
        case ..<86_400: pair("h", "min", 3600, 60)
        default: pair("d", "h", 86_400, 3600)
        }
    }
}
