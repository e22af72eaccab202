// SPDX-License-Identifier: MIT

/// A text file of records with commas between their fields, read as strictly as RFC 4180 has it.
///
/// A field in double quotes may hold commas, line ends and doubled quotes. All records have as many fields as the
/// first, which names the columns; blank lines are skipped.
struct CSVFile {
    /// One record.
    struct Record {
        /// Where it begins, counted from 1.
        let line: Int
        let fields: [String]
    }

    /// The names of the columns.
    let header: [String]
    let records: [Record]

    /// - Throws: ``DataError/unreadable(path:reason:)``, and ``DataError/malformedLine(file:line:found:expected:)``
    ///   for text that is not UTF-8, a quote out of place, or a record with other fields than the header has.
    init(path: String) throws(DataError) {
        var parser = CSVParser(path: path, bytes: Array(try readText(path)))
        let records = try parser.records()
        guard let first = records.first else {
            throw .malformedLine(file: path, line: 1, found: "", expected: "the names of the columns")
        }
        for record in records where record.fields.count != first.fields.count {
            throw .malformedLine(
                file: path, line: record.line, found: record.fields.joined(separator: ","),
                expected: "\(first.fields.count) fields")
        }
        header = first.fields
        self.records = Array(records.dropFirst())
    }
}

private struct CSVParser {
    private static let (quote, comma, newline, carriageReturn) = (
        UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r")
    )

    let path: String
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    mutating func records() throws(DataError) -> [CSVFile.Record] {
        var records: [CSVFile.Record] = []
        while position < bytes.count {
            if skipLineEnd() { continue }
            let start = line
            var fields = [try field()]
            while position < bytes.count, bytes[position] == Self.comma {
                position += 1
                fields.append(try field())
            }
            records.append(CSVFile.Record(line: start, fields: fields))
            guard position == bytes.count || skipLineEnd() else {
                throw malformed(start, "a comma or the end of the line after a closing quote")
            }
        }
        return records
    }

    private mutating func field() throws(DataError) -> String {
        guard position < bytes.count, bytes[position] == Self.quote else { return try plainField() }
        let start = line
        var content: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == Self.newline { line += 1 }
            if byte == Self.quote {
                guard position < bytes.count, bytes[position] == Self.quote else { return try text(content, start) }
                position += 1
            }
            content.append(byte)
        }
        throw malformed(start, "a closing quote")
    }

    private mutating func plainField() throws(DataError) -> String {
        let start = position
        while position < bytes.count, ![Self.comma, Self.newline, Self.carriageReturn].contains(bytes[position]) {
            guard bytes[position] != Self.quote else {
                throw malformed(line, "quotes around the whole field, or none")
            }
            position += 1
        }
        return try text(bytes[start..<position], line)
    }

    /// Moves over a line's end, if there is one here.
    private mutating func skipLineEnd() -> Bool {
        let ending = bytes[position...].prefix(2)
        if ending.first == Self.newline {
            position += 1
        } else if ending.first == Self.carriageReturn {
            position += ending.last == Self.newline ? 2 : 1
        } else {
            return false
        }
        line += 1
        return true
    }

    private func text(_ content: some Collection<UInt8>, _ line: Int) throws(DataError) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw malformed(line, "UTF-8") }
        return text
    }

    /// The error, with the whole line that it is on.
    private func malformed(_ line: Int, _ expected: String) -> DataError {
        let lines = bytes.split(separator: Self.newline, omittingEmptySubsequences: false)
        let found = lines.indices.contains(line - 1) ? lines[line - 1] : []
        return .malformedLine(
            file: path, line: line, found: String(decoding: found.filter { $0 != Self.carriageReturn }, as: UTF8.self),
            expected: expected)
    }
}
