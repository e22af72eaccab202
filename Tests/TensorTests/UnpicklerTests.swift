// SPDX-License-Identifier: MIT

import Glibc
import Testing

@testable import Tensor

private typealias Bytes = CheckpointBytes

/// Pickles by hand, each in an otherwise sound file of the legacy format.
@Suite struct `An unpickler` {
    @Test(arguments: [
        ("posix", "system"), ("os", "system"), ("builtins", "eval"), ("subprocess", "Popen"), ("torch", "load"),
        ("numpy.core.multiarray", "_reconstruct"), ("torch.storage", "_load_from_bytes"), ("argparse", "Namespace"),
    ])
    func `calls nothing that it does not know, and keeps the name`(module: String, name: String) throws {
        let path = Bytes.temporaryPath("touched")
        let arguments = Bytes.tuple(Bytes.text("touch \(path)"))
        let stacked = Bytes.text(module) + Bytes.text(name) + [0x93]
        let full = "\(module).\(name)"
        for callee in [Bytes.global(module, name), stacked] {
            let calls = [arguments + [0x52], arguments + [0x81], arguments + [0x7D, 0x92], arguments + [0x52, 0x29, 0x52]]
            for call in calls {
                let file = try PyTorchFile(bytes: Bytes.legacy(callee + call), named: "x.pth")
                guard case .opaque(full) = file.value else {
                    Issue.record("\(file.value)")
                    continue
                }
                #expect(file.foreignClasses == [full])
                #expect(throws: TensorError.foreignClass(path: "x.pth", name: full)) { try file.checkpoint() }
            }
            guard case .name(full) = try Bytes.read(callee) else {
                Issue.record("a class that is not called is not its name")
                continue
            }
        }
        #expect(access(path, F_OK) != 0)
    }

    /// Arguments nested 100,000 deep, attributes, members, a place in itself, and a call of the result.
    @Test func `keeps nothing of what a class is given that it does not know`() throws {
        let nested = [UInt8](repeating: 0x5D, count: 100_000) + [UInt8](repeating: 0x61, count: 99_999)
        let object = Bytes.global("os", "system") + nested + [0x85, 0x52, 0x71, 0]
        for change: [UInt8] in [
            [0x7D] + Bytes.text("a") + nested + [0x73, 0x62], [0x68, 0, 0x62], [0x68, 0, 0x61],
            [0x28, 0x68, 0, 0x4E, 0x65], [0x4E, 0x68, 0, 0x73], [0x28, 0x4E, 0x68, 0, 0x75], [0x28, 0x4E, 0x90],
            Bytes.repeated([0x29, 0x52], 100_000),
        ] {
            guard case .opaque("os.system") = try Bytes.read(object + change) else {
                Issue.record("change \(change.prefix(8))")
                continue
            }
        }
    }

    /// Two texts of 250 characters, joined to one name by three instructions each time.
    @Test func `refuses names of classes without end`() {
        let text = Bytes.text(String(repeating: "a", count: 250))
        let once: [UInt8] = text + [0x71, 0, 0x30]
        let name: [UInt8] = [0x68, 0, 0x68, 0, 0x93, 0x30]
        #expect(
            throws: TensorError.malformed(
                path: "x.pth", format: .pyTorchLegacy, reason: "more than 2097152 instructions")
        ) { try Bytes.read(once + Bytes.repeated(name, 40_000) + [0x4E]) }
        let long = Bytes.text(String(repeating: "a", count: 600)) + [0x71, 0, 0x68, 0, 0x93]
        #expect(
            throws: TensorError.malformed(
                path: "x.pth", format: .pyTorchLegacy, reason: "a class's name of 1200 bytes before byte 657")
        ) { try Bytes.read(long) }
    }

    /// Dates and objects have no number; a big-endian one is not turned around.
    @Test(arguments: [("M8", "<"), ("O8", "|"), ("i4", ">")])
    func `leaves NumPy's other types out`(code: String, order: String) throws {
        let state = Bytes.tuple(Bytes.integer(3), Bytes.text(order))
        let type = Bytes.global("numpy", "dtype") + Bytes.tuple(Bytes.text(code)) + [0x52] + state + [0x62]
        let scalar = Bytes.global("numpy.core.multiarray", "scalar") + Bytes.tuple(type, [0x43, 4, 0, 0, 0, 1]) + [0x52]
        let file = try PyTorchFile(bytes: Bytes.legacy(scalar), named: "x.pth")
        guard case .opaque("numpy.core.multiarray.scalar") = file.value else {
            Issue.record("\(file.value)")
            return
        }
        #expect(file.foreignClasses == ["numpy.dtype", "numpy.core.multiarray.scalar"])
    }

    /// Python 2 wrote short strings and an ordered dictionary as a list of pairs; old files have the class `Parameter`.
    @Test func `reads the forms of old versions`() throws {
        let tensor = Bytes.tensor(Bytes.storage(2), shape: [2], strides: [1])
        let parameter =
            Bytes.global("torch.nn.parameter", "Parameter") + tensor + [0x85, 0x52]
            + Bytes.tuple([0x88], [0x89], Bytes.global("collections", "OrderedDict") + [0x29, 0x52]) + [0x62]
        let name: [UInt8] = [0x55, 2] + Array("fc".utf8)
        let object =
            Bytes.global("collections", "OrderedDict") + [0x5D, 0x5D] + name + [0x61] + parameter
            + [0x61, 0x61, 0x85, 0x52]
        let bytes = Bytes.legacy(object, [("s", 2, Bytes.floats([3, -4]))])
        let state = try PyTorchFile(bytes: bytes, named: "old.pth").checkpoint()
        #expect(try state.tensors["fc"]?.floats() == [3, -4])
    }

    /// A view of elements 1 to 3 of four; the tensor starts one further on.
    @Test func `reads views of storages`() throws {
        let view = Bytes.tuple(Bytes.text("v"), Bytes.integer(1), Bytes.integer(3))
        let object = Bytes.tensor(Bytes.storage(4, view: view), offset: 1, shape: [2], strides: [1])
        let file = try PyTorchFile(bytes: Bytes.legacy(object, [("s", 4, Bytes.floats([5, 6, 7, 8]))]), named: "x.pth")
        guard case .tensor(let stored) = file.value else {
            Issue.record("\(file.value)")
            return
        }
        #expect(try file.tensor(stored).floats() == [7, 8])
    }

    /// Elements 0 to 2 and 1 to 3 of one storage; what is written to one tensor is seen in the other.
    @Test func `lets tensors of one storage share its elements`() throws {
        let parts = [0, 1].map { Bytes.tensor(Bytes.storage(4), offset: $0, shape: [3], strides: [1]) }
        let bytes = Bytes.legacy(parts[0] + parts[1] + [0x86], [("s", 4, Bytes.floats([5, 6, 7, 8]))])
        let file = try PyTorchFile(bytes: bytes, named: "x.pth")
        guard case .tuple(let values) = file.value, case .tensor(let first) = values[0],
            case .tensor(let second) = values[1]
        else {
            Issue.record("\(file.value)")
            return
        }
        let tensors = try file.tensors([first, second])
        try tensors[0].copy(from: Tensor([1, 2, 3], shape: [3]))
        #expect(try tensors[1].floats() == [2, 3, 8])
    }

    @Test(
        arguments: [
            (
                CheckpointBytes.tensor(CheckpointBytes.storage(4), offset: 1, shape: [2, 2], strides: [2, 1]),
                "a tensor of shape [2, 2] with strides [2, 1] from element 1 on reaches beyond the 4 elements of its storage"
            ),
            (
                CheckpointBytes.tensor(CheckpointBytes.storage(4), shape: [2], strides: [Int.max]),
                "a tensor of shape [2] with strides [9223372036854775807] from element 0 on reaches beyond the 4 elements of "
                    + "its storage"
            ),
            (
                CheckpointBytes.tensor(CheckpointBytes.storage(4), offset: 5, shape: [0], strides: [1]),
                "a tensor of shape [0] with strides [1] from element 5 on reaches beyond the 4 elements of its storage"
            ),
            (
                CheckpointBytes.tensor(CheckpointBytes.storage(4), shape: [1 << 40], strides: [0]),
                "a tensor of shape [1099511627776] repeats 4 elements beyond the file's size"
            ),
            (
                CheckpointBytes.tensor(CheckpointBytes.storage(4), shape: [Int.max, Int.max], strides: [0, 0]),
                "a tensor of shape [9223372036854775807, 9223372036854775807]"
            ),
            (CheckpointBytes.storage(5), "the storage 's' has 16 bytes, not 5 elements of type F32"),
            (
                CheckpointBytes.storage(4) + CheckpointBytes.storage(4, of: "LongStorage") + [0x86],
                "the storage 's' has two types or lengths"
            ),
            (
                CheckpointBytes.storage(
                    4,
                    view: CheckpointBytes.tuple(
                        CheckpointBytes.text("v"), CheckpointBytes.integer(2), CheckpointBytes.integer(3))),
                "a view reaches beyond the 4 elements of the storage 's'"
            ),
        ] as [([UInt8], String)])
    func `refuses a tensor that is not within its storage`(object: [UInt8], reason: String) {
        let bytes = Bytes.legacy(object, [("s", 4, Bytes.floats([1, 2, 3, 4]))])
        #expect(throws: TensorError.malformed(path: "x.pth", format: .pyTorchLegacy, reason: reason)) {
            try PyTorchFile(bytes: bytes, named: "x.pth")
        }
    }

    @Test(arguments: [(0, [-1], [1]), (0, [1], [-1]), (-1, [1], [1]), (0, [1, 1], [1])] as [(Int, [Int], [Int])])
    func `refuses negative or missing lengths, strides and offsets`(offset: Int, shape: [Int], strides: [Int]) {
        let object = Bytes.tensor(Bytes.storage(4), offset: offset, shape: shape, strides: strides)
        let error = #expect(throws: TensorError.self) { try Bytes.read(object) }
        #expect(error?.description.hasSuffix("has no offset, shape or strides as it must") == true)
    }

    @Test func `refuses a storage whose elements are not there`() {
        let object = Bytes.tensor(Bytes.storage(1 << 40), shape: [1], strides: [1])
        let bytes = Bytes.legacy(object, [("s", 1 << 40, [0, 0, 0, 0])])
        #expect(
            throws: TensorError.malformed(
                path: "x.pth", format: .pyTorchLegacy,
                reason: "the storage 's' has 1099511627776 elements of type F32 where 4 bytes are left")
        ) { try PyTorchFile(bytes: bytes, named: "x.pth") }
    }

    /// Lists in lists, a list that is its own member, and dictionaries of two names for the dictionary before: 2¹⁰⁰
    /// values if each were made anew.
    @Test func `refuses values nested without end`() throws {
        let nested = [UInt8](repeating: 0x5D, count: 100_000) + [UInt8](repeating: 0x61, count: 99_999)
        let itself: [UInt8] = [0x5D, 0x71, 0, 0x68, 0, 0x61]
        let doubling = [0x29] + Bytes.repeated([0x71, 0, 0x68, 0, 0x86], 100)
        for (object, reason) in [
            (nested, "values nested more than 64 deep"), (itself, "a value contains itself"),
            (doubling, "values nested more than 64 deep"),
        ] {
            #expect(throws: TensorError.malformed(path: "x.pth", format: .pyTorchLegacy, reason: reason)) {
                try Bytes.read(object)
            }
        }
        // 2⁶⁰ values in the same form are 60 values that are shared.
        let shared = [0x29] + Bytes.repeated([0x71, 0, 0x68, 0, 0x86], 60)
        guard case .tuple(let members) = try Bytes.read(shared) else {
            Issue.record("not a tuple")
            return
        }
        #expect(members.count == 2)
    }

    /// Each call copies a list of a thousand; three thousand calls would make three million members.
    @Test func `refuses to copy without end`() {
        let list: [UInt8] = [0x5D, 0x71, 0, 0x28] + [UInt8](repeating: 0x4E, count: 1000) + [0x65, 0x30]
        let call = Bytes.global("builtins", "set") + [0x68, 0, 0x85, 0x52, 0x30]
        let object = list + Bytes.repeated(call, 3000) + [0x4E]
        #expect(
            throws: TensorError.malformed(
                path: "x.pth", format: .pyTorchLegacy, reason: "more than 2097152 instructions")
        ) { try Bytes.read(object) }
    }

    @Test(
        arguments: [
            ([0x8B, 0xFF, 0xFF, 0xFF, 0x7F], "2147483647 bytes of pickle needed at byte 52,"),
            ([0x58, 0xFF, 0xFF, 0xFF, 0xFF], "4294967295 bytes of pickle needed at byte 52,"),
            ([0x8D] + [UInt8](repeating: 0xFF, count: 8), "a length beyond 2⁶³ at byte 48"),
            ([0x68, 7], "value 7 is recalled before byte 49 but was not kept"),
            ([0x71, 0], "an instruction before byte 49 needs a value that is not there"),
            ([0x30], "an instruction before byte 48 takes a value that is not there"),
            ([0x65], "an instruction before byte 48 needs a mark that is not there"),
            ([0x4E, 0x4E, 0x61], "members for a value that takes none before byte 50"),
            ([0x28, 0x4E, 0x64], "a key without a value before byte 50"),
            ([0x4E, 0x4E], "a pickle leaves 2 values instead of one"),
            ([0x49], "byte 73 at 47 is no instruction of pickle protocols 2 to 5"),
            ([0x80, 9], "pickle protocol 9; 2 to 5 are read"),
            ([0x58, 1, 0, 0, 0, 0xFF], "a text that is not UTF-8 before byte 53"),
            ([0x4E, 0x29, 0x52], "a call without a class or arguments before byte 50"),
            ([0x4E, 0x51], "a storage's name before byte 49 is not a tuple"),
            ([0x4E, 0x7D, 0x62], "attributes for a value that has none before byte 50"),
            ([0x63] + [UInt8](repeating: 0x61, count: 300), "a name without an end at byte 48"),
            (
                CheckpointBytes.global("torch", "Size") + [0x29, 0x52],
                "a call of torch.Size with arguments that it does not take"
            ),
            (
                [0x7D] + CheckpointBytes.text("a") + [0x4E, 0x73] + CheckpointBytes.text("a") + [0x4E, 0x73],
                "a dictionary holds a key twice"
            ),
        ] as [([UInt8], String)])
    func `says what is wrong with a pickle, and where`(object: [UInt8], reason: String) throws {
        #expect(CheckpointBytes.legacyStart.count + 2 == 47, "the positions above count from here")
        let error = #expect(throws: TensorError.self) { try Bytes.read(object) }
        guard case .malformed("x.pth", .pyTorchLegacy, let found)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found.hasPrefix(reason))
    }
}
