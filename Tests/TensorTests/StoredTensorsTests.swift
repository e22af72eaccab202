// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Tensor

private typealias Bytes = CheckpointBytes

@Suite struct `Stored tensors` {
    /// `zip.pth.tar` has every element type, a channels-last weight, slices and a transposed view.
    @Test(arguments: ["zip.pth.tar", "legacy.pth.tar"])
    func `keep names, types and values from format to format`(name: String) throws {
        let (middle, last) = (Bytes.temporaryPath("x.safetensors"), Bytes.temporaryPath("x.pth"))
        defer { for path in [middle, last] { unlink(path) } }
        let original = try PyTorchFile(bytes: Bytes.fixture(name), named: name)
        try StoredTensors(original).writeSafetensors(to: middle)
        try StoredTensors(safetensors: middle).writeCheckpoint(to: last)

        let types: [String: StoredElementType] = [
            "f64": .float64, "f32": .float32, "f16": .float16, "bf16": .bfloat16, "i64": .int64, "i32": .int32,
            "i16": .int16, "i8": .int8, "u8": .uint8, "bool": .bool,
        ]
        let header = try Safetensors.header(of: middle)
        let back = try PyTorchFile(readingFrom: last)
        let stored = try StoredTensors(back)
        #expect(stored.count == 19)
        for (name, type) in types {
            #expect(header["module.\(name)"]?.type == type)
            #expect(stored.entries.first { $0.name == "module.\(name)" }?.type == type)
        }
        // 2 in bfloat16 is 0x4000; 2.0 in float64 begins with 0x4000 as well, at the other end.
        #expect(try stored.entries.first { $0.name == "module.bf16" }?.bytes() == [0, 0, 0x80, 0x3F, 0, 0x40])
        #expect(try stored.entries.first { $0.name == "module.f64" }?.bytes().suffix(2) == [0, 0x40])

        let (expected, found) = (try original.checkpoint(), try back.checkpoint())
        #expect(found.epoch == 12)
        #expect(found.bestScore == 0.625)
        for (name, tensor) in expected.tensors {
            #expect(found.tensors[name]?.shape == tensor.shape)
            #expect(try found.tensors[name]?.elementBytes() == tensor.elementBytes(), "\(name)")
        }
    }

    /// Rows of [[0, 1, 2], [3, 4, 5]] transposed are 0 3, 1 4, 2 5.
    @Test func `are written row by row, however they are strided`() throws {
        let file = try PyTorchFile(bytes: Bytes.fixture("zip.pth.tar"), named: "zip.pth.tar")
        let entry = try #require(StoredTensors(file).entries.first { $0.name == "module.transposed" })
        #expect(try entry.bytes() == Bytes.floats([0, 3, 1, 4, 2, 5]))
        let narrow = try PyTorchFile(bytes: Bytes.fixture("narrow.pth"), named: "narrow.pth")
        #expect(try StoredTensors(narrow).entries[0].bytes() == Bytes.floats([10, 13, 16, 19]))
    }

    @Test func `that are damaged leave no file`() throws {
        var bytes = try Bytes.fixture("zip.pth.tar")
        let elements = Bytes.floats([0, 1, 2])
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: elements) })
        bytes[place + 8] ^= 1
        let stored = try StoredTensors(PyTorchFile(bytes: bytes, named: "x.pth"))
        let path = Bytes.temporaryPath("x.safetensors")
        #expect(
            throws: TensorError.malformed(
                path: "x.pth", format: .pyTorchZip, reason: "the bytes of the storage '1' do not match their checksum")
        ) { try stored.writeSafetensors(to: path) }
        #expect(access(path, F_OK) != 0)
    }
}

@Suite struct `A file under another format's name` {
    @Test(
        arguments: [
            (
                [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 40),
                "it is a zip file, as torch.save (name it .pth) and numpy.savez (name it .npz) write it"
            ),
            (CheckpointBytes.legacy([0x4E]), "it is a pickle, as torch.save wrote it before PyTorch 1.6; name it .pth"),
            (Array("<!DOCTYPE html>".utf8), "it is a web page or other markup, as a failed download leaves it"),
            (Array("text, of no kind".utf8), "a header of 7381153689588229492 bytes in a file of 16"),
        ] as [([UInt8], String)])
    func `is named by what it is`(bytes: [UInt8], reason: String) {
        #expect(throws: TensorError.malformed(path: "x.safetensors", format: .safetensors, reason: reason)) {
            try Safetensors(bytes: bytes, named: "x.safetensors")
        }
    }
}
