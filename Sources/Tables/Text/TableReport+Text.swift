// SPDX-License-Identifier: MIT

internal import Pipeline

extension TableReport {
    /// As a terminal shows it.
    var plainText: String {
        let headings = table.figures.flatMap { figure in partHeadings.map { "\(figure.heading) \($0)" } }
        let body = TextTable(
            headings: [""] + headings, rows: rows.map { [$0.name] + cells($0) },
            figures: Set(headings.indices.map { $0 + 1 }))
        let parts = [remarks, runLines.map { "run of \($0)" }, madeBy.map { "made by \($0)" }]
        return "\(table.title)\n\n\(body)\n" + parts.flatMap(\.self).map { $0 + "\n" }.joined()
    }

    /// As a page of a repository shows it.
    var markdown: String {
        let headings = table.figures.flatMap { figure in partHeadings.map { "\(figure.heading) \($0)" } }
        let lines =
            [[""] + headings, ["---"] + headings.map { _ in "--:" }]
            + rows.map { [Self.markdown($0.name)] + cells($0) }
        let grid = lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
        let list = { (lines: [String]) in lines.map { "- \(Self.markdown($0))\n" }.joined() }
        return "## \(Self.markdown(table.title))\n\n\(grid)\n\(list(remarks))\nRuns:\n\n\(list(runLines))"
            + (madeBy.isEmpty ? "" : "\nMade by:\n\n\(list(madeBy))")
    }

    /// For spreadsheets: RFC 4180, figures in percent, a row a line.
    var csv: String {
        let headings = table.figures.flatMap { figure in
            ["published", "ours", "deviation", "difference"].map { "\(figure.rawValue)_\($0)" }
        }
        let lines =
            [["row"] + headings + ["seeds", "runs"]]
            + rows.map { row in
                let figures = table.figures.flatMap { figure -> [String] in
                    let values = [
                        row.published[figure], row.ours[figure]?.mean, row.ours[figure]?.deviation, row.difference(figure),
                    ]
                    return values.map { $0.map { "\(($0 * 1e4).rounded() / 1e4)" } ?? "" }
                }
                let names = row.runs.compactMap { run -> String? in
                    guard case .done(let name) = run.state else { return nil }
                    return "\(name)"
                }
                return [row.name] + figures + ["\(names.count)", names.joined(separator: " ")]
            }
        return lines.map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    /// For papers, in the rules of booktabs.
    var latex: String {
        let columns = partHeadings.count * table.figures.count
        let parts = partHeadings.map { $0 == "Δ" ? "$\\Delta$" : $0 }
        let tops = table.figures.map { "\\multicolumn{\(parts.count)}{c}{\($0.heading)}" }
        let ends = " \\\\\n"
        let lines = rows.map { row in
            let cells = cells(row, sign: " $\\pm$ ").map { $0.replacing("−", with: "$-$") }
            return ([Self.latex(row.name)] + cells).joined(separator: " & ") + ends
        }.joined()
        let remarks = (remarks + runLines.map { "run of \($0)" } + madeBy.map { "made by \($0)" })
        return "% \(table.title)\n" + remarks.map { "% \($0)\n" }.joined()
            + "\\begin{tabular}{l*{\(columns)}{r}}\n\\toprule\n"
            + "& \(tops.joined(separator: " & "))" + ends
            + "& \(table.figures.flatMap { _ in parts }.joined(separator: " & "))" + ends
            + "\\midrule\n\(lines)\\bottomrule\n\\end{tabular}\n"
    }

    // MARK: What a format may not hold as it is

    private static func markdown(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            if "|\\`*_<>[]".contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
    }

    private static func quoted(_ cell: String) -> String {
        cell.contains { ",\"\r\n".contains($0) } ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
    }

    private static func latex(_ text: String) -> String {
        let words: [Character: String] = [
            "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "→": "$\\to$",
        ]
        return text.reduce(into: "") { escaped, character in
            if let word = words[character] {
                escaped += word
            } else {
                if "#$%&_{}".contains(character) { escaped.append("\\") }
                escaped.append(character)
            }
        }
    }
}
