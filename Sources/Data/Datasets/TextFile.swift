// SPDX-License-Identifier: MIT

/// The bytes of a text file in UTF-8, without the byte order mark that Windows programs put before them.
///
/// - Throws: ``DataError/unreadable(path:reason:)``, and ``DataError/malformedLine(file:line:found:expected:)`` for UTF-16.
func readText(_ path: String) throws(DataError) -> ArraySlice<UInt8> {
    let bytes = try readFile(path)
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
        throw .malformedLine(file: path, line: 1, found: "text in UTF-16", expected: "text in UTF-8")
    }
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
}
