// SPDX-License-Identifier: MIT

/// How one figure of many rows is shown to people.
public struct FigureColumn: Sendable {
    /// What a value is shown in.
    public enum Unit: Sendable {
        case plain
        /// Of values in `[0, 1]`.
        case percent

        /// What a value is multiplied by.
        package var factor: Double { self == .percent ? 100 : 1 }
    }

    /// The figure's name, as in ``ResultRow/figures``.
    public let name: String
    /// What stands above it.
    public let heading: String
    /// Whether a table does without it where none of its rows has the figure.
    public let isOptional: Bool
    package let unit: Unit
    /// A finite value in one cell, in the unit.
    private let text: @Sendable (Double) -> String

    /// A column of the figure of this name; `text` is asked for finite values only, in the unit.
    public init(
        _ name: String, heading: String, isOptional: Bool = false, unit: Unit = .plain,
        text: @escaping @Sendable (Double) -> String
    ) {
        self.name = name
        self.heading = heading
        self.isOptional = isOptional
        self.unit = unit
        self.text = text
    }

    /// The figure among others; `-` where it is absent or no number.
    package func cell(_ figures: [String: Double]?) -> String {
        guard let value = figures?[name], value.isFinite else { return "-" }
        return text(unit.factor * value)
    }
}

/// Rows of figures as aligned text.
public struct ResultTable: CustomStringConvertible {
    private let rows: [ResultRow]
    private let columns: [FigureColumn]

    /// A table of these rows and figures, in their order; without optional ones that no row has.
    public init(_ rows: [ResultRow], columns: [FigureColumn]) {
        self.rows = rows
        self.columns = columns.filter { column in
            !column.isOptional || rows.contains { $0.figures[column.name] != nil }
        }
    }

    /// The table, one line a row below a line of headings, each ended; the protocol only where one is named.
    public var description: String {
        let hasProtocol = rows.contains { $0.evaluationProtocol != nil }
        return TextTable(
            headings: [""] + columns.map(\.heading) + (hasProtocol ? ["protocol"] : []),
            rows: rows.map { row in
                [row.name] + columns.map { $0.cell(row.figures) } + (hasProtocol ? [row.evaluationProtocol ?? ""] : [])
            }, figures: Set(columns.indices.map { $0 + 1 })
        ).description
    }
}
