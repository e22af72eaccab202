// SPDX-License-Identifier: MIT

public import Pipeline

extension SweepReport {
    /// The trials as a table, the best first; to people with the importance of settings below, what is left to do and why
    /// trials failed.
    ///
    /// - Parameter figure: How the objective's values are shown.
    public func text(_ format: TableFormat, _ figure: FigureColumn) -> String {
        switch format {
        case .text:
            return grid(figure).text(.text) + "\n\(counts)\n" + failures.map { "\($0)\n" }.joined()
                + (importanceGrid.map { "\n\(importanceHeading):\n\($0.text(.text))\n" } ?? "")
                + "folder: \(folder)\n"
        case .markdown:
            return grid(figure).text(.markdown)
                + (importanceGrid.map { "\n\(importanceHeading):\n\n\($0.text(.markdown))" } ?? "")
        case .latex: return grid(figure).text(.latex)
        case .csv: return spreadsheet.text(.csv)
        }
    }

    private func grid(_ figure: FigureColumn) -> TextGrid {
        let rows = trials.map { row in
            let values = row.trial.values
            return [row.rank.map { "\($0)" } ?? "-", "\(row.trial.number + 1)", row.state]
                + [row.trial.text(figure), ProgressLine.duration(row.trial.seconds)]
                + settings.map { values[$0] ?? "-" } + [row.trial.digest]
        }
        let headings = ["rank", "trial", "state", figure.heading, "took"] + settings + ["folder"]
        return TextGrid(headings: headings, rows: rows, figures: [0, 1, 3, 4])
    }

    /// Numbers of their own for a program to read, with all their digits; what is not there is empty.
    private var spreadsheet: TextGrid {
        let number = { (value: Double?) in value.map { "\($0)" } ?? "" }
        let rows = trials.map { row in
            let values = row.trial.values
            let trial = row.trial
            return [row.rank.map { "\($0)" } ?? "", "\(trial.number + 1)", row.state]
                + [number(trial.value), number(trial.deviation), number(trial.seconds)]
                + settings.map { values[$0] ?? "" } + [trial.digest]
        }
        let headings = ["rank", "trial", "state", objective.figure, "deviation", "seconds"] + settings + ["folder"]
        return TextGrid(headings: headings, rows: rows, figures: [])
    }

    /// Why trials failed, a line each.
    private var failures: [String] {
        trials.compactMap { row in row.trial.error.map { "trial \(row.trial.number + 1) failed: \($0)" } }
    }

    private var importanceHeading: String {
        "variance of \(objective.figure) that goes with one setting alone (adjusted, ε²)"
    }

    private var importanceGrid: TextGrid? {
        guard !importance.isEmpty else { return nil }
        return TextGrid(
            headings: ["setting", "share", "trials"],
            rows: importance.map { [$0.setting, $0.percent, "\($0.trials)"] }, words: 1)
    }
}

extension SweepTrial {
    /// Its values by setting, as a command line says them.
    var values: [String: String] {
        let pairs = assignments.compactMap { assignment -> (String, String)? in
            guard let equals = assignment.firstIndex(of: "=") else { return nil }
            return (String(assignment[..<equals]), String(assignment[assignment.index(after: equals)...]))
        }
        return Dictionary(pairs) { $1 }
    }

    /// Its value, with the deviation of its replicas where there are several: `61.3 ± 0.4`.
    public func text(_ figure: FigureColumn) -> String {
        guard let value else { return "-" }
        let cell = { (value: Double) in figure.cell([figure.name: value]) }
        return cell(value) + (deviation.map { " ± \(cell($0))" } ?? "")
    }
}
