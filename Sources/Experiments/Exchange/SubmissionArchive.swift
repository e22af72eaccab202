// SPDX-License-Identifier: MIT

public import Foundation

/// A submission as challenges take it: a zip archive with a single file in it, not compressed.
///
/// The same content gives the same bytes: the file's time is the earliest that the format has, 1 January 1980.
///
/// - SeeAlso: PKWARE, ".ZIP file format specification" (APPNOTE.TXT), §4.3.
public enum SubmissionArchive {
    /// The archive's bytes.
    ///
    /// - Parameters:
    ///   - content: Less than 4 GiB, the limit of the format's first version.
    ///   - name: The file's name inside the archive, in ASCII.
    public static func holding(_ content: Data, named name: String) -> Data {
        precondition(
            content.count < (1 << 32) - (1 << 16) && name.utf8.count < 256 && name.utf8.allSatisfy { $0 < 128 },
            "\(content.count) bytes named '\(name)' need a later version of the format")
        var archive = LittleEndian()
        archive.append(0x0403_4B50 as UInt32)
        appendEntry(content, name, to: &archive)
        archive.data += Data(name.utf8) + content
        let directory = archive.data.count
        archive.append(0x0201_4B50 as UInt32)
        archive.append(madeByUnix | version)
        appendEntry(content, name, to: &archive)
        // No comment; the first disk; a binary file; at the start of the archive.
        for _ in 0..<3 { archive.append(0 as UInt16) }
        archive.append(readableFile)
        archive.append(0 as UInt32)
        archive.data += Data(name.utf8)
        let end = archive.data.count
        archive.append(0x0605_4B50 as UInt32)
        // One file on one disk, and no comment.
        for number: UInt16 in [0, 0, 1, 1] { archive.append(number) }
        archive.append(UInt32(end - directory))
        archive.append(UInt32(directory))
        archive.append(0 as UInt16)
        return archive.data
    }

    private static let version: UInt16 = 20
    private static let madeByUnix: UInt16 = 3 << 8
    /// A regular file that everybody may read, in the upper half as Unix has it.
    private static let readableFile: UInt32 = 0o100644 << 16

    /// What the header before the file and the entry of the directory have in common.
    private static func appendEntry(_ content: Data, _ name: String, to archive: inout LittleEndian) {
        archive.append(version)
        // No flags, stored; midnight of 1 January 1980.
        for number: UInt16 in [0, 0, 0, 1 << 5 | 1] { archive.append(number) }
        archive.append(checksum(content))
        for _ in 0..<2 { archive.append(UInt32(content.count)) }
        archive.append(UInt16(name.utf8.count))
        archive.append(0 as UInt16)
    }

    /// The cyclic redundancy check of zip, PNG and gzip.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ polynomial : crc >> 1 }
        }
    }

    /// 0x04C11DB7 with its bits reversed, the constant term being the highest.
    private static let polynomial: UInt32 = 0xEDB8_8320
}

private struct LittleEndian {
    var data = Data()

    mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        for byte in 0..<Number.bitWidth / 8 { data.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
    }
}
