// SPDX-License-Identifier: MIT

internal import Pipeline

/// Cells below headings, in any of the formats.
struct TextGrid {
    let headings: [String]
    let rows: [[String]]
    /// How many columns at the beginning hold words; all others hold figures.
    let words: Int

    func text(_ format: TableFormat) -> String {
        switch format {
        case .text: TextTable(headings: headings, rows: rows, figures: Set(words..<headings.count)).description
        case .markdown: markdown
        case .csv: csv
        case .latex: latex
        }
    }

    private var markdown: String {
        let rule = headings.indices.map { $0 < words ? "---" : "--:" }
        let lines = [headings.map(Self.markdown), rule] + rows.map { $0.map(Self.markdown) }
        return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }

    /// RFC 4180.
    private var csv: String {
        ([headings] + rows).map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    /// In the rules of booktabs.
    private var latex: String {
        let columns = String(repeating: "l", count: words) + String(repeating: "r", count: headings.count - words)
        let line = { (cells: [String]) in cells.map(Self.latex).joined(separator: " & ") + " \\\\\n" }
        return "\\begin{tabular}{\(columns)}\n\\toprule\n\(line(headings))\\midrule\n\(rows.map(line).joined())"
            + "\\bottomrule\n\\end{tabular}\n"
    }

    // MARK: What a format may not hold as it is

    static func markdown(_ text: String) -> String {
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
            "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "→": "$\\to$", "±": "$\\pm$",
            "−": "$-$", "Δ": "$\\Delta$",
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
