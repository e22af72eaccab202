// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `A CRC-32C` {
    /// One bit at a time, as the definition has it.
    func twin(_ bytes: [UInt8]) -> UInt32 {
        var register = UInt32.max
        for byte in bytes {
            for bit in 0..<8 {
                let isOdd = (register ^ UInt32(byte) >> bit) & 1 == 1
                register = register >> 1 ^ (isOdd ? 0x82F6_3B78 : 0)
            }
        }
        return ~register
    }

    @Test func `of nothing is zero, for the two complements cancel`() {
        #expect(CRC32C.checksum([]) == 0)
    }

    @Test func `of one byte of ones is the shifted register`() {
        // The register is all ones; FF makes the eight low bits 0, so eight steps only shift: 00FFFFFF.
        // Its complement is FF000000.
        #expect(CRC32C.checksum([0xFF]) == 0xFF00_0000)
        // Masked: right by 15 it is 0001FE00, the 15 low bits are 0; 0001FE00 + A282EAD8 = A284E8D8.
        #expect(CRC32C.masked([0xFF]) == 0xA284_E8D8)
    }

    @Test func `agrees with the published values`() {
        #expect(CRC32C.checksum("123456789".utf8) == 0xE306_9283)
        // RFC 3720, appendix B.4; there the bytes of the check are printed lowest first.
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.checksum((0..<32).map { UInt8($0) }) == 0x46DD_794E)
    }

    @Test func `agrees with a bitwise twin`() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ count &* 7) }
            #expect(CRC32C.checksum(bytes) == twin(bytes))
        }
    }
}

@Suite struct `A TensorBoard file` {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    func bytes() throws -> [UInt8] {
        let name = try #require(names(in: scratch.url).first)
        return Array(try Data(contentsOf: scratch.url.appendingPathComponent(name)))
    }

    @Test func `holds the bytes that TensorFlow would write`() throws {
        let writer = try TensorBoardWriter(folder: scratch.url, time: 2)
        try writer.write(tag: "a/b", step: 300, value: 1.5, time: 3)
        let header: [UInt8] =
            // 1: double 2.0 · 3: 13 bytes of text
            [0x09, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x1A, 13] + Array("brain.Event:2".utf8)
        let scalar: [UInt8] =
            // 1: double 3 · 2: varint 300 = 0b10_0101100 · 5: summary { 1: value { 1: tag · 2: float 1.5 } }
            [0x09, 0, 0, 0, 0, 0, 0, 0x08, 0x40, 0x10, 0xAC, 0x02, 0x2A, 12, 0x0A, 10, 0x0A, 3]
            + Array("a/b".utf8) + [0x15, 0, 0, 0xC0, 0x3F]
        #expect(try records(in: bytes()) == [header, scalar])
    }

    /// An epoch is trained again from where its state was kept: what was recorded of it since then goes, and with it, as
    /// TensorBoard knows no better, all of that step and later ones. What stays true is there once more, as it was last.
    @Test func `drops what is recorded anew after a restart, and keeps the rest`() throws {
        let folder = RunFolder(url: scratch.url)
        let time = ManualTime()
        let first = try EventSink(folder: folder, clock: time.clock)
        for (stage, epoch, name, value) in [
            ("direct", 0, "loss/a", 1.0), ("direct", 1, "loss/a", 2), ("direct", 2, "loss/a", 3), ("direct", 2, "loss/a", 4),
            ("adapt", 0, "loss/b", 5), ("adapt", 1, "clusters", 6), ("adapt", 1, "checkpoint/bytes", 7),
            ("adapt", 1, "loss/b", 8), ("adapt", 2, "clusters", 9),
        ] { try first.record(stage: stage, epoch: epoch, step: nil, name: name, value: value) }
        time.seconds = 1
        let second = try EventSink(folder: folder, clock: time.clock)
        try second.restart(stage: "adapt", part: "", epoch: 1, step: 3)
        let name = try #require(names(in: scratch.url).last { $0.contains("tfevents") })
        let messages = try records(in: Array(Data(contentsOf: scratch.url.appendingPathComponent(name))))
        // 2: step 1 · 7: session { 1: start }.
        #expect(messages[1].suffix(6) == [0x10, 1, 0x3A, 2, 0x08, 1])
        // Each ends in 2: float.
        let written = messages.dropFirst(2).map { message in
            let tag = ["direct/loss/a", "adapt/loss/b", "adapt/clusters", "adapt/checkpoint/bytes"].first {
                Data(message).range(of: Data($0.utf8)) != nil
            }
            let bits = message.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return "\(tag ?? "?") \(Float(bitPattern: bits))"
        }
        #expect(written == ["direct/loss/a 2.0", "direct/loss/a 4.0", "adapt/clusters 6.0", "adapt/checkpoint/bytes 7.0"])
    }

    @Test func `has the size of a picture from its own header`() throws {
        // Eight bytes, a chunk's length and name, then 258 across and 3 down.
        let file: [UInt8] =
            [0x89] + Array("PNG\r\n".utf8) + [0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
            + [0, 0, 1, 2, 0, 0, 0, 3, 8, 2]
        let message = TensorBoardSummary.picture(file).value(tag: "t").bytes
        // 1: tag · 4: image { 1: height 3 · 2: width 258 = 0b10_0000010 · 3: three channels · 4: the file }
        #expect(message == [0x0A, 1, 0x74, 0x22, 35, 0x08, 3, 0x10, 0x82, 0x02, 0x18, 3, 0x22, 26] + file)
    }

    @Test(arguments: [
        ("translation-0010.png", "translation", 9), ("network-1-translation-12345.png", "network-1-translation", 12344),
    ])
    func `finds a picture by its file's name`(file: String, name: String, epoch: Int) {
        let picture = SamplePicture(name: name, epoch: epoch)
        #expect(picture.file == file && SamplePicture(file: file) == picture)
    }

    @Test(arguments: ["translation.png", "translation-0000.png", "translation-0001.jpg", "0001.png", "a-b.png", ""])
    func `takes no other file for one`(file: String) {
        #expect(SamplePicture(file: file) == nil)
    }

    @Test func `is a new one for each session, also within one second`() throws {
        _ = try TensorBoardWriter(folder: scratch.url, time: 2.1)
        _ = try TensorBoardWriter(folder: scratch.url, time: 2.9)
        let name = "events.out.tfevents.2.\(ThisProcess.host)"
        #expect(names(in: scratch.url) == [name, name + ".1"])
    }

    /// The messages of a record file, each check recomputed.
    func records(in bytes: [UInt8]) throws -> [[UInt8]] {
        var rest = bytes[...]
        var records: [[UInt8]] = []
        func take(_ count: Int) throws -> [UInt8] {
            try #require(rest.count >= count)
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        func number(_ bytes: [UInt8]) -> UInt64 {
            bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        while !rest.isEmpty {
            let length = try take(8)
            #expect(try number(take(4)) == UInt64(CRC32C.masked(length)))
            let message = try take(Int(number(length)))
            #expect(try number(take(4)) == UInt64(CRC32C.masked(message)))
            records.append(message)
        }
        return records
    }
}
