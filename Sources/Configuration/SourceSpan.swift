// SPDX-License-Identifier: MIT

/// Where a key or a value is written: a file, or an override on the command line, with line and column.
public struct SourceSpan: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The path as the user gave it, or the override's text for a value that came from the command line.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column in Unicode scalars, from 1.
    public let column: Int

    /// A position in a file.
    ///
    /// - Parameters:
    ///   - file: The path as the user gave it.
    ///   - line: 1 or more.
    ///   - column: 1 or more, in Unicode scalars.
    public init(file: String, line: Int, column: Int) {
        precondition(line >= 1 && column >= 1, "line \(line), column \(column): both count from 1")
        self.file = file
        self.line = line
        self.column = column
    }

    /// The position of nodes that no file holds, such as those of a resolved experiment.
    public static let generated = SourceSpan(file: "generated", line: 1, column: 1)

    /// The position as editors and terminals understand it: `file:line:column`.
    public var description: String {
        "\(file):\(line):\(column)"
    }

    public static func < (left: SourceSpan, right: SourceSpan) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}
