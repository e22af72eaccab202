// SPDX-License-Identifier: MIT

internal import Foundation
internal import Reporting

/// What is known of a stage as a line of the classic style: fields in an order that never changes, for `grep` and `awk`.
///
/// Numbers that are read off now stand before their means over the epoch, in parentheses.
struct ClassicLine {
    private let line: ProgressLine

    init(_ line: ProgressLine) { self.line = line }

    /// Whether a line is due after so many steps: at every tenth of an epoch, and at its end.
    static func isDue(after step: Int, of steps: Int) -> Bool { step == steps || step % max(1, steps / 10) == 0 }

    /// `adapt  Epoch: [3][40/400]  Time 0.312 (0.320)  loss/triplet 2.153 (2.301)  Left 1:02:03`
    ///
    /// - Parameters:
    ///   - seconds: That the last step took.
    ///   - mean: The seconds of a step of this epoch.
    func step(seconds: Double, mean: Double) -> String {
        let losses = line.losses.map { "loss/\($0.name) " + Self.pair($0.latest, $0.mean) }
        let left = line.secondsLeft.map { ["Left \(Self.clock($0))"] } ?? []
        let place = "\(beginning)[\(line.doneCount)/\(line.totalCount)]"
        return ([place, "Time " + Self.pair(seconds, mean)] + losses + left).joined(separator: "  ")
    }

    /// `adapt  Epoch: [3]  embedding 1200/1200  Time 12.345`
    func phase(_ phase: Phase) -> String {
        let count = line.totalCount > 0 ? " \(line.doneCount)/\(line.totalCount)" : ""
        return said("\(phase.rawValue)\(count)  Time " + Self.number(line.elapsed))
    }

    /// `adapt  Epoch: [3]  Clusters: 41 clusters (+5), 12.4 % outliers (-3.1)`
    var clusters: String { said("Clusters: \(line.clusters)") }

    /// `adapt  Epoch: [3]  mAP: 45.2 (best 47.1)`
    func score(_ score: ProgressLine.Score) -> String {
        said("\(score.name): \(ProgressLine.percent(score.latest)) (best \(ProgressLine.percent(score.best)))")
    }

    private func said(_ text: String) -> String { TerminalText.onOneLine("\(beginning)  \(text)") }

    private var beginning: String {
        let stage = line.part.isEmpty ? line.label : "\(line.label)/\(line.part)"
        return line.epoch.map { "\(stage)  Epoch: [\($0.number)]" } ?? stage
    }

    private static func pair(_ latest: Double, _ mean: Double) -> String { "\(number(latest)) (\(number(mean)))" }

    private static func number(_ value: Double) -> String { String(format: "%.3f", value) }

    /// Hours, minutes and seconds.
    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(max(0, seconds.rounded()), 1.6e10))
        return String(format: "%d:%02d:%02d", whole / 3600, whole % 3600 / 60, whole % 60)
    }
}
