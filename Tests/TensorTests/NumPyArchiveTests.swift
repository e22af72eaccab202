// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Tensor

/// What `Fixtures/make_archives.py` has written.
@Suite struct `A NumPy archive` {
    private static let both = ["stored.npz", "deflated.npz"]

    private func archive(_ name: String) throws -> NumPyArchive {
        try NumPyArchive(bytes: CheckpointBytes.fixture(name), named: name)
    }

    private func floats(_ name: String, in archive: NumPyArchive) throws -> [Float] {
        try #require(try archive.tensor(name)).floats()
    }

    @Test(arguments: both)
    func `gives every type of number that NumPy writes`(file: String) throws {
        let archive = try archive(file)
        for (name, type) in [("float64", StoredElementType.float64), ("float32", .float32), ("float16", .float16)] {
            #expect(try archive.entry(name) == .init(type: type, typeText: name, shape: [3]))
            #expect(try floats(name, in: archive) == [0, 1, 2])
        }
        for name in ["int64", "int32", "int16", "int8"] {
            #expect(try archive.entry(name)?.typeText == name)
            #expect(try archive.tensor(name)?.integers() == [0, 1, 2])
        }
        #expect(try archive.tensor("below")?.integers() == [-3, 4])
        #expect(try archive.tensor("uint8")?.elementType == .uint8)
        #expect(try archive.tensor("bool")?.elementType == .bool)
        #expect(try archive.tensor("nowhere") == nil && archive.entry("nowhere") == nil)
    }

    /// Counting up along the last index, whichever runs fastest in the file.
    @Test(arguments: both)
    func `gives rows in their order, in whichever the file has them`(file: String) throws {
        let archive = try archive(file)
        for name in ["rows", "columns"] {
            #expect(try archive.tensor(name)?.shape == [2, 3])
            #expect(try floats(name, in: archive) == [0, 1, 2, 3, 4, 5])
        }
        #expect(try archive.tensor("cube")?.shape == [2, 3, 4])
        #expect(try archive.tensor("cube")?.integers() == Array(0..<24))
        #expect(try floats("query.features", in: archive) == (0..<200).map(Float.init))
        #expect(try archive.tensor("scalar")?.shape == [])
        #expect(try archive.entry("empty")?.shape == [0, 3])
        #expect(try floats("empty", in: archive) == [])
    }

    @Test(arguments: [
        ("big", "big-endian numbers (>f4)"), ("text", "text (<U2)"), ("bytes", "text (|S1)"),
        ("objects", "Python objects (|O)"), ("unsigned", "unsigned integers (<u4)"), ("complex", "complex numbers (<c8)"),
        ("dates", "dates (<M8[D])"), ("records", "records (|V)"),
    ])
    func `refuses other types by the array's name, when it is asked for them`(name: String, words: String) throws {
        for file in Self.both {
            let archive = try archive(file)
            #expect(try archive.entry(name)?.type == nil && archive.entry(name)?.typeText == words)
            let error = #expect(throws: TensorError.self) { try archive.tensor(name) }
            #expect(
                error?.description
                    == "\(file): not a NumPy archive (.npz): the array '\(name)' holds \(words), which are not read")
        }
    }

    private func refusal(_ bytes: [UInt8], of name: String = "a") -> String? {
        let error = #expect(throws: TensorError.self) {
            try NumPyArchive(bytes: bytes, named: "f.npz").tensor(name)
        }
        guard case .malformed("f.npz", .numPyArchive, let reason) = error else { return nil }
        return reason
    }

    @Test func `that is something else says what`() throws {
        #expect(refusal([]) == "it is an empty file")
        #expect(refusal([0x93] + Array("NUMPY".utf8)) == "it is a single NumPy array (.npy)")
        #expect(refusal(Array("hello".utf8)) == "it is text")
        let cut = try CheckpointBytes.fixture("small.npz").dropLast()
        #expect(refusal(Array(cut)) == "the directory at its end is missing, as in a file that was cut short")
    }

    /// Whatever bit of it is turned: the checksum covers the array with its header, and what lies around it is said twice or
    /// decides nothing.
    @Test func `that is damaged anywhere is refused, or read as it was`() throws {
        let sound = try CheckpointBytes.fixture("small.npz")
        let values = (0..<16).map(Float.init)
        #expect(try floats("a", in: NumPyArchive(bytes: sound, named: "f")) == values)
        var refused = 0
        for place in sound.indices {
            for mask: UInt8 in [1, 0x10, 0x80, 0xFF] {
                var bytes = sound
                bytes[place] ^= mask
                do {
                    guard let tensor = try NumPyArchive(bytes: bytes, named: "f").tensor("a") else { continue }
                    #expect(try tensor.floats() == values, "byte \(place) with \(mask)")
                } catch is TensorError {
                    refused += 1
                }
            }
        }
        #expect(refused > 2 * sound.count)
        for count in sound.indices {
            #expect(throws: TensorError.self) { try NumPyArchive(bytes: Array(sound[..<count]), named: "f") }
        }
    }

    /// An archive of an array whose bytes these are.
    private func archive(holding array: [UInt8]) throws -> [UInt8] {
        let path = CheckpointBytes.temporaryPath("a.npz")
        defer { unlink(path) }
        let file = try OutputFile(path: path)
        var writer = ZipWriter(file)
        try writer.add("a.npy", array)
        try writer.finish()
        try file.finish()
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func array(_ header: String, version: UInt8 = 1, length: Int? = nil, elements: Int = 12) -> [UInt8] {
        let size = version == 1 ? 2 : 4
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + littleEndian(length ?? header.utf8.count, size)
            + Array(header.utf8) + [UInt8](repeating: 0, count: elements)
    }

    @Test(arguments: [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }          \n",
        #"{"shape": (3L, 1L), "fortran_order": True, "descr": "<f4"}"#,
    ])
    func `is read whoever wrote its headers, in any version`(header: String) throws {
        for version: UInt8 in 1...3 {
            let bytes = try archive(holding: array(header, version: version))
            #expect(try NumPyArchive(bytes: bytes, named: "f").tensor("a")?.count == 3)
        }
    }

    @Test(arguments: [
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}", "of shape [4] has 12 bytes of float32"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "of shape [2] has 12 bytes of float32"),
        (
            "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
            "of shape [4294967296, 4294967296] has 12 bytes of float32"
        ),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}", "has a header that is none of NumPy's"),
        ("{'descr': '<f4', 'fortran_order': False}", "has a header that is none of NumPy's"),
        ("{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}", "has a header that is none of NumPy's"),
        ("{'descr': '<f4', 'shape': (3,), 'shape': (3,), 'fortran_order': False}", "has a header that is none of NumPy's"),
        (
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
            "has a header that is none of NumPy's"
        ),
        (String(repeating: "(", count: 60000), "has a header that is none of NumPy's"),
        ("", "has a header that is none of NumPy's"),
    ])
    func `with a header that cannot be is refused by the array's name`(header: String, reason: String) throws {
        #expect(refusal(try archive(holding: array(header))) == "the array 'a' \(reason)")
    }

    @Test func `with a header of an impossible length is refused by the array's name`() throws {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}"
        #expect(
            refusal(try archive(holding: array(header, length: 500))) == "the array 'a' ends within its header")
        #expect(
            refusal(try archive(holding: array(header, version: 2, length: 1 << 20)))
                == "the array 'a' has a header of 1048576 bytes; at most 65524 are read")
        #expect(
            refusal(try archive(holding: array(header, version: 4)))
                == "the array 'a' is of version 4 of NumPy's format; known are 1 to 3")
        #expect(refusal(try archive(holding: Array("{}".utf8))) == "the array 'a' does not begin as a NumPy array does")
    }

    @Test func `whose bytes are others than its checksum says is refused`() throws {
        var bytes = try CheckpointBytes.fixture("stored.npz")
        let element = try #require(bytes.firstRange(of: [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]))
        bytes[element.lowerBound] = 1
        #expect(refusal(bytes, of: "float32") == "the bytes of the entry 'float32.npy' do not match their checksum")
    }

    /// 128 bytes that claim to be 4 GB would have memory asked for that nobody fills.
    @Test func `that claims to expand to more than it can is refused before there is memory for it`() throws {
        var bytes = try CheckpointBytes.fixture("small.npz")
        let directory = try #require(bytes.firstRange(of: [0x50, 0x4B, 1, 2])).lowerBound
        let stored = try #require(bytes.number(at: directory + 20, bytes: 4))
        bytes.replaceSubrange(directory + 24..<directory + 28, with: littleEndian(4_000_000_000, 4))
        #expect(
            refusal(bytes)
                == "the entry 'a.npy' would be 4000000000 bytes, which no \(stored) compressed ones are")
        bytes.replaceSubrange(directory + 24..<directory + 28, with: littleEndian(193, 4))
        #expect(refusal(bytes) == "the entry 'a.npy' does not expand to the 193 bytes that the archive says")
    }

    @Test func `that was written here is read again, with the same bytes each time`() throws {
        let path = CheckpointBytes.temporaryPath("w.npz")
        defer { unlink(path) }
        let matrix = try Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
        var written: [Data] = []
        for _ in 0..<2 {
            try NumPyArchive.write([("labels", Tensor([0, -1, 7])), ("m", matrix)], to: path)
            written.append(try Data(contentsOf: URL(fileURLWithPath: path)))
        }
        #expect(written[0] == written[1])
        let archive = try NumPyArchive(readingFrom: path)
        #expect(archive.names == ["labels", "m"])
        #expect(try archive.tensor("labels")?.integers() == [0, -1, 7])
        #expect(try archive.tensor("m")?.shape == [2, 3])
        #expect(try floats("m", in: archive) == [1, 2, 3, 4, 5, 6])
    }
}
