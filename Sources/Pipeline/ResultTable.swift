// SPDX-License-Identifier: MIT

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
        return TextTable(headings: headings, rows: rows.map { row in
            [row.name] + [row.mAP, row.top1, row.top5, row.top10].map(TextTable.percent)
                + (hasProtocol ? [row.rankingProtocol ?? ""] : [])
        }, figures: [1, 2, 3, 4]).description
    }
}
