// SPDX-License-Identifier: MIT

internal import CTorch

/// Writes a zip file of entries stored as they are, each starting at a multiple of 64 bytes as PyTorch's do.
struct ZipWriter {
    /// PyTorch can then map storages into memory.
    private static let alignment = 64

    private let file: OutputFile
    /// Numbers from here on take the zip64 form.
    private let firstWide: Int
    private var directory: [UInt8] = []
    private var entryCount = 0
    /// A digest of all names and checksums so far.
    private(set) var digest: (names: UInt64, contents: UInt64) = (ZipWriter.digestStart, ZipWriter.digestStart)

    /// - Parameter firstWide: The format's own number, or less in tests.
    init(_ file: OutputFile, firstWide: Int = 0xFFFF_FFFF) {
        self.file = file
        self.firstWide = firstWide
    }

    mutating func add(_ name: String, _ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try add(name, $0) }
    }

    mutating func add(_ name: String, _ bytes: UnsafeRawBufferPointer) throws {
        let offset = file.count
        let checksum = bytes.baseAddress.map { pt_crc32($0, Int64(bytes.count)) } ?? 0
        try file.write(localHeader(name, bytes.count, checksum))
        try file.write(bytes)
        directory += centralHeader(name, bytes.count, checksum, offset)
        entryCount += 1
        digest.names = ZipWriter.digested(name.utf8, after: digest.names)
        digest.contents = ZipWriter.digested(littleEndian(Int(checksum), 4), after: digest.contents)
    }

    /// Writes the directory; nothing can be added after it.
    func finish() throws {
        let offset = file.count
        var end = directory
        if entryCount >= min(firstWide, 0xFFFF) || directory.count >= firstWide || offset >= firstWide {
            end += [0x50, 0x4B, 6, 6] + littleEndian(44, 8) + littleEndian(45, 2) + littleEndian(45, 2)
            end += littleEndian(0, 8) + littleEndian(entryCount, 8) + littleEndian(entryCount, 8)
            end += littleEndian(directory.count, 8) + littleEndian(offset, 8)
            end += [0x50, 0x4B, 6, 7] + littleEndian(0, 4) + littleEndian(offset + directory.count, 8)
            end += littleEndian(1, 4)
        }
        let count = littleEndian(min(entryCount, 0xFFFF), 2)
        end += [0x50, 0x4B, 5, 6] + littleEndian(0, 4) + count + count
        end += littleEndian(narrow(directory.count), 4) + littleEndian(narrow(offset), 4) + littleEndian(0, 2)
        try file.write(end)
    }

    // MARK: Records

    /// Bit 11: the name is UTF-8. Method 0: stored. Time and date: midnight of 1 January 1980, zip's first.
    private func common(_ name: String, _ size: Int, _ checksum: UInt32, isWide: Bool) -> [UInt8] {
        let length = littleEndian(narrow(size), 4)
        return littleEndian(isWide ? 45 : 20, 2) + littleEndian(0x0800, 2) + littleEndian(0, 2)
            + littleEndian(0, 2) + littleEndian(0x21, 2) + littleEndian(Int(checksum), 4) + length + length
            + littleEndian(name.utf8.count, 2)
    }

    private func localHeader(_ name: String, _ size: Int, _ checksum: UInt32) -> [UInt8] {
        let isWide = size >= firstWide
        var extra = isWide ? littleEndian(1, 2) + littleEndian(16, 2) : []
        if isWide { extra += littleEndian(size, 8) + littleEndian(size, 8) }
        // The identifier with which PyTorch marks padding: "FB".
        let unpadded = file.count + ZipHeader.localSize + name.utf8.count + extra.count + 4
        let padding = (ZipWriter.alignment - unpadded % ZipWriter.alignment) % ZipWriter.alignment
        extra += Array("FB".utf8) + littleEndian(padding, 2) + [UInt8](repeating: UInt8(ascii: "Z"), count: padding)
        return [0x50, 0x4B, 3, 4] + common(name, size, checksum, isWide: isWide) + littleEndian(extra.count, 2)
            + Array(name.utf8) + extra
    }

    private func centralHeader(_ name: String, _ size: Int, _ checksum: UInt32, _ offset: Int) -> [UInt8] {
        let wide =
            (size >= firstWide ? littleEndian(size, 8) + littleEndian(size, 8) : [])
            + (offset >= firstWide ? littleEndian(offset, 8) : [])
        let extra = wide.isEmpty ? [] : littleEndian(1, 2) + littleEndian(wide.count, 2) + wide
        return [0x50, 0x4B, 1, 2] + littleEndian(45, 2) + common(name, size, checksum, isWide: !wide.isEmpty)
            + littleEndian(extra.count, 2) + littleEndian(0, 2) + littleEndian(0, 2) + littleEndian(0, 2)
            + littleEndian(0, 4) + littleEndian(narrow(offset), 4) + Array(name.utf8) + extra
    }

    private func narrow(_ number: Int) -> Int {
        number >= firstWide ? 0xFFFF_FFFF : number
    }

    // MARK: Digests

    /// FNV-1a of 64 bits.
    private static let digestStart: UInt64 = 0xCBF2_9CE4_8422_2325

    private static func digested(_ bytes: some Sequence<UInt8>, after digest: UInt64) -> UInt64 {
        bytes.reduce(digest) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

/// A number's lowest bytes, the least significant first.
func littleEndian(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
