// SPDX-License-Identifier: MIT

/// The entries of a zip file, which PyTorch's checkpoints and NumPy's archives are.
///
/// Nothing in the file is believed before it is checked: encrypted, overlapping and duplicate entries, and lengths that
/// reach beyond the file, are refused when it is opened.
///
/// - SeeAlso: PKWARE's APPNOTE.TXT, 4.3.7 (local header), 4.3.12 (central directory), 4.3.14 to 4.3.16 (its end).
struct ZipArchive {
    struct Entry {
        let name: String
        /// Where its contents start in the file.
        let offset: Int
        /// The bytes that it takes in the file, and those that its contents have.
        let count: Int
        let fullCount: Int
        let checksum: UInt32
        let method: Method
    }

    /// How contents lie in the file, by the format's number for it.
    enum Method: Int {
        case stored = 0
        case deflated = 8
    }

    /// In the order of the file.
    let entries: [Entry]
    private let origin: Origin

    /// - Throws: ``TensorError/malformed(path:format:reason:)``, ``TensorError/unreadable(path:reason:)``.
    init(_ source: ByteSource, as format: FileFormat = .pyTorchZip) throws {
        origin = Origin(path: source.path, format: format)
        let directory = try ZipDirectory(source, origin)
        entries = try ZipArchive.located(directory.headers(), source, before: directory.offset, origin)
    }

    /// Refuses compressed entries: a few of their bytes can stand for gigabytes.
    func requireStored() throws {
        guard let entry = entries.first(where: { $0.method != .stored }) else { return }
        throw origin.malformed("the entry '\(entry.name)' is compressed; PyTorch stores entries as they are")
    }
}

/// An entry as the central directory describes it.
struct ZipHeader {
    let name: [UInt8]
    /// How the contents are compressed; 0 where they are not.
    let method: Int
    let checksum: UInt32
    /// The bytes of the contents in the file, and once they are expanded.
    let count: Int
    let fullCount: Int
    /// Where its local header starts in the file.
    let offset: Int

    /// The fixed part of a central directory's entry, and of a local header.
    static let centralSize = 46
    static let localSize = 30

    var text: String { String(decoding: name, as: UTF8.self) }
}

extension ZipArchive {
    /// Finds each entry's contents behind its local header, and refuses entries that share bytes.
    private static func located(
        _ headers: [ZipHeader], _ source: ByteSource, before directory: Int, _ origin: Origin
    ) throws -> [Entry] {
        var names: Set<String> = []
        var end = 0
        return try headers.sorted { $0.offset < $1.offset }.map { header in
            guard let name = String(validating: header.name, as: UTF8.self) else {
                throw origin.malformed("the entry '\(header.text)' has a name that is not UTF-8")
            }
            guard names.insert(name).inserted else { throw origin.malformed("two entries are named '\(name)'") }
            guard header.offset >= end else {
                throw origin.malformed("the entry '\(name)' at byte \(header.offset) overlaps the one before it")
            }
            let offset = try contents(of: header, name, source, before: directory, origin)
            guard header.count <= directory - offset else {
                throw origin.malformed(
                    "the entry '\(name)' has \(header.count) bytes where \(directory - offset) are left")
            }
            guard let method = Method(rawValue: header.method) else {
                throw origin.malformed(
                    "the entry '\(name)' is compressed by method \(header.method); deflate (8) alone is read")
            }
            end = offset + header.count
            return Entry(
                name: name, offset: offset, count: header.count, fullCount: header.fullCount, checksum: header.checksum,
                method: method)
        }
    }

    private static func contents(
        of header: ZipHeader, _ name: String, _ source: ByteSource, before directory: Int, _ origin: Origin
    ) throws -> Int {
        let room = directory - header.offset
        guard room >= ZipHeader.localSize else {
            throw origin.malformed("the entry '\(name)' starts at byte \(header.offset), behind all contents")
        }
        let fixed = try source.bytes(at: header.offset, count: ZipHeader.localSize)
        guard fixed.starts(with: [0x50, 0x4B, 3, 4]), let nameLength = fixed.number(at: 26, bytes: 2),
            let extraLength = fixed.number(at: 28, bytes: 2), fixed.number(at: 8, bytes: 2) == header.method,
            nameLength == header.name.count, room >= ZipHeader.localSize + nameLength + extraLength,
            try source.bytes(at: header.offset + ZipHeader.localSize, count: nameLength) == header.name
        else {
            throw origin.malformed("the entry '\(name)' has no local header of its own at byte \(header.offset)")
        }
        return header.offset + ZipHeader.localSize + nameLength + extraLength
    }
}
