// SPDX-License-Identifier: MIT

/// Cells below headings, in any of the formats.
package struct TextGrid {
    private let headings: [String]
    private let rows: [[String]]
    /// The columns that hold figures.
    private let figures: Set<Int>

    /// Rows of as many cells as there are headings.
    package init(headings: [String], rows: [[String]], figures: Set<Int>) {
        self.headings = headings
        self.rows = rows
        self.figures = figures
    }

    /// - Parameter words: How many columns at the beginning hold words; all others hold figures.
    package init(headings: [String], rows: [[String]], words: Int) {
        self.init(headings: headings, rows: rows, figures: Set(words..<headings.count))
    }

    /// The cells in a format, every line ended.
    package func text(_ format: TableFormat) -> String {
        switch format {
        case .text: TextTable(headings: headings, rows: rows, figures: figures).description
        case .markdown: markdown
        case .csv: csv
        case .latex: latex
        }
    }

    private var markdown: String {
        let rule = headings.indices.map { figures.contains($0) ? "--:" : "---" }
        let lines = [headings.map(Self.markdown), rule] + rows.map { $0.map(Self.markdown) }
        return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }

    /// RFC 4180.
    private var csv: String {
        ([headings] + rows).map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    /// In the rules of booktabs.
    private var latex: String {
        let columns = headings.indices.map { figures.contains($0) ? "r" : "l" }.joined()
        let line = { (cells: [String]) in cells.map(Self.latex).joined(separator: " & ") + " \\\\\n" }
        return "\\begin{tabular}{\(columns)}\n\\toprule\n\(line(headings))\\midrule\n\(rows.map(line).joined())"
            + "\\bottomrule\n\\end{tabular}\n"
    }

    // MARK: What a format may not hold as it is

    package static func markdown(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            if "|\\`*_<>[]".contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
    }

    private static func quoted(_ cell: String) -> String {
        // By scalars: both ends of a line together are one character, which neither of them is.
        cell.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
            ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
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
