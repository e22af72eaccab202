// SPDX-License-Identifier: MIT
// The bytes of a ``DecodedImageFile``, in the machine's byte order: a header, a table of entries, the records.
//
//     0                64                     64 + byteLimit/64                         byteLimit
//     │ header         │ entries of 64 bytes …│ records: key, padding to 64, pixels …   │
//
// The file has its full length from the beginning and is sparse: what is not written takes no room on disk, and a
// mapping never has to grow.

/// Where things lie in a file of a given length.
struct ImageFileLayout: Equatable {
    /// Records and the table begin and end at multiples of this, the length of a header and of an entry.
    static let unit = 64

    /// The length of the file.
    let byteLimit: Int

    /// The most entries. With less than 4 KiB an image, the table is full before the file is.
    var entryCapacity: Int { byteLimit / 4096 }
    /// Where the first record begins.
    var firstRecord: Int { ImageFileLayout.unit * (1 + entryCapacity) }

    /// Where an entry lies.
    func position(ofEntry number: Int) -> Int { ImageFileLayout.unit * (1 + number) }

    /// The next multiple of the unit.
    static func rounded(_ count: Int) -> Int { (count + unit - 1) / unit * unit }

    /// The header: what kind of file it is, and its length.
    var header: [UInt64] {
        sealed([ImageFileLayout.formatVersion, UInt64(byteLimit), 0, 0, 0, 0, 0])
    }

    /// `PSBYIMG` and the version of the format. Count it up whenever the same key stands for other pixels, as when
    /// decoding or resizing changes.
    private static let formatVersion: UInt64 = 0x5053_4259_494D_4702
}

/// Where the record of a key lies, and what it holds.
struct ImageFileEntry: Equatable {
    /// A digest of the key.
    let keyDigest: UInt64
    /// Where the record begins in the file.
    let start: Int
    /// The bytes of the key, without padding.
    let keyCount: Int
    let width, height: Int
    /// A digest of the record.
    let recordDigest: UInt64

    var pixelCount: Int { width * height * 3 }
    /// The record's bytes before the pixels.
    var paddedKeyCount: Int { ImageFileLayout.rounded(keyCount) }
    var recordCount: Int { paddedKeyCount + ImageFileLayout.rounded(pixelCount) }
    var end: Int { start + recordCount }

    /// The entry as it is written, sealed with a digest of its own.
    var words: [UInt64] {
        sealed([
            keyDigest, UInt64(start), UInt64(keyCount), UInt64(width), UInt64(height), recordDigest, 1,
        ])
    }
}

extension ImageFileEntry {
    /// What a place in the table holds.
    enum Place: Equatable {
        /// Nothing yet.
        case free
        case taken(ImageFileEntry)
        /// Something that was not written so.
        case damaged
    }

    /// Reads a place in the table.
    ///
    /// - Parameters:
    ///   - bytes: The place.
    ///   - records: Where records lie.
    static func read(_ bytes: UnsafeRawBufferPointer, records: Range<Int>) -> Place {
        let words = (0..<8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self) }
        if words.allSatisfy({ $0 == 0 }) { return .free }
        let fields = words.dropLast().map { Int(exactly: $0) ?? 0 }
        guard words == sealed(Array(words.dropLast())), fields[3] > 0, fields[4] > 0,
            fields[3] <= records.count / fields[4]
        else { return .damaged }
        let entry = ImageFileEntry(
            keyDigest: words[0], start: fields[1], keyCount: fields[2], width: fields[3], height: fields[4],
            recordDigest: words[5]
        )
        // In this order, since the end of a start anywhere might not be a number.
        guard records.contains(entry.start), entry.keyCount <= records.count, entry.end <= records.upperBound
        else { return .damaged }
        return .taken(entry)
    }
}

/// The words, and a digest of them as the last one.
private func sealed(_ words: [UInt64]) -> [UInt64] {
    words + [words.withUnsafeBytes { digest(of: $0) }]
}

/// A 64-bit digest that tells damage, not malice: four lanes of FNV-1a over words, at the speed of memory.
func digest(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    let prime: UInt64 = 0x0000_0100_0000_01B3
    var lanes = SIMD4<UInt64>(
        0xCBF2_9CE4_8422_2325, 0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9
    )
    var position = 0
    while position + 32 <= bytes.count {
        for lane in 0..<4 {
            let word = bytes.loadUnaligned(fromByteOffset: position + 8 * lane, as: UInt64.self)
            // The shift brings high bits down: multiplication alone moves them up only.
            lanes[lane] = (lanes[lane] ^ lanes[lane] >> 32 ^ word) &* prime
        }
        position += 32
    }
    for byte in bytes[position...] { lanes[0] = (lanes[0] ^ UInt64(byte)) &* prime }
    return (0..<4).reduce(UInt64(bytes.count)) { (whole, lane) in
        (whole ^ whole >> 29 ^ lanes[lane]) &* 0x9E37_79B9_7F4A_7C15
    }
}
