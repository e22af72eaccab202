// SPDX-License-Identifier: MIT

internal import Foundation
internal import Reporting

/// What is known of a stage under way, as one line of text.
package struct ProgressLine: Equatable {
    /// A figure by which epochs are compared, as a fraction.
    struct Score: Equatable {
        var name: String
        var latest: Double
        var best: Double
        /// After which it was found.
        var epoch: Epoch?
    }

    /// From 1, and how many there are.
    struct Epoch: Equatable {
        var number: Int
        var count: Int
    }

    var label: String
    /// Which of several trainings of the stage it is; empty where there is one.
    var part = ""
    /// The epoch under way; nil outside a training.
    var epoch: Epoch?
    /// What is counted: a phase, or anything else.
    var phase: Phase?
    var unit = ""
    /// How many units there are in all; 0 when nobody knows.
    var totalCount = 0
    /// How many were done before the clock started, as after a resume.
    var startCount = 0
    var doneCount = 0
    /// Seconds since the clock started.
    var elapsed = 0.0
    /// Seconds until the stage is done; nil where only what is counted now tells.
    var stageSeconds: Double?
    /// Seconds that the stages after this one are expected to take; nil when nobody knows.
    var laterSeconds: Double?
    var losses: [LossReading] = []
    var clusters = ""
    var score: Score?
    var note = ""
}

// MARK: Parts

extension ProgressLine {
    /// A part of the line. Where there is no room for all, the least important ones go first.
    private struct Piece {
        enum Importance: Int {
            case rate, laterLosses, runLeft, part, clusters, score, firstLoss, left, note, epoch, count, label
        }

        let importance: Importance
        let text: String
    }

    private var pieces: [Piece] {
        let all: [(Piece.Importance, String)] = [
            (.label, label), (.part, part), (.epoch, epoch.map { "epoch \($0.number)/\($0.count)" } ?? ""),
            (.count, countText), (.note, note), (.rate, rate > 0 ? Self.rate(rate, unit: unit) : ""),
            (.left, secondsLeft.map { Self.duration($0) + " left" } ?? ""),
            (.runLeft, runSeconds.map { Self.duration($0) + " left of the run" } ?? ""),
            (.firstLoss, losses.first.map { "loss \(Self.text(of: $0))" } ?? ""),
            (.laterLosses, losses.dropFirst().map { Self.text(of: $0) }.joined(separator: "  ")), (.clusters, clusters),
            (.score, scoreText),
        ]
        return all.filter { !$0.1.isEmpty }.map { Piece(importance: $0.0, text: TerminalText.onOneLine($0.1)) }
    }

    private var countText: String {
        let count = totalCount > 0 ? "\(doneCount)/\(totalCount)" : doneCount > 0 || phase == nil ? "\(doneCount)" : ""
        if let phase { return count.isEmpty ? phase.rawValue : "\(phase.rawValue) \(count)" }
        guard !unit.isEmpty else { return "" }
        return "\(count) \(unit)" + (totalCount > 0 ? " (\(100 * doneCount / totalCount) %)" : "")
    }

    /// Units a second; 0 before there is one.
    private var rate: Double { elapsed > 0 ? Double(doneCount - startCount) / elapsed : 0 }

    /// Of the stage, or of what is counted where nothing else is known.
    var secondsLeft: Double? {
        if let stageSeconds { return stageSeconds }
        return rate > 0 && totalCount > doneCount ? Double(totalCount - doneCount) / rate : nil
    }

    /// Until the run is done; nil in its last stage too.
    var runSeconds: Double? {
        guard let secondsLeft, let laterSeconds, laterSeconds > 0 else { return nil }
        return secondsLeft + laterSeconds
    }

    private static func text(of loss: LossReading) -> String { "\(loss.name) \(short(loss.mean))" }

    /// A number in three digits, and no fewer where it changes from step to step.
    static func short(_ value: Double) -> String {
        let format =
            switch abs(value) {
            case 99.95...: "%.0f"
            case 9.995...: "%.1f"
            case 0.1...: "%.2f"
            default: "%.2g"
            }
        return String(format: format, value)
    }

    private var scoreText: String {
        score.map { "\($0.name) \(Self.percent($0.latest)), best \(Self.percent($0.best))" } ?? ""
    }

    /// What remains to be said of a stage that is done. The score of an epoch before the last, or of one of several
    /// trainings, is not the stage's.
    var closing: String {
        let isOfStage = part.isEmpty && score?.epoch.map { $0.number == $0.count } ?? false
        return [clusters, isOfStage ? scoreText : ""].filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// Whether it says more than who is at work.
    var saysMore: Bool { !countText.isEmpty || !note.isEmpty }
}

// MARK: Text

extension ProgressLine {
    /// The whole line: `train  120/400 steps (30 %)  12.0 steps/s  23 s left  loss triplet 1.25`.
    var text: String { pieces.map(\.text).joined(separator: "  ") }

    /// As much of the line as so many columns hold. Only a stage's name is ever cut, between two characters.
    func text(columns: Int) -> String {
        var left = pieces
        var text = text
        while TerminalText.columns(text) > columns, left.count > 1,
            let least = left.map(\.importance.rawValue).min()
        {
            left.removeAll { $0.importance.rawValue == least }
            text = left.map(\.text).joined(separator: "  ")
        }
        return TerminalText.prefix(text, columns: columns)
    }

    /// A fraction in percent, to a tenth.
    static func percent(_ fraction: Double) -> String { String(format: "%.1f", 100 * fraction) }

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
