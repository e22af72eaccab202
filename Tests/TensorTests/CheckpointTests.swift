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

    /// One network has names `a` and `b`, the other, or an optimiser, only `a`.
    @Test(arguments: [
        (["weights"], ["weights"]), (["optimizer", "state_dict"], ["state_dict"]), (["ema", "net"], ["net"]),
        (["model", "state_dict"], ["state_dict"]), (["large", "small"], ["large"]),
    ])
    func `is found under its key`(keys: [String], expected: [String]) throws {
        let two = mapping([("a", tensor), ("b", tensor)])
        let one = mapping([("a", tensor)])
        let file = try file(mapping(keys.map { ($0, $0 == "small" ? one : two) } + [("epoch", [0x4B, 9])]))
        let checkpoint = try file.checkpoint()
        #expect(checkpoint.surroundings == Checkpoint.Surroundings(keys: expected))
        #expect(checkpoint.entries.map(\.name) == ["a", "b"])
        #expect(checkpoint.epoch == 9)
    }

    @Test func `is found in dictionaries within dictionaries, whatever is beside it`() throws {
        let state = mapping([("a", tensor), ("b", tensor)])
        let file = try file(
            mapping([
                ("model", mapping([("ema", mapping([("a", tensor)])), ("net", state)])), ("best_mAP", tensor),
            ]))
        #expect(try file.checkpoint().surroundings.keys == ["model", "net"])
        #expect(try file.checkpoint(under: "model.ema").entries.map(\.name) == ["a"])
    }

    @Test func `is not guessed where two could be meant`() throws {
        let pair = mapping([("state_dict_1", mapping([("a", tensor)])), ("state_dict_2", mapping([("a", tensor)]))])
        let file = try file(pair)
        #expect(throws: TensorError.severalStateDictionaries(path: "x.pth", keys: ["state_dict_1", "state_dict_2"])) {
            try file.checkpoint()
        }
        #expect(try file.checkpoint(under: "state_dict_2").tensors["a"]?.floats() == [1, 2])
        #expect(
            throws: TensorError.noStateDictionary(
                path: "x.pth", key: "state_dict_3", found: ["state_dict_1", "state_dict_2"])
        ) { try file.checkpoint(under: "state_dict_3") }
    }

    @Test func `leaves out what is no tensor, and says so`() throws {
        let object = Bytes.global("box", "Box") + [0x29, 0x52]
        let stray = try file(mapping([("state_dict", mapping([("a", tensor), ("step", [0x4B, 9]), ("b", object)]))]))
        #expect(try stray.checkpoint().entries.map(\.name) == ["a"])
        #expect(
            try stray.checkpoint().surroundings
                == Checkpoint.Surroundings(
                    keys: ["state_dict"], others: ["step", "b (an object of box.Box)"], foreignClasses: ["box.Box"]))
        #expect(throws: TensorError.noStateDictionary(path: "x.pth", key: "state_dict", found: [])) {
            try file(tensor).checkpoint()
        }
        let whole = try PyTorchFile(
            bytes: Bytes.legacy(mapping([("model", object), ("epoch", [0x4B, 9])])), named: "x.pth")
        #expect(
            throws: TensorError.noStateDictionary(
                path: "x.pth", key: "state_dict", found: ["model (an object of box.Box)", "epoch"])
        ) { try whole.checkpoint() }
    }

    /// The key of the tensors names something else here; it must not come back as a field of what is written.
    @Test func `has no field under the key of its tensors`() throws {
        let file = try file(mapping([("model", mapping([("a", tensor)])), ("state_dict", Bytes.text("lost"))]))
        #expect(try file.checkpoint().fields.isEmpty)
    }

    /// One dictionary in 3,000 places that each has 3,000 entries: nine million, were all looked at.
    @Test func `is looked for in bounded time and memory`() throws {
        let names = (0..<3000).map { Bytes.text("n\($0)") + [0x4E] }
        let shared: [UInt8] = [0x7D, 0x28] + Array(names.joined()) + Bytes.text("a") + tensor + [0x75, 0x71, 0, 0x30]
        let places = (0..<3000).map { Bytes.text("p\($0)") + [0x68, 0] }
        let file = try file(shared + [0x7D, 0x28] + Array(places.joined()) + [0x75])
        let error = #expect(throws: TensorError.self) { try file.checkpoint() }
        guard case .severalStateDictionaries(_, let keys)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // 2²¹ entries, 3,000 of them the outermost, are 698 times 3,001.
        #expect(keys.count == 697)
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
