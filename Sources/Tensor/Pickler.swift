// SPDX-License-Identifier: MIT

/// Writes pickles of protocol 2 with what a checkpoint needs, in instructions that PyTorch's restricted reader knows.
struct Pickler {
    private(set) var bytes: [UInt8] = [0x80, 2]

    mutating func finish() -> [UInt8] {
        bytes.append(PickleInstruction.Frame.stop.rawValue)
        return bytes
    }

    mutating func put(_ instruction: PickleInstruction.Container) {
        bytes.append(instruction.rawValue)
    }

    mutating func put(_ instruction: PickleInstruction.Stack) {
        bytes.append(instruction.rawValue)
    }

    mutating func put(_ text: String) {
        put(.binUnicode, littleEndian(text.utf8.count, 4) + Array(text.utf8))
    }

    mutating func put(_ value: Bool) {
        put(value ? .true_ : .false_, [])
    }

    mutating func put(_ number: Int) {
        if Int(Int32(truncatingIfNeeded: number)) == number {
            put(.binInt, littleEndian(number, 4))
        } else {
            put(.long1, [8] + littleEndian(number, 8))
        }
    }

    mutating func put(_ number: Double) {
        put(.binFloat, littleEndian(Int(bitPattern: UInt(number.bitPattern)), 8).reversed())
    }

    mutating func put(_ numbers: [Int]) {
        put(.mark)
        for number in numbers { put(number) }
        put(.tuple)
    }

    mutating func putEmptyOrderedDictionary() {
        putClass("collections", "OrderedDict")
        put(.emptyTuple)
        put(.reduce)
    }

    /// A tensor whose elements are all of a storage, in row-major order.
    mutating func putTensor(_ key: String, _ type: StoredElementType, shape: [Int]) {
        putClass("torch._utils", "_rebuild_tensor_v2")
        put(.mark)
        put(.mark)
        put("storage")
        putClass("torch", type.storageName)
        put(key)
        put("cpu")
        put(shape.reduce(1, *))
        put(.tuple)
        put(.binPersistentId)
        put(0)
        put(shape)
        put(shape.indices.map { shape[($0 + 1)...].reduce(1) { $0 * max($1, 1) } })
        // No gradient is required, and there are no hooks on it.
        put(false)
        putEmptyOrderedDictionary()
        put(.tuple)
        put(.reduce)
    }

    private mutating func putClass(_ module: String, _ name: String) {
        bytes.append(PickleInstruction.Object.global.rawValue)
        bytes += Array("\(module)\n\(name)\n".utf8)
    }

    private mutating func put(_ instruction: PickleInstruction.Object) {
        bytes.append(instruction.rawValue)
    }

    private mutating func put(_ instruction: PickleInstruction.Literal, _ argument: [UInt8]) {
        bytes.append(instruction.rawValue)
        bytes += argument
    }
}
