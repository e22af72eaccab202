// SPDX-License-Identifier: MIT

/// The central directory of a zip file: where it lies, and what it says of each entry.
struct ZipDirectory {
    let offset: Int
    private let entryCount: Int
    private let bytes: [UInt8]
    private let origin: Origin

    /// The end record without its comment, and the longest comment.
    private static let endSize = 22
    private static let longestComment = 65_535
    private static let wideEndSize = 56
    private static let locatorSize = 20
    /// A checkpoint has one entry for each storage; so many bytes hold half a million.
    private static let largest = 1 << 25

    init(_ source: ByteSource, _ origin: Origin) throws {
        let place = try ZipDirectory.place(source, origin)
        guard place.size <= ZipDirectory.largest else {
            throw origin.malformed("a directory of \(place.size) bytes; at most \(ZipDirectory.largest) are read")
        }
        // Compared without adding: a file can claim any number.
        guard place.offset <= place.limit, place.size <= place.limit - place.offset,
            place.count <= place.size / ZipHeader.centralSize
        else {
            throw origin.malformed(
                """
                a directory of \(place.count) entries in \(place.size) bytes from byte \(place.offset) on, \
                where it must end before byte \(place.limit)
                """)
        }
        offset = place.offset
        entryCount = place.count
        bytes = try source.bytes(at: place.offset, count: place.size)
        self.origin = origin
    }

    private struct Place {
        var count: Int
        var size: Int
        var offset: Int
        /// Where the records that describe the directory start.
        var limit: Int
    }

    private static func place(_ source: ByteSource, _ origin: Origin) throws -> Place {
        let tailCount = min(source.count, endSize + longestComment)
        let tail = try source.bytes(at: source.count - tailCount, count: tailCount)
        guard tailCount >= endSize,
            let end = (0...tailCount - endSize).last(where: { start in
                tail[start] == 0x50 && tail[start + 1] == 0x4B && tail[start + 2] == 5 && tail[start + 3] == 6
                    && tail.number(at: start + 20, bytes: 2) == tailCount - endSize - start
            })
        else {
            throw origin.malformed("the directory at its end is missing, as in a file that was cut short")
        }
        let position = source.count - tailCount + end
        guard tail.number(at: end + 4, bytes: 4) == 0,
            let count = tail.number(at: end + 10, bytes: 2), tail.number(at: end + 8, bytes: 2) == count,
            let size = tail.number(at: end + 12, bytes: 4), let offset = tail.number(at: end + 16, bytes: 4)
        else {
            throw origin.malformed("it is one part of several")
        }
        let narrow = Place(count: count, size: size, offset: offset, limit: position)
        return try widePlace(source, narrow, origin) ?? narrow
    }

    /// What the zip64 records say, where there are some.
    private static func widePlace(_ source: ByteSource, _ narrow: Place, _ origin: Origin) throws -> Place? {
        let saturated = narrow.count == 0xFFFF || narrow.size == 0xFFFF_FFFF || narrow.offset == 0xFFFF_FFFF
        let locatorStart = narrow.limit - locatorSize
        let locator = locatorStart >= 0 ? try source.bytes(at: locatorStart, count: locatorSize) : []
        guard locator.starts(with: [0x50, 0x4B, 6, 7]) else {
            guard !saturated else { throw origin.malformed("its zip64 records are missing") }
            return nil
        }
        guard let start = locator.number(at: 8, bytes: 8), start <= locatorStart - wideEndSize else {
            throw origin.malformed("its zip64 record lies outside the file")
        }
        let record = try source.bytes(at: start, count: wideEndSize)
        guard record.starts(with: [0x50, 0x4B, 6, 6]), record.number(at: 16, bytes: 8) == 0,
            let count = record.number(at: 32, bytes: 8), record.number(at: 24, bytes: 8) == count,
            let size = record.number(at: 40, bytes: 8), let offset = record.number(at: 48, bytes: 8),
            narrow.count == min(count, 0xFFFF), [size, 0xFFFF_FFFF].contains(narrow.size),
            [offset, 0xFFFF_FFFF].contains(narrow.offset)
        else {
            throw origin.malformed("its zip64 record is not one, or contradicts the record at the end")
        }
        return Place(count: count, size: size, offset: offset, limit: start)
    }
}

// MARK: Entries

extension ZipDirectory {
    func headers() throws -> [ZipHeader] {
        var position = 0
        var headers: [ZipHeader] = []
        for _ in 0..<entryCount {
            headers.append(try header(at: &position))
        }
        guard position == bytes.count else {
            throw origin.malformed("\(bytes.count - position) bytes follow the directory's last entry")
        }
        return headers
    }

    private func header(at position: inout Int) throws -> ZipHeader {
        let start = position
        guard bytes.count - start >= ZipHeader.centralSize,
            bytes[start..<start + 4].elementsEqual([0x50, 0x4B, 1, 2]),
            let nameLength = bytes.number(at: start + 28, bytes: 2),
            let extraLength = bytes.number(at: start + 30, bytes: 2),
            let commentLength = bytes.number(at: start + 32, bytes: 2),
            bytes.count - start - ZipHeader.centralSize >= nameLength + extraLength + commentLength
        else {
            throw origin.malformed("the directory's entry at its byte \(start) is not one")
        }
        let nameStart = start + ZipHeader.centralSize
        let extraStart = nameStart + nameLength
        position = extraStart + extraLength + commentLength
        let name = Array(bytes[nameStart..<extraStart])
        let extra = Array(bytes[extraStart..<extraStart + extraLength])
        return try header(at: start, name: name, extra: extra)
    }

    private func header(at start: Int, name: [UInt8], extra: [UInt8]) throws -> ZipHeader {
        func field(_ offset: Int, _ length: Int) -> Int? { bytes.number(at: start + offset, bytes: length) }
        let text = String(decoding: name, as: UTF8.self)
        // Bits 0, 6 and 13: encryption, of the contents or of the directory.
        guard let flags = field(8, 2), flags & 0x2041 == 0 else {
            throw origin.malformed("the entry '\(text)' is encrypted")
        }
        // In the order in which the zip64 field repeats them: contents, compressed contents, offset.
        var sizes = [24, 20, 42].map { field($0, 4) }
        try widen(&sizes, extra, text)
        guard let count = sizes[0], let stored = sizes[1], let offset = sizes[2], let method = field(10, 2),
            method != 0 || count == stored, let checksum = field(16, 4)
        else {
            throw origin.malformed("the entry '\(text)' has lengths that contradict each other")
        }
        return ZipHeader(
            name: name, method: method, checksum: UInt32(truncatingIfNeeded: checksum), count: stored, fullCount: count,
            offset: offset)
    }

    /// Replaces each number that does not fit 32 bits by its 64 bits from the zip64 field (identifier 1).
    private func widen(_ sizes: inout [Int?], _ extra: [UInt8], _ name: String) throws {
        guard sizes.contains(0xFFFF_FFFF) else { return }
        var start = 0
        while start + 4 <= extra.count, let identifier = extra.number(at: start, bytes: 2),
            let length = extra.number(at: start + 2, bytes: 2), length <= extra.count - start - 4
        {
            guard identifier == 1 else {
                start += 4 + length
                continue
            }
            var position = start + 4
            for index in sizes.indices where sizes[index] == 0xFFFF_FFFF {
                guard position + 8 <= start + 4 + length else { break }
                sizes[index] = extra.number(at: position, bytes: 8)
                position += 8
            }
            return
        }
        throw origin.malformed("the entry '\(name)' lacks the lengths that do not fit 32 bits")
    }
}
