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
            let figures = result.metrics.sorted { $0.key < $1.key }.map {
                "\($0.key) \(FigureColumn.named($0.key).cell(result.metrics))"
            }
            return name + [took, .text(([origin] + figures).joined(separator: ", "))]
        }
        return Page.Section("stages", "What ran", [Table(["stage", "method", "took", ""], rows).html])
    }
}
