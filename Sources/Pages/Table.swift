// SPDX-License-Identifier: MIT

/// Rows of cells under headings; wider than the page, it is moved sideways by itself.
public struct Table: Sendable {
    /// What stands in one place.
    public struct Cell: Sendable {
        let content: HTML
        let isNumber: Bool

        /// - Parameter isNumber: Whether it stands at the right edge, digits below each other.
        public init(_ content: HTML, isNumber: Bool = false) {
            self.content = content
            self.isNumber = isNumber
        }

        public static func text(_ text: String) -> Cell { Cell(HTML(text)) }
        public static func number(_ text: String) -> Cell { Cell(HTML(text), isNumber: true) }

        /// A share of the most there is, as a bar with its number before it.
        public static func bar(_ text: String, share: Double) -> Cell {
            let length = share.isFinite ? 100 * min(max(share, 0), 1) : 0
            let bar = HTML.element(
                .svg,
                [
                    Attribute("viewBox", "0 0 100 8"), Attribute("preserveAspectRatio", "none"), .style("bar"),
                    Attribute("aria-hidden", "true"),
                ],
                [.element(.rect, [Attribute("width", length), Attribute("height", 8)], [])])
            return Cell(HTML([HTML(text), bar]), isNumber: true)
        }
    }

    private let headings: [String]
    private let rows: [[Cell]]

    /// A table whose rows are as long as its headings.
    public init(_ headings: [String], _ rows: [[Cell]]) {
        for row in rows {
            precondition(row.count == headings.count, "\(row.count) cells below \(headings.count) headings")
        }
        self.headings = headings
        self.rows = rows
    }

    public var html: HTML {
        let isNumber = headings.indices.map { column in rows.contains { $0[column].isNumber } }
        let head = zip(headings, isNumber).map { HTML.element(.th, $1 ? [.style("number")] : [], $0) }
        let body = rows.map { row in
            HTML.element(
                .tr, row.map { .element(.td, $0.isNumber ? [.style("number")] : [], [$0.content]) })
        }
        return .element(
            .div, [.style("scroll")],
            [.element(.table, [.element(.thead, [.element(.tr, head)]), .element(.tbody, body)])])
    }
}
