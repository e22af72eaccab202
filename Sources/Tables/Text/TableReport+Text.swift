// SPDX-License-Identifier: MIT

public import Pipeline

extension TableReport {
    /// The table with all that belongs below it, ended.
    public func text(_ format: TableFormat) -> String {
        let grid = (format == .csv ? spreadsheet : self.grid).text(format)
        let list = { (mark: String, lines: [String]) in lines.map { "\(mark)\($0)\n" }.joined() }
        let runs = runLines.map { "run of \($0)" } + madeBy.map { "made by \($0)" }
        switch format {
        case .text: return "\(table.title)\n\n\(grid)\n" + list("", remarks + runs)
        case .markdown:
            let lines = (remarks + runs).map(TextGrid.markdown)
            return "## \(TextGrid.markdown(table.title))\n\n\(grid)\n\(list("- ", lines))"
        case .csv: return grid
        case .latex: return list("% ", [table.title] + remarks + runs) + grid
        }
    }

    private var grid: TextGrid {
        let headings = table.figures.flatMap { figure in partHeadings.map { "\(figure.heading) \($0)" } }
        return TextGrid(headings: [""] + headings, rows: rows.map { [$0.name] + cells($0) }, words: 1)
    }

    /// For each figure: published, ours and the difference, which a twin has not.
    private var partHeadings: [String] { ["published", "ours"] + (preset == .paper ? ["Δ"] : []) }

    private func cells(_ row: Row) -> [String] {
        table.figures.flatMap { figure in
            [row.published[figure].map { Percent.text($0) } ?? "-", Percent.text(row.ours[figure])]
                + (preset == .paper ? [row.difference(figure).map(Percent.signed) ?? "-"] : [])
        }
    }

    /// Numbers of their own for a program to read.
    private var spreadsheet: TextGrid {
        let parts = ["published", "ours", "deviation", "difference"]
        let headings = table.figures.flatMap { figure in parts.map { "\(figure.rawValue)_\($0)" } }
        return TextGrid(
            headings: ["row"] + headings + ["seeds", "runs"],
            rows: rows.map { row in
                let figures = table.figures.flatMap { figure in
                    [row.published[figure], row.ours[figure]?.mean, row.ours[figure]?.deviation, row.difference(figure)]
                }
                let names = row.runs.compactMap(\.name)
                return [row.name] + figures.map { $0.map(Percent.exact) ?? "" } + [
                    "\(names.count)", names.joined(separator: " "),
                ]
            }, words: 1)
    }
}
