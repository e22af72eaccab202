// SPDX-License-Identifier: MIT

internal import Pages
internal import Pipeline

/// What every step gained.
struct ResultSection {
    private let run: ReportedRun

    init(_ run: ReportedRun) { self.run = run }

    var section: Page.Section? {
        let rows = run.rows
        guard !rows.isEmpty else { return nil }
        let columns = [FigureColumn].all.filter { column in
            !column.isOptional || rows.contains { $0.row.figures[column.name] != nil }
        }
        let cells = rows.map { row in
            [Table.Cell.text(row.name)]
                + columns.map { column in
                    column.name == FigureColumn.mAP.name
                        ? .bar(row.cell(column), share: row.row.figures[column.name] ?? 0) : .number(row.cell(column))
                } + [.text(row.row.evaluationProtocol ?? "")]
        }
        let table = Table([""] + columns.map(\.heading) + ["protocol"], cells).html
        let hasPicks = rows.contains { $0.row.figures[FigureColumn.epoch.name] != nil }
        return Page.Section("results", "Results", [table] + (hasPicks ? [Self.picks] : []))
    }

    private static let picks = HTML.element(
        .p, [.style("faint")],
        "A training that scored its epochs has three rows: the oracle pick needs the target's labels, which nobody has who "
            + "adapts; the label-free pick needs none; the row without a pick is the last epoch, from which later stages go on."
    )
}
