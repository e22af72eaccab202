// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Tensor

/// Fixtures are of `Fixtures/make_checkpoints.py`: tensors that count up from their first element.
@Suite struct `A PyTorch checkpoint` {
    /// Halves, bfloat16 and doubles are float32 here, short integers int64.
    @Test(arguments: [("zip.pth.tar", FileFormat.pyTorchZip), ("legacy.pth.tar", .pyTorchLegacy)])
    func `is read in both formats, with every element type`(name: String, format: FileFormat) throws {
        let file = try PyTorchFile(bytes: CheckpointBytes.fixture(name), named: name)
        #expect(file.format == format)
        let state = try file.checkpoint()
        let tensors = state.tensors
        #expect(state.entries.count == 19)
        for name in ["f64", "f32", "f16", "bf16"] { #expect(try tensors[name]?.floats() == [0, 1, 2]) }
        for name in ["i64", "i32", "i16", "i8"] { #expect(try tensors[name]?.integers() == [0, 1, 2]) }
        #expect(tensors["u8"]?.elementType == .uint8)
        #expect(try tensors["u8"]?.elements(zero: UInt8(0)) == [0, 1, 2])
        #expect(tensors["bool"]?.elementType == .bool)
        #expect(try tensors["bool"]?.elements(zero: UInt8(0)) == [1, 0, 1])
        #expect(try tensors["negative"]?.floats() == [-1.5, -2])
        #expect(try tensors["below"]?.integers() == [-3, 4])
        #expect(try tensors["scalar"]?.integers() == [7])
        #expect(try tensors["parameter"]?.floats() == [0.25])
        #expect(state.epoch == 12)
        #expect(state.bestScore == 0.625)
    }

    @Test(arguments: ["zip.pth.tar", "legacy.pth.tar"])
    func `keeps strides, offsets and shared storages`(name: String) throws {
        let file = try PyTorchFile(readingFrom: CheckpointBytes.folder.appending(path: name).path)
        let tensors = try file.checkpoint().tensors
        // Row-major order of [2, 3, 2, 2] is what the script counted in, whatever order it is stored in.
        #expect(try tensors["channels_last"]?.floats() == (0..<24).map(Float.init))
        #expect(try file.header()["channels_last"]?.strides == [12, 1, 6, 3])
        #expect(try tensors["transposed"]?.floats() == [0, 3, 1, 4, 2, 5])
        #expect(tensors["transposed"]?.shape == [3, 2])
        #expect(tensors["empty"]?.shape == [0, 5])
        #expect(try tensors["first"]?.floats() == [0, 1, 2, 3])
        #expect(try tensors["last"]?.floats() == [6, 7, 8, 9])
        #expect(try file.header()["first"]?.storage == file.header()["last"]?.storage)
    }

    @Test func `shows types and shapes without reading elements`() throws {
        let header = try PyTorchFile(bytes: CheckpointBytes.fixture("zip.pth.tar"), named: "zip.pth.tar").header()
        #expect(header["bf16"]?.type == .bfloat16)
        #expect(header["channels_last"]?.shape == [2, 3, 2, 2])
    }

    @Test func `may be nothing but a state dictionary, with attributes`() throws {
        let file = try PyTorchFile(bytes: CheckpointBytes.fixture("bare.pth"), named: "bare.pth")
        let state = try file.checkpoint()
        #expect(
            state.entries.map(\.name) == [
                "linear.weight", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var",
                "norm.num_batches_tracked",
            ])
        #expect(try state.tensors["linear.weight"]?.floats() == [0, 1, 2, 3, 4, 5])
        #expect(try state.tensors["norm.running_var"]?.floats() == [1, 1, 1])
        #expect(state.fields.isEmpty)
    }

    /// Elements 10, 13, 16 and 19 of a hundred; the file's checksums are zero, PyTorch's sign for "not computed".
    @Test func `with a view of a larger storage and no checksums is read`() throws {
        let state = try PyTorchFile(bytes: CheckpointBytes.fixture("narrow.pth"), named: "narrow.pth").checkpoint()
        #expect(try state.tensors["x"]?.floats() == [10, 13, 16, 19])
    }

    @Test func `holds Python's plain values`() throws {
        let file = try PyTorchFile(bytes: CheckpointBytes.fixture("pickle5.pth"), named: "pickle5.pth")
        guard case .mapping(let values) = file.value else {
            Issue.record("\(file.value)")
            return
        }
        // 2⁷⁰ in two's complement takes nine bytes.
        let expected = """
            none: none, yes: bool(true), small: integer(-5), large: integer(1099511627776), \
            huge: wideInteger([0, 0, 0, 0, 0, 0, 0, 0, 64]), float: float(0.1), bytes: bytes([0, 255]), \
            tuple: tuple([1, 2, 3, 4]), size: tuple([2, 3]), type: name("torch.float16"), device: text("cpu"), \
            numpy: float(0.5), count: integer(-9)
            """
        let shown = values.keys.filter { !["text", "list", "set"].contains($0) }.map { key in
            switch values[key] {
            case .tuple(let members)?:
                let numbers = members.map { if case .integer(let number) = $0 { "\(number)" } else { "?" } }
                return "\(key): tuple([\(numbers.joined(separator: ", "))])"
            case let value?: return "\(key): \(value)"
            case nil: return "\(key): missing"
            }
        }
        #expect(shown.joined(separator: ", ") == expected)
        guard case .list(let list)? = values["list"], case .list(let inner) = list[1], case .integer(2) = inner[0],
            case .set(let set)? = values["set"], case .integer(7) = set[0], case .text(let text)? = values["text"],
            case (.integer(3), .text("a number as key"))? = values.entries.last.map({ ($0.key, $0.value) })
        else {
            Issue.record("\(values.entries)")
            return
        }
        #expect(text == String(repeating: "µ", count: 300))
    }

    @Test(arguments: ["foreign.pth", "foreign.pth.tar"])
    func `may stand beside objects of any class`(name: String) throws {
        let file = try PyTorchFile(bytes: CheckpointBytes.fixture(name), named: name)
        let checkpoint = try file.checkpoint()
        #expect(checkpoint.entries.map(\.name) == ["model.fc.weight", "model.bn.num_batches_tracked"])
        #expect(try checkpoint.tensors["model.fc.weight"]?.floats() == [1, -2])
        #expect(checkpoint.tensors["model.bn.num_batches_tracked"]?.shape == [1])
        #expect(checkpoint.fields == ["epoch": .integer(4), "best_mAP": .number(0.5)])
        #expect(checkpoint.surroundings.keys == ["model"])
        #expect(checkpoint.surroundings.prefix == "module.")
        #expect(
            Set(checkpoint.surroundings.foreignClasses).isSuperset(of: [
                "collections.Counter", "argparse.Namespace", "numpy.dtype", "pathlib.PurePosixPath",
            ]))
        #expect(!checkpoint.surroundings.foreignClasses.contains("collections.defaultdict"))
    }

    /// Old files keep the source of a network's classes under a name of their own.
    @Test func `is refused where it is a whole network`() throws {
        typealias Bytes = CheckpointBytes
        let named =
            Bytes.tuple(
                Bytes.text("module"), Bytes.global("nets", "Net"), Bytes.text("nets.py"), Bytes.text("class Net: ...")) + [
                0x51
            ]
        let file = try PyTorchFile(bytes: Bytes.legacy(named + [0x29, 0x81, 0x7D, 0x62]), named: "x.pth")
        #expect(throws: TensorError.foreignClass(path: "x.pth", name: "nets.Net")) { try file.checkpoint() }
    }

    @Test func `whose bytes were damaged is refused by its checksum`() throws {
        var bytes = try CheckpointBytes.fixture("zip.pth.tar")
        // The float32 tensor [0, 1, 2]: the lowest bit of the 2.
        let elements = CheckpointBytes.floats([0, 1, 2])
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: elements) })
        bytes[place + 8] ^= 1
        let file = try PyTorchFile(bytes: bytes, named: "x.pth")
        #expect(
            throws: TensorError.malformed(
                path: "x.pth", format: .pyTorchZip, reason: "the bytes of the storage '1' do not match their checksum")
        ) { try file.checkpoint() }
    }

    @Test func `cut short anywhere is refused`() throws {
        for name in ["zip.pth.tar", "legacy.pth.tar"] {
            let bytes = try CheckpointBytes.fixture(name)
            for count in stride(from: 0, to: bytes.count, by: 97) {
                #expect(throws: TensorError.self) {
                    try PyTorchFile(bytes: Array(bytes[..<count]), named: name).checkpoint()
                }
            }
        }
    }
}

@Suite struct `What is no PyTorch checkpoint` {
    @Test(
        arguments: [
            ([], "an empty file"),
            (Array("<!DOCTYPE html>".utf8), "a web page or other markup, as a failed download leaves it"),
            (Array("version https://git-lfs.github.com".utf8), "a pointer of Git LFS; fetch the file that it stands for"),
            ([0x89] + Array("PNG".utf8), "a PNG image"),
            ([0x1F, 0x8B, 8, 0], "a gzip file; unpack it"),
            (littleEndian(2, 8) + Array("{}".utf8), "a safetensors file; name it .safetensors"),
            (Array("mAP 0.5\n".utf8), "text"),
            ([1, 2, 3, 4], "a file of no known kind"),
            (
                [UInt8](repeating: 0, count: 257) + Array("ustar".utf8),
                "a tar archive, PyTorch's first format or a packed folder"
            ),
            ([0x80, 2, 0x4E, 0x2E], "a pickle of Python's that torch.save did not write"),
        ] as [([UInt8], String)])
    func `is named by what it looks like`(bytes: [UInt8], found: String) {
        #expect(throws: TensorError.notACheckpoint(path: "x.pth", found: found)) {
            try PyTorchFile(bytes: bytes, named: "x.pth")
        }
    }

    @Test func `may be a TorchScript program`() throws {
        let bytes = try CheckpointBytes.fixture("program.pth")
        #expect(
            throws: TensorError.notACheckpoint(
                path: "x.pth", found: "a TorchScript program; save its state_dict() with torch.save")
        ) { try PyTorchFile(bytes: bytes, named: "x.pth") }
    }

    @Test func `may be a folder, a device, or nothing at all`() {
        let folder = NSTemporaryDirectory()
        for (path, error) in [
            (folder, TensorError.unreadable(path: folder, reason: "a folder")),
            ("/dev/null", .unreadable(path: "/dev/null", reason: "not a regular file")),
            ("/nowhere/x.pth", .noFile(path: "/nowhere/x.pth")),
        ] {
            #expect(throws: error) { try PyTorchFile(readingFrom: path) }
            #expect(throws: error) { try Safetensors.header(of: path) }
        }
    }

    @Test(arguments: [
        (TensorError.malformed(path: "a", format: .safetensors, reason: "r"), "a: not a safetensors file: r"),
        (.malformed(path: "a", format: .pyTorchZip, reason: "r"), "a: not a PyTorch checkpoint (zip): r"),
        (.malformed(path: "a", format: .pyTorchLegacy, reason: "r"), "a: not a PyTorch checkpoint (legacy): r"),
        (.notACheckpoint(path: "a", found: "text"), "a: not a PyTorch checkpoint but text"),
        (
            .foreignClass(path: "a", name: "os.system"),
            "a: is an object of 'os.system', which nothing but that class's own code can read, and nothing is executed; "
                + "allowed: a dictionary of tensors, as torch.save(network.state_dict(), …) writes it"
        ),
        (
            .severalStateDictionaries(path: "a", keys: ["gen", "dis"]),
            "a: equally many tensors under 'gen', 'dis'; say with --key which are meant, or give each a file of its own with "
                + "'weights convert --as-is --key KEY'"
        ),
        (
            .noStateDictionary(path: "a", key: "state_dict", found: ["net", "step"]),
            "a: no dictionary of tensors under 'state_dict'; found the keys net, step"
        ),
        (
            .noStateDictionary(path: "a", key: "state_dict", found: []),
            "a: no dictionary of tensors under 'state_dict'; found no keys at all"
        ),
    ])
    func `is described with its path`(error: TensorError, text: String) {
        #expect(error.description == text)
    }
}
