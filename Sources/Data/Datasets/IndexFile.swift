// SPDX-License-Identifier: MIT

/// A text file that lists images, one a line, in columns that spaces separate.
struct IndexFile {
    /// One line that is not blank.
    struct Line {
        /// Counted from 1, blank lines included.
        let number: Int
        let text: String
        let columns: [Substring]
    }

    let path: String
    let lines: [Line]

    /// Reads the file; any of the usual line endings will do, and a byte order mark is no part of the first name.
    ///
    /// - Throws: As ``readText(_:)``.
    init(path: String) throws(DataError) {
        let text = String(decoding: try readText(path), as: UTF8.self)
        self.path = path
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
            .map { number, line in
                Line(
                    number: number + 1, text: String(line),
                    columns: line.split(whereSeparator: \.isWhitespace)
                )
            }
            .filter { !$0.columns.isEmpty }
    }

    /// The error for a line that cannot be read.
    func malformed(_ line: Line, expected: String) -> DataError {
        .malformedLine(file: path, line: line.number, found: line.text, expected: expected)
    }

    /// Where a line is, for the image it lists.
    func place(_ line: Line) -> DatasetImage.Place {
        DatasetImage.Place(file: path, line: line.number)
    }
}
