// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Tensor

@Suite struct `A safetensors file` {
    private func temporaryPath() -> String {
        NSTemporaryDirectory() + "passerby-\(UUID().uuidString).safetensors"
    }

    /// The header is JSON text by hand; the two floats 1 and −2 are 0x3F800000 and 0xC0000000.
    @Test func `is read from hand-made bytes`() throws {
        let header = #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"epoch":"3"}}"#
        let bytes = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8)
            + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
        let path = temporaryPath()
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let file = try Safetensors(readingFrom: path)
        #expect(try file.tensors["x"]?.floats() == [1, -2])
        #expect(file.metadata == ["epoch": "3"])
    }

    @Test func `gives back what was written, with equal bytes for equal contents`() throws {
        let tensors = [
            "b": try Tensor([1.5, -2, 3, 4], shape: [2, 2]).transposed(), "a": try Tensor([7, -9]),
            "empty": try Tensor([Float](), shape: [0, 3]), "scalar": try Tensor.full(2, shape: []),
        ]
        let paths = [temporaryPath(), temporaryPath()]
        for path in paths { try Safetensors(tensors: tensors, metadata: ["k": "v"]).write(to: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: paths[0])) == Data(contentsOf: URL(fileURLWithPath: paths[1])))
        let read = try Safetensors(readingFrom: paths[0])
        #expect(try read.tensors["b"]?.floats() == [1.5, 3, -2, 4])
        #expect(try read.tensors["a"]?.integers() == [7, -9])
        #expect(read.tensors["empty"]?.shape == [0, 3])
        #expect(read.tensors["scalar"]?.shape == [])
        #expect(read.metadata == ["k": "v"])
    }

    @Test(arguments: [
        ("", "0 bytes hold no header length"),
        (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "'x' ends at byte 70 of 62"),
        (#"{"x":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}"#,
         "'x' has elements of type F99; known are F32, I64, U8, BOOL"),
        (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "'x' of 8 bytes has the byte range [0, 4]"),
        (#"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "'x' has the shape [-1]"),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "'x' starts at byte 4, not at 0"),
        (#"{"x":3}"#, "'x' lacks dtype, shape or data_offsets"),
        ("[]", "the header is not a JSON object"),
    ])
    func `that is malformed is refused with the reason`(header: String, reason: String) throws {
        let path = temporaryPath()
        let length = header.isEmpty ? [] : [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0]
        try Data(length + Array(header.utf8)).write(to: URL(fileURLWithPath: path))
        #expect(throws: TensorError.malformed(path: path, reason: reason)) { try Safetensors(readingFrom: path) }
    }

    @Test func `that lies about its header's length is refused`() throws {
        let path = temporaryPath()
        try Data([UInt8](repeating: 0xFF, count: 16)).write(to: URL(fileURLWithPath: path))
        #expect(throws: TensorError.malformed(
            path: path, reason: "a header of 18446744073709551615 bytes in a file of 16")
        ) { try Safetensors(readingFrom: path) }
    }

    @Test func `that is not there is named`() {
        let error = #expect(throws: TensorError.self) { try Safetensors(readingFrom: "/nowhere/x.safetensors") }
        #expect(error?.description.hasPrefix("/nowhere/x.safetensors: cannot be read: ") == true)
    }
}
