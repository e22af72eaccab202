// SPDX-License-Identifier: MIT

internal import Foundation

/// Rows of figures as aligned text, in percent with one decimal.
public struct ResultTable: CustomStringConvertible {
    private let rows: [ResultRow]

    /// A table of these rows, in their order.
    public init(_ rows: [ResultRow]) {
        self.rows = rows
    }

    /// The table, one line a row below a line of headings, each ended; the protocol only where one is named.
    public var description: String {
        let hasProtocol = rows.contains { $0.rankingProtocol != nil }
        let headings = ["", "mAP", "top-1", "top-5", "top-10"] + (hasProtocol ? ["protocol"] : [])
        let lines = [headings] + rows.map { row in
            [row.name] + [row.mAP, row.top1, row.top5, row.top10].map(Self.percent)
                + (hasProtocol ? [row.rankingProtocol ?? ""] : [])
        }
        let widths = headings.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let cells = line.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - line[column].count)
                // Words begin in one column, figures end in one.
                return column == 0 || column == 5 ? line[column] + padding : padding + line[column]
            }
            let text = cells.joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }

    private static func percent(_ share: Double) -> String {
        share.isFinite ? String(format: "%.1f", 100 * share) : "-"
    }
}
