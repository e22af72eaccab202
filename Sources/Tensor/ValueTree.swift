// SPDX-License-Identifier: MIT

/// Turns an unpickler's nodes into values, each node once, so that what is shared stays shared.
struct ValueTree {
    private let machine: Unpickler
    private var made: [Made]

    private enum Made {
        case not
        /// One of its members is being made; to meet it again means that it contains itself.
        case begun
        case value(PyTorchFile.Value, height: Int)
    }

    /// Checkpoints nest five deep; values are walked and freed recursively.
    private static let deepest = 64

    init(_ machine: Unpickler) {
        self.machine = machine
        made = Array(repeating: .not, count: machine.nodes.count)
    }

    mutating func value(of reference: Unpickler.Reference) throws -> PyTorchFile.Value {
        try value(of: reference, depth: 0).value
    }

    private mutating func value(
        of reference: Unpickler.Reference, depth: Int
    ) throws -> (value: PyTorchFile.Value, height: Int) {
        var height = 0
        let value: PyTorchFile.Value
        switch made[reference] {
        case .begun:
            throw machine.malformed("a value contains itself")
        case .value(let known, let knownHeight):
            (value, height) = (known, knownHeight)
        case .not:
            made[reference] = .begun
            value = try make(machine.nodes[reference], depth: depth, height: &height)
            made[reference] = .value(value, height: height)
        }
        guard depth + height <= ValueTree.deepest else {
            throw machine.malformed("values nested more than \(ValueTree.deepest) deep")
        }
        return (value, height)
    }

    private mutating func make(
        _ node: Unpickler.Node, depth: Int, height: inout Int
    ) throws -> PyTorchFile.Value {
        switch node {
        case .none: return .none
        case .bool(let value): return .bool(value)
        case .integer(let value): return .integer(value)
        case .wideInteger(let bytes): return .wideInteger(bytes)
        case .float(let value): return .float(value)
        case .text(let value): return .text(value)
        case .bytes(let value): return .bytes(value)
        case .storage(let value): return .storage(value)
        case .tensor(let value): return .tensor(value)
        case .numpyType(let type): return .name("numpy.\(type.code)")
        case .known(let known): return .name(known.name)
        case .foreign(let name): return .name(name)
        case .opaque(let name): return .opaque(name)
        case .list(let index): return .list(try members(index, depth, &height))
        case .tuple(let index): return .tuple(try members(index, depth, &height))
        case .set(let index): return .set(try members(index, depth, &height))
        case .mapping(let index):
            let all = try members(index, depth, &height)
            let entries = stride(from: 0, to: all.count, by: 2).map { (key: all[$0], value: all[$0 + 1]) }
            guard let mapping = PyTorchFile.Mapping(entries) else {
                throw machine.malformed("a dictionary holds a key twice")
            }
            return .mapping(mapping)
        }
    }

    private mutating func members(_ index: Int, _ depth: Int, _ height: inout Int) throws -> [PyTorchFile.Value] {
        // Before going down: the recursion itself must stay shallow.
        guard depth < ValueTree.deepest else {
            throw machine.malformed("values nested more than \(ValueTree.deepest) deep")
        }
        var values: [PyTorchFile.Value] = []
        values.reserveCapacity(machine.contents[index].count)
        for member in machine.contents[index] {
            let (value, below) = try value(of: member, depth: depth + 1)
            values.append(value)
            height = max(height, below + 1)
        }
        return values
    }
}
