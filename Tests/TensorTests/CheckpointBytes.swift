// SPDX-License-Identifier: MIT

import Foundation

@testable import Tensor

/// Files made by hand, byte for byte, and those of `Fixtures/make_checkpoints.py`.
enum CheckpointBytes {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static func fixture(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    static func temporaryPath(_ name: String) -> String {
        NSTemporaryDirectory() + "passerby-\(UUID().uuidString)-\(name)"
    }

    // MARK: The format before PyTorch 1.6

    /// The magic number 0x1950A86A20F9469CFC6C, version 1001 and `{'little_endian': True}`, a pickle each.
    static let legacyStart: [UInt8] =
        [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
        + [0x80, 2, 0x4D, 0xE9, 3, 0x2E]
        + [0x80, 2, 0x7D] + text("little_endian") + [0x88, 0x73, 0x2E]

    /// A legacy file with an object and storages.
    static func legacy(_ object: [UInt8], _ storages: [(key: String, count: Int, bytes: [UInt8])] = []) -> [UInt8] {
        var bytes = legacyStart + [0x80, 2] + object + [0x2E, 0x80, 2, 0x5D, 0x28]
        for storage in storages { bytes += text(storage.key) }
        bytes += [0x65, 0x2E]
        for storage in storages { bytes += littleEndian(storage.count, 8) + storage.bytes }
        return bytes
    }

    /// The reader's answer to an object in a legacy file.
    static func read(_ object: [UInt8]) throws -> PyTorchFile.Value {
        try PyTorchFile(bytes: legacy(object), named: "x.pth").value
    }

    // MARK: Pieces of pickles

    static func text(_ text: String) -> [UInt8] {
        [0x58] + littleEndian(text.utf8.count, 4) + Array(text.utf8)
    }

    static func global(_ module: String, _ name: String) -> [UInt8] {
        Array("c\(module)\n\(name)\n".utf8)
    }

    static func integer(_ number: Int) -> [UInt8] {
        [0x8A, 8] + littleEndian(number, 8)
    }

    static func repeated(_ part: [UInt8], _ count: Int) -> [UInt8] {
        Array(repeatElement(part, count: count).joined())
    }

    static func tuple(_ parts: [UInt8]...) -> [UInt8] {
        [0x28] + Array(parts.joined()) + [0x74]
    }

    /// A storage of floats with the key `s`, by its persistent name.
    static func storage(_ count: Int, view: [UInt8] = [], of className: String = "FloatStorage") -> [UInt8] {
        tuple(text("storage"), global("torch", className), text("s"), text("cpu"), integer(count), view) + [0x51]
    }

    static func tensor(_ storage: [UInt8], offset: Int = 0, shape: [Int], strides: [Int]) -> [UInt8] {
        let lengths = { (numbers: [Int]) in [0x28] + Array(numbers.map(integer).joined()) + [0x74] }
        return global("torch._utils", "_rebuild_tensor")
            + tuple(storage, integer(offset), lengths(shape), lengths(strides)) + [0x52]
    }

    /// Float32 elements, the least significant byte first.
    static func floats(_ values: [Float]) -> [UInt8] {
        Array(values.map { littleEndian(Int($0.bitPattern), 4) }.joined())
    }
}
