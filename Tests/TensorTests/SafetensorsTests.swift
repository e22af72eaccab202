// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Tensor

@Suite final class `A safetensors file` {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tensors-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func temporaryPath() -> String { folder.appendingPathComponent("\(UUID().uuidString).safetensors").path }

    /// The header is JSON text by hand; the two floats 1 and −2 are 0x3F800000 and 0xC0000000.
    @Test func `is read from hand-made bytes`() throws {
        let header = #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"epoch":"3"}}"#
        let bytes =
            [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8)
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
        let written = try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        #expect(written[0] == written[1])
        let read = try Safetensors(readingFrom: paths[0])
        #expect(try read.tensors["b"]?.floats() == [1.5, 3, -2, 4])
        #expect(try read.tensors["a"]?.integers() == [7, -9])
        #expect(read.tensors["empty"]?.shape == [0, 3])
        #expect(read.tensors["scalar"]?.shape == [])
        #expect(read.metadata == ["k": "v"])
    }

    @Test(arguments: [
        ("", "0 bytes hold no header length"),
        (
            #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
            "'x' ends at byte 8 of the elements, of which there are 0"
        ),
        (
            #"{"x":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}"#,
            "'x' has elements of type F99; known are F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL"
        ),
        (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "'x' of 8 bytes has the byte range [0, 4]"),
        (#"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "'x' has the shape [-1]"),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "'x' starts at byte 4, not at 0"),
        (#"{"x":3}"#, "'x' lacks dtype, shape or data_offsets"),
        ("[]", "the header is not a JSON object"),
        (#"{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"x":{}}"#, "two tensors are named 'x'"),
        (#"{"__metadata__":{"a":"1","a":"2"}}"#, "the metadata has 'a' twice"),
        (#"{"x":{"dtype":"F32","shape":[0],"shape":[0]}}"#, "'x' has a second or unknown field 'shape'"),
        (
            #"{"x":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,0]}}"#,
            "'x' has the shape [9223372036854775807, 2]"
        ),
        (
            #"{"x":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#,
            "the header breaks at its byte 30: ']' is needed"
        ),
        (
            #"{"x":{"dtype":"F32","shape":[true],"data_offsets":[0,4]}}"#,
            "the header breaks at its byte 29: an integer of at most 64 bits is needed"
        ),
        (
            #"{"x":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#,
            "the header breaks at its byte 49: an integer of at most 64 bits is needed"
        ),
        (
            #"{"x":{"dtype":"\ud800","shape":[],"data_offsets":[0,4]}}"#,
            "the header breaks at its byte 21: half a character"
        ),
        (#"{"x":{"dtype":"\q""#, "the header breaks at its byte 16: an unknown escape"),
        ("{} {}", "the header breaks at its byte 3: something follows the object"),
        (
            #"{"x":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}"#,
            "'x' starts at byte 9223372036854775806, not at 0"
        ),
    ])
    func `that is malformed is refused with the reason`(header: String, reason: String) throws {
        let path = temporaryPath()
        let length = header.isEmpty ? [] : [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0]
        try Data(length + Array(header.utf8)).write(to: URL(fileURLWithPath: path))
        #expect(throws: TensorError.malformed(path: path, format: .safetensors, reason: reason)) {
            try Safetensors(readingFrom: path)
        }
    }

    @Test func `that lies about its header's length is refused`() throws {
        let path = temporaryPath()
        try Data([UInt8](repeating: 0xFF, count: 16)).write(to: URL(fileURLWithPath: path))
        #expect(
            throws: TensorError.malformed(
                path: path, format: .safetensors, reason: "a header of 18446744073709551615 bytes in a file of 16")
        ) { try Safetensors(readingFrom: path) }
    }

    /// 1 and −2 as doubles, halves and bfloat16; −2 in 16 and 32 bits; bytes that are not zero are true.
    @Test(
        arguments: [
            ("F64", [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0], [1, -2]),
            ("F16", [0, 0x3C, 0, 0xC0], [1, -2]), ("BF16", [0x80, 0x3F, 0, 0xC0], [1, -2]),
            ("I32", [1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF], [1, -2]), ("I16", [1, 0, 0xFE, 0xFF], [1, -2]),
            ("I8", [1, 0xFE], [1, -2]), ("BOOL", [0, 7], [0, 1]), ("U8", [1, 0xFE], [1, 254]),
        ] as [(String, [UInt8], [Int])])
    func `is converted to the types that tensors have`(type: String, elements: [UInt8], expected: [Int]) throws {
        let header = #"{"x":{"dtype":"\#(type)","shape":[2],"data_offsets":[0,\#(elements.count)]}}"#
        let bytes = littleEndian(header.utf8.count, 8) + Array(header.utf8) + elements
        let tensor = try #require(try Safetensors(bytes: bytes, named: "x.safetensors").tensors["x"])
        switch tensor.elementType {
        case .float32: #expect(try tensor.floats() == expected.map(Float.init))
        case .int64: #expect(try tensor.integers() == expected)
        default: #expect(try tensor.elements(zero: UInt8(0)).map(Int.init) == expected)
        }
    }

    @Test func `shows its header, without elements`() throws {
        let path = temporaryPath()
        try Safetensors(tensors: ["b": Tensor([1, 2, 3], shape: [3, 1]), "a": Tensor([7])]).write(to: path)
        #expect(
            try Safetensors.header(of: path) == [
                "a": Safetensors.Entry(type: .int64, shape: [1], bytes: 0..<8),
                "b": Safetensors.Entry(type: .float32, shape: [3, 1], bytes: 8..<20),
            ])
    }

    /// A quote, a tab, é in one unit, a face in two; and space wherever JSON allows it.
    @Test func `may have escapes and space in its header`() throws {
        let header = #"{"\"\t\u00e9\uD83D\ude00" : {"data_offsets":[0, 0],"shape":[ 0 ],"dtype":"F16"} }   "#
        let bytes = littleEndian(header.utf8.count, 8) + Array(header.utf8)
        #expect(try Safetensors(bytes: bytes, named: "x").tensors.keys.first == "\"\té😀")
    }

    @Test func `that is not there is named`() {
        let error = #expect(throws: TensorError.self) { try Safetensors(readingFrom: "/nowhere/x.safetensors") }
        #expect(error?.description == "/nowhere/x.safetensors: there is no such file")
    }
}
