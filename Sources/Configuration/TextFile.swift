// SPDX-License-Identifier: MIT

private import Glibc

/// Why a file's text could not be had.
enum TextFileError: Error, CustomStringConvertible {
    case system(String)
    case tooLarge(limit: Int)
    case notUTF8(Mark)

    var description: String {
        switch self {
        case .system(let reason): reason
        case .tooLarge(let limit): "larger than \(limit) bytes; allowed: an experiment file"
        case .notUTF8: "not UTF-8 here; allowed: text in UTF-8"
        }
    }
}

/// Whole text files.
enum TextFile {
    /// Far above any experiment file, far below the memory of any machine.
    static let limit = 4 << 20

    /// The text of a file.
    ///
    /// - Throws: ``TextFileError`` with the system's reason, the size limit, or the first byte that is not
    ///   UTF-8.
    static func read(_ path: String) throws(TextFileError) -> String {
        guard let file = fopen(path, "rb") else { throw .system(String(cString: strerror(errno))) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&block, 1, block.count, file)
            bytes += block.prefix(count)
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
            if count < block.count { break }
        }
        guard ferror(file) == 0 else { throw .system(String(cString: strerror(errno))) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .notUTF8(Mark(offset: validPrefix(of: bytes), in: bytes))
        }
        return text
    }

    /// The path without links and detours, so that two names of one file are seen to be one.
    static func identity(of path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// How many bytes are UTF-8 before the first that are not.
    private static func validPrefix(of bytes: [UInt8]) -> Int {
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var length = 0
        while case .valid(let scalar) = decoder.parseScalar(from: &iterator) { length += scalar.count }
        return length
    }
}
