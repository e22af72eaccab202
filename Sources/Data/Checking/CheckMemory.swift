// SPDX-License-Identifier: MIT

import Foundation

/// What was found out about a dataset's files when they were read, kept in a text file.
///
/// The first line holds a digest of all others: whatever is not exactly what was written is taken for nothing, and so
/// is the memory of another folder.
struct CheckMemory {
    /// A file as it was, and what was found.
    struct Entry: Equatable {
        let state: FileState
        /// Of its bytes.
        let hash: UInt128
        /// Nil where it was read and not decoded.
        let verdict: FileVerdict?
    }

    /// To be raised when a file that was decoded before might be refused now, or the other way round.
    private static let version = "passerby data check 2"

    /// The dataset's folder; entries are relative to it.
    let folder: String
    var entries: [String: Entry] = [:]

    /// Nothing known.
    init(folder: String) {
        self.folder = folder
    }

    /// What a file remembers of a folder; nothing where it is not there, damaged, or about another folder.
    init(readingFrom file: String, folder: String) {
        self.init(folder: folder)
        guard let bytes = try? readFile(file), let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return }
        let body = Array(bytes[(end + 1)...])
        guard Array(bytes[..<end]) == Array(Self.firstLine(of: body).utf8) else { return }
        let lines = String(decoding: body, as: UTF8.self).split(separator: "\n")
        guard lines.first.map({ unescaped($0) }) == folder else { return }
        for line in lines.dropFirst() {
            guard let (path, entry) = Self.entry(line) else {
                entries = [:]
                return
            }
            entries[path] = entry
        }
    }

    /// The name under which a file is remembered.
    func name(of path: String) -> String {
        let beginning = joined(folder, "")
        return path.hasPrefix(beginning) ? String(path.dropFirst(beginning.count)) : path
    }

    /// Puts the file in place whole, with the folders above it.
    ///
    /// - Throws: What Foundation throws where that is impossible.
    func write(to file: String) throws {
        var body = Array((escaped(folder) + "\n").utf8)
        for (path, entry) in entries.sorted(by: { $0.key < $1.key }) {
            body += Array(Self.line(path, entry).utf8)
        }
        let url = URL(fileURLWithPath: file)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Foundation.Data(Array((Self.firstLine(of: body) + "\n").utf8) + body).write(to: url, options: .atomic)
    }

    private static func firstLine(of body: [UInt8]) -> String {
        "\(version) \(String(contentHash(body), radix: 16))"
    }

    /// Size, time, inode, hash, verdict and path, with tabs between.
    private static func line(_ path: String, _ entry: Entry) -> String {
        let verdict =
            switch entry.verdict {
            case .whole(let content): "whole \(content.variant)"
            case .damaged(let reason): "damaged \(escaped(reason))"
            case nil: "read"
            }
        let state = "\(entry.state.size)\t\(entry.state.modified)\t\(entry.state.inode)"
        return "\(state)\t\(String(entry.hash, radix: 16))\t\(verdict)\t\(escaped(path))\n"
    }

    private static func entry(_ line: Substring) -> (String, Entry)? {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 6, let size = Int(fields[0]), let modified = Int(fields[1]), let inode = UInt64(fields[2]),
            let hash = UInt128(fields[3], radix: 16)
        else { return nil }
        let state = FileState(size: size, modified: modified, inode: inode)
        let words = fields[4].split(separator: " ", maxSplits: 1)
        let verdict: FileVerdict?
        switch (words.first, words.dropFirst().first) {
        case ("read", nil): verdict = nil
        case ("damaged", let reason?): verdict = .damaged(reason: unescaped(reason))
        case ("whole", let text?):
            guard let variant = Int(text) else { return nil }
            verdict = .whole(FileVerdict.Content(hash: hash, variant: variant))
        default: return nil
        }
        return (unescaped(fields[5]), Entry(state: state, hash: hash, verdict: verdict))
    }
}

/// File names may hold anything but a slash; what would end a field or a line is written with a backslash.
private func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }) else { return text }
    return text.unicodeScalars.map { scalar in
        scalar.value < 0x20 || scalar == "\\" ? "\\\(scalar.value);" : String(scalar)
    }.joined()
}

private func unescaped(_ text: Substring) -> String {
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
    let parts = text.split(separator: "\\", omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(into: String(parts[0])) { result, part in
        let halves = part.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let scalar = halves.first.flatMap { UInt32($0) }.flatMap { Unicode.Scalar($0) }
        result += (scalar.map { String($0) } ?? "") + halves.dropFirst().joined()
    }
}
