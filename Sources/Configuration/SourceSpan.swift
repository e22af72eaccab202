// SPDX-License-Identifier: MIT

/// Where a key or a value is written: a file, or an override on the command line, with line and column.
public struct SourceSpan: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The path as the user gave it, or the override's text for a value that came from the command line.
    public let file: String
    /// Whether that is a file's path.
    public let isFile: Bool
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
    ///   - isFile: Whether `file` is a path, and not a text from a command line.
    public init(file: String, line: Int, column: Int, isFile: Bool = true) {
        precondition(line >= 1 && column >= 1, "line \(line), column \(column): both count from 1")
        self.file = file
        self.isFile = isFile
        self.line = line
        self.column = column
    }

    /// The position of nodes that no file holds, such as those of a resolved experiment.
    public static let generated = SourceSpan(file: "generated", line: 1, column: 1, isFile: false)

    /// The position as editors and terminals understand it: `file:line:column`.
    public var description: String {
        "\(file):\(line):\(column)"
    }

    /// Where a path leads that is written here: a relative one begins in the folder of the file, and one that was typed,
    /// where the program was started.
    public func resolving(_ path: String) -> String {
        guard isFile, !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        var relative = path[...]
        while relative.hasPrefix("./") { relative = relative.dropFirst(2) }
        return relative.isEmpty || relative == "." ? String(file[..<slash]) : String(file[...slash] + relative)
    }

    public static func < (left: SourceSpan, right: SourceSpan) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}
