// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Tensor

private typealias Bytes = CheckpointBytes

@Suite struct `A checkpoint` {
    private func file(_ object: [UInt8]) throws -> PyTorchFile {
        try PyTorchFile(bytes: Bytes.legacy(object, [("s", 2, Bytes.floats([1, 2]))]), named: "x.pth")
    }

    private func mapping(_ entries: [(String, [UInt8])]) -> [UInt8] {
        [0x7D, 0x28] + Array(entries.map { Bytes.text($0.0) + $0.1 }.joined()) + [0x75]
    }

    private let tensor = Bytes.tensor(Bytes.storage(2), shape: [2], strides: [1])

    @Test func `loses a leading 'module.' only where all names have it`() throws {
        for (names, expected) in [
            (["module.a", "module.b.module.c"], ["a", "b.module.c"]), (["module.a", "b"], ["module.a", "b"]),
        ] {
            let file = try file(mapping([("state_dict", mapping(names.map { ($0, tensor) }))]))
            #expect(try file.checkpoint().entries.map(\.name) == expected)
            #expect(try Set(file.header().keys) == Set(expected))
        }
    }

    @Test func `may be under another key`() throws {
        let file = try file(mapping([("state_dict_1", mapping([("a", tensor)])), ("epoch", [0x4B, 9])]))
        #expect(try file.checkpoint(under: "state_dict_1").tensors["a"]?.floats() == [1, 2])
        #expect(try file.checkpoint(under: "state_dict_1").epoch == 9)
        #expect(throws: TensorError.noStateDictionary(
            path: "x.pth", key: "state_dict", found: ["state_dict_1", "epoch"])
        ) { try file.checkpoint() }
    }

    @Test func `holds nothing but tensors`() throws {
        let stray = try file(mapping([("state_dict", mapping([("a", tensor), ("step", [0x4B, 9])]))]))
        #expect(throws: TensorError.malformed(
            path: "x.pth", format: .pyTorchLegacy,
            reason: "the dictionary under 'state_dict' holds 'step', which is no name of a tensor")
        ) { try stray.checkpoint() }
        #expect(throws: TensorError.noStateDictionary(path: "x.pth", key: "state_dict", found: [])) {
            try file(tensor).checkpoint()
        }
    }
}

@Suite struct `A written checkpoint` {
    /// Of `Fixtures/check_written.py`, which says what the bytes mean to PyTorch.
    private func sample() throws -> Checkpoint {
        let transposed = try Tensor([1.5, 4, -2, 5, 3, 6], shape: [3, 2]).transposed()
        return Checkpoint(
            [
                ("weight", transposed), ("labels", try Tensor([7, -9])), ("scalar", try Tensor.full(2, shape: [])),
                ("empty", try Tensor([Float](), shape: [0, 3])),
                ("mask", try Tensor([1, 0], shape: [2]).isGreater(than: 0.5)),
            ],
            fields: ["epoch": .integer(12), "best_mAP": .number(0.625), "note": .text("µ")])
    }

    @Test(arguments: [0xFFFF_FFFF, 0])
    func `is read back with its order and fields`(firstWide: Int) throws {
        let path = Bytes.temporaryPath("model_best.pth.tar")
        defer { unlink(path) }
        try sample().write(to: path, firstWide: firstWide)
        let state = try Checkpoint(readingFrom: path)
        #expect(state.entries.map(\.name) == ["weight", "labels", "scalar", "empty", "mask"])
        #expect(try state.tensors["weight"]?.floats() == [1.5, -2, 3, 4, 5, 6])
        #expect(state.tensors["weight"]?.shape == [2, 3])
        #expect(try state.tensors["labels"]?.integers() == [7, -9])
        #expect(try state.tensors["scalar"]?.scalar() == 2)
        #expect(state.tensors["empty"]?.shape == [0, 3])
        #expect(try state.tensors["mask"]?.elements(zero: UInt8(0)) == [1, 0])
        #expect(state.epoch == 12)
        #expect(state.bestScore == 0.625)
        #expect(state.fields["note"] == .text("µ"))
    }

    @Test func `has the bytes that PyTorch was seen to read`() throws {
        let recorded = Bytes.folder.appending(path: "written.pth.tar").path
        let isRecording = ProcessInfo.processInfo.environment["PASSERBY_RECORD_FIXTURES"] != nil
        let path = isRecording ? recorded : Bytes.temporaryPath("model_best.pth.tar")
        try sample().write(to: path)
        if isRecording {
            Issue.record("recorded; now run check_written.py")
            return
        }
        defer { unlink(path) }
        let written = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(try Array(written) == Bytes.fixture("written.pth.tar"))
    }

    @Test func `takes the place of what was there, or leaves it alone`() throws {
        let folder = Bytes.temporaryPath("folder")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/model_best.pth.tar"
        try Data("before".utf8).write(to: URL(fileURLWithPath: path))
        let unfinished: OutputFile? = try OutputFile(path: path)
        try unfinished?.write([1, 2, 3])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
        _ = consume unfinished
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model_best.pth.tar"])
        try sample().write(to: path)
        #expect(try Checkpoint(readingFrom: path).epoch == 12)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model_best.pth.tar"])
    }

    @Test func `that cannot be written is named`() throws {
        #expect(throws: TensorError.unwritable(path: "/nowhere/x.pth", reason: "No such file or directory")) {
            try sample().write(to: "/nowhere/x.pth")
        }
    }
}
