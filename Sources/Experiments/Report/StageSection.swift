// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pages
internal import Pipeline

/// What ran, and what was there already.
struct StageSection {
    private let run: ReportedRun

    init(_ run: ReportedRun) { self.run = run }

    var section: Page.Section {
        let longest = run.stages.compactMap { $0.result?.seconds }.max() ?? 0
        let rows = run.stages.map { stage -> [Table.Cell] in
            let name = [Table.Cell.text(stage.name), .text(stage.plan.method)]
            guard let result = stage.result else { return name + [.number("-"), .text("not done")] }
            let took = Table.Cell.bar(ProgressLine.duration(result.seconds), share: result.seconds / max(longest, 1e-9))
            let origin = result.origin.map { "reused from \($0)" } ?? "computed"
            let figures = result.metrics.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.text(of: $0.value))" }
            return name + [took, .text(([origin] + figures).joined(separator: ", "))]
        }
        return Page.Section("stages", "What ran", [Table(["stage", "method", "took", ""], rows).html])
    }

    /// A count with all its digits, any other number with four.
    private static func text(of value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(format: "%.0f", value) : String(format: "%.4g", value)
    }
}
