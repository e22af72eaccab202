// SPDX-License-Identifier: MIT

internal import Foundation

/// Cells as aligned text: words begin in one column, figures end in one.
package struct TextTable: CustomStringConvertible {
    let headings: [String]
    let rows: [[String]]
    /// The columns that hold figures.
    let figures: Set<Int>

    /// A table of as many cells a row as there are headings.
    package init(headings: [String], rows: [[String]], figures: Set<Int>) {
        self.headings = headings
        self.rows = rows
        self.figures = figures
    }

    /// One line a row below the headings, each ended.
    package var description: String {
        let lines = [headings] + rows
        let widths = headings.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let cells = line.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - line[column].count)
                return figures.contains(column) ? padding + line[column] : line[column] + padding
            }
            let text = cells.joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }

    /// A number of bytes; `-` for none.
    static func bytes(_ count: Int?) -> String { count?.byteText ?? "-" }
}

extension Int {
    /// As a number of bytes, in the largest unit that leaves at least 1 before the point.
    package var byteText: String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(self), 0)
        while value >= 1024, unit + 1 < units.count { (value, unit) = (value / 1024, unit + 1) }
        return String(format: unit == 0 ? "%.0f" : "%.1f", value) + " " + units[unit]
    }
}
