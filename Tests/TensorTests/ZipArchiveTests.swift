// SPDX-License-Identifier: MIT

import CTorch
import Foundation
import Testing

@testable import Tensor

@Suite struct `A zip archive` {
    /// Two entries, `a/data.pkl` with the pickle of None and `a/data/0` with four bytes.
    private func archive(firstWide: Int = 0xFFFF_FFFF, names: [String] = ["a/data.pkl", "a/data/0"]) throws -> [UInt8] {
        let path = CheckpointBytes.temporaryPath("x.zip")
        let file = try OutputFile(path: path)
        var writer = ZipWriter(file, firstWide: firstWide)
        try writer.add(names[0], [0x80, 2, 0x4E, 0x2E])
        try writer.add(names[1], [1, 2, 3, 4])
        try writer.finish()
        try file.finish()
        defer { unlink(path) }
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func entries(_ bytes: [UInt8]) throws -> [ZipArchive.Entry] {
        let archive = try ZipArchive(ByteSource(bytes: bytes, named: "x.pth"))
        try archive.requireStored()
        return archive.entries
    }

    /// Where the central directory's entries start.
    private func directory(_ bytes: [UInt8]) -> [Int] {
        bytes.indices.filter { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) }
    }

    /// With every number in the 64-bit form, as in a file of more than 4 GB, it says the same.
    @Test(arguments: [0xFFFF_FFFF, 0])
    func `gives back what was written, at multiples of 64 bytes`(firstWide: Int) throws {
        let bytes = try archive(firstWide: firstWide)
        let entries = try entries(bytes)
        #expect(entries.map(\.name) == ["a/data.pkl", "a/data/0"])
        #expect(entries.map(\.count) == [4, 4])
        #expect(entries.allSatisfy { $0.offset.isMultiple(of: 64) })
        #expect(Array(bytes[entries[1].offset..<entries[1].offset + 4]) == [1, 2, 3, 4])
        // The checksum of 1, 2, 3, 4, from Python's zlib.crc32.
        #expect(entries[1].checksum == 0xB63C_FBCD)
    }

    private func expect(_ bytes: [UInt8], isRefusedWith reason: String, _ location: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: TensorError.self, sourceLocation: location) { try entries(bytes) }
        #expect(error == .malformed(path: "x.pth", format: .pyTorchZip, reason: reason), sourceLocation: location)
    }

    @Test func `refuses compressed, encrypted and duplicate entries`() throws {
        let sound = try archive()
        var bytes = sound
        bytes[directory(sound)[1] + 10] = 8
        expect(bytes, isRefusedWith: "the entry 'a/data/0' has no local header of its own at byte 68")
        bytes[68 + 8] = 8
        expect(bytes, isRefusedWith: "the entry 'a/data/0' is compressed; PyTorch stores entries as they are")
        bytes = sound
        bytes[directory(sound)[0] + 8] |= 1
        expect(bytes, isRefusedWith: "the entry 'a/data.pkl' is encrypted")
        expect(try archive(names: ["a/x", "a/x"]), isRefusedWith: "two entries are named 'a/x'")
    }

    @Test func `refuses entries that overlap or are larger than the file`() throws {
        let sound = try archive()
        let second = directory(sound)[1]
        var bytes = sound
        // The second entry's header is said to be the first's.
        bytes.replaceSubrange(second + 42..<second + 46, with: littleEndian(0, 4))
        expect(bytes, isRefusedWith: "the entry 'a/data/0' at byte 0 overlaps the one before it")
        bytes.replaceSubrange(second + 42..<second + 46, with: littleEndian(69, 4))
        expect(bytes, isRefusedWith: "the entry 'a/data/0' has no local header of its own at byte 69")
        bytes = sound
        // The first entry's contents reach into the second's header.
        let first = directory(sound)[0]
        for place in [20, 24] { bytes.replaceSubrange(first + place..<first + place + 4, with: littleEndian(9, 4)) }
        expect(bytes, isRefusedWith: "the entry 'a/data/0' at byte 68 overlaps the one before it")
        bytes = sound
        for place in [20, 24] {
            bytes.replaceSubrange(second + place..<second + place + 4, with: littleEndian(1 << 30, 4))
        }
        expect(bytes, isRefusedWith: "the entry 'a/data/0' has 1073741824 bytes where 4 are left")
        bytes[second + 20] = 1
        expect(bytes, isRefusedWith: "the entry 'a/data/0' has lengths that contradict each other")
        bytes = sound
        bytes.replaceSubrange(second + 42..<second + 46, with: littleEndian(1 << 20, 4))
        expect(bytes, isRefusedWith: "the entry 'a/data/0' starts at byte 1048576, behind all contents")
    }

    @Test func `refuses a directory that lies about itself`() throws {
        let sound = try archive()
        let end = sound.count - 22
        var bytes = sound
        bytes.replaceSubrange(end + 16..<end + 20, with: littleEndian(sound.count, 4))
        expect(
            bytes,
            isRefusedWith: """
                a directory of 2 entries in 110 bytes from byte 264 on, where it must end before byte 242
                """)
        bytes = sound
        for place in [8, 10] { bytes.replaceSubrange(end + place..<end + place + 2, with: littleEndian(60_000, 2)) }
        expect(
            bytes,
            isRefusedWith: """
                a directory of 60000 entries in 110 bytes from byte 132 on, where it must end before byte 242
                """)
        bytes = sound
        for place in [8, 10] { bytes.replaceSubrange(end + place..<end + place + 2, with: littleEndian(1, 2)) }
        expect(bytes, isRefusedWith: "54 bytes follow the directory's last entry")
        bytes = sound
        bytes[end + 4] = 1
        expect(bytes, isRefusedWith: "it is one part of several")
        bytes = sound
        bytes.replaceSubrange(end + 16..<end + 20, with: littleEndian(0xFFFF_FFFF, 4))
        expect(bytes, isRefusedWith: "its zip64 records are missing")
        expect(
            Array(sound.dropLast()),
            isRefusedWith: """
                the directory at its end is missing, as in a file that was cut short
                """)
        var wide = try archive(firstWide: 0)
        wide.replaceSubrange(wide.count - 34..<wide.count - 26, with: littleEndian(1 << 40, 8))
        expect(wide, isRefusedWith: "its zip64 record lies outside the file")
    }
}

@Suite struct `The checksum of zip files` {
    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { $0.baseAddress.map { pt_crc32($0, Int64(bytes.count)) } ?? 0 }
    }

    /// The definition: divide by the polynomial, bit by bit.
    private func slowChecksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
    }

    /// The check value that catalogues of checksums give for CRC-32.
    @Test func `of the digits 1 to 9 is the published one`() {
        #expect(checksum(Array("123456789".utf8)) == 0xCBF4_3926)
    }

    /// Lengths around the 16 and 64 bytes that are taken at a time.
    @Test(arguments: Array(0...140) + [1000, 4096, 4111])
    func `is the slow definition's`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        #expect(checksum(bytes) == slowChecksum(bytes))
    }
}
