// SPDX-License-Identifier: MIT

/// What a pickle holds, and the storages its tensors name, by key.
struct Unpickled {
    let value: PyTorchFile.Value
    let storages: [String: PyTorchFile.StoredStorage]
}

/// A machine for pickles of tensors and plain values. It calls nothing.
///
/// Objects live in one array and refer to each other by index, so that a value which contains itself is found, not
/// kept alive for ever. An instruction adds at most one object, and what it copies is counted as instructions, so that
/// time and memory are bounded by the pickle's length times a constant.
///
/// - SeeAlso: The Python Language's `pickletools`, which describes each instruction.
struct Unpickler {
    /// An index into ``nodes``.
    typealias Reference = Int

    enum Node {
        case none
        case bool(Bool)
        case integer(Int)
        case wideInteger([UInt8])
        case float(Double)
        case text(String)
        case bytes([UInt8])
        /// The payload is an index into ``contents``; a mapping's are keys and values in turn.
        case list(Int)
        case tuple(Int)
        case set(Int)
        case mapping(Int)
        indirect case known(KnownClass)
        case numpyType(NumPyType)
        indirect case storage(PyTorchFile.StoredStorage)
        indirect case tensor(PyTorchFile.StoredTensor)
    }

    var pickle: PickleBytes
    var nodes: [Node] = []
    /// The members of containers, apart from the nodes so that one can grow in place.
    var contents: [[Reference]] = []
    var storages: [String: PyTorchFile.StoredStorage] = [:]
    private var stack: [Reference] = []
    /// Where on the stack the open marks are.
    private var marks: [Int] = []
    private var memo: [Int: Reference] = [:]
    private var charged = 0

    /// A tensor takes about 25 instructions. What one instruction makes takes up to some 200 bytes of memory.
    private static let mostInstructions = 1 << 21

    private init(_ pickle: PickleBytes) {
        self.pickle = pickle
    }

    /// Takes one pickle.
    ///
    /// - Throws: ``TensorError/malformed(path:format:reason:)``, ``TensorError/foreignClass(path:name:)``,
    ///   ``TensorError/unreadable(path:reason:)``.
    static func run(_ pickle: inout PickleBytes) throws -> Unpickled {
        var machine = Unpickler(pickle)
        while try machine.step() {}
        pickle = machine.pickle
        guard machine.stack.count == 1, machine.marks.isEmpty else {
            throw machine.malformed("a pickle leaves \(machine.stack.count) values instead of one")
        }
        var tree = ValueTree(machine)
        return Unpickled(value: try tree.value(of: machine.stack[0]), storages: machine.storages)
    }

    /// - Returns: Whether another instruction follows.
    private mutating func step() throws -> Bool {
        try charge(1)
        let position = pickle.position
        let code = try pickle.byte()
        if let literal = PickleInstruction.Literal(rawValue: code) {
            try push(self.literal(literal))
        } else if let instruction = PickleInstruction.Stack(rawValue: code) {
            try execute(instruction)
        } else if let instruction = PickleInstruction.Container(rawValue: code) {
            try execute(instruction)
        } else if let instruction = PickleInstruction.Object(rawValue: code) {
            try execute(instruction)
        } else if let instruction = PickleInstruction.Frame(rawValue: code) {
            return try execute(instruction)
        } else {
            throw malformed("byte \(code) at \(position) is no instruction of pickle protocols 2 to 5")
        }
        return true
    }

    private mutating func execute(_ instruction: PickleInstruction.Frame) throws -> Bool {
        switch instruction {
        case .proto:
            let version = try pickle.byte()
            guard (2...5).contains(version) else { throw malformed("pickle protocol \(version); 2 to 5 are read") }
        case .frame: _ = try pickle.number(8)
        case .stop: return false
        }
        return true
    }

    // MARK: Errors and limits

    func malformed(_ reason: String) -> TensorError {
        pickle.origin.malformed(reason)
    }

    /// Counts instructions, and values that one of them copies.
    mutating func charge(_ count: Int) throws {
        charged += count
        guard charged <= Unpickler.mostInstructions else {
            throw malformed("more than \(Unpickler.mostInstructions) instructions")
        }
    }

    // MARK: The stack

    private mutating func push(_ node: Node) throws {
        nodes.append(node)
        stack.append(nodes.count - 1)
    }

    private mutating func pop() throws -> Reference {
        guard stack.count > marks.last ?? 0, let reference = stack.popLast() else {
            throw malformed("an instruction before byte \(pickle.position) takes a value that is not there")
        }
        return reference
    }

    private func top() throws -> Reference {
        guard stack.count > marks.last ?? 0, let reference = stack.last else {
            throw malformed("an instruction before byte \(pickle.position) needs a value that is not there")
        }
        return reference
    }

    private mutating func popMarked() throws -> [Reference] {
        guard let mark = marks.popLast() else {
            throw malformed("an instruction before byte \(pickle.position) needs a mark that is not there")
        }
        let values = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return values
    }

    private mutating func execute(_ instruction: PickleInstruction.Stack) throws {
        switch instruction {
        case .mark: marks.append(stack.count)
        case .pop:
            // Python's machine lets POP take a mark as well.
            if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popMarked()
        case .dup: stack.append(try top())
        case .binGet: try recall(try pickle.number(1))
        case .longBinGet: try recall(try pickle.number(4))
        case .binPut: memo[try pickle.number(1)] = try top()
        case .longBinPut: memo[try pickle.number(4)] = try top()
        case .memoize: memo[memo.count] = try top()
        }
    }

    private mutating func recall(_ index: Int) throws {
        guard let reference = memo[index] else {
            throw malformed("value \(index) is recalled before byte \(pickle.position) but was not kept")
        }
        stack.append(reference)
    }

    // MARK: Containers

    private mutating func execute(_ instruction: PickleInstruction.Container) throws {
        switch instruction {
        case .emptyList: try push(.list(hold([])))
        case .emptyTuple: try push(.tuple(hold([])))
        case .emptyDict: try push(.mapping(hold([])))
        case .emptySet: try push(.set(hold([])))
        case .list: try push(.list(hold(popMarked())))
        case .tuple: try push(.tuple(hold(popMarked())))
        case .frozenSet: try push(.set(hold(popMarked())))
        case .dict: try push(.mapping(hold(paired(popMarked()))))
        case .tuple1: try pushTuple(1)
        case .tuple2: try pushTuple(2)
        case .tuple3: try pushTuple(3)
        case .append: try extend([pop()], instruction)
        case .appends, .addItems: try extend(popMarked(), instruction)
        case .setItem:
            let value = try pop()
            try extend([pop(), value], instruction)
        case .setItems: try extend(paired(popMarked()), instruction)
        }
    }

    private mutating func pushTuple(_ count: Int) throws {
        var members: [Reference] = []
        for _ in 0..<count { members.append(try pop()) }
        try push(.tuple(hold(members.reversed())))
    }

    private func paired(_ members: [Reference]) throws -> [Reference] {
        guard members.count.isMultiple(of: 2) else {
            throw malformed("a key without a value before byte \(pickle.position)")
        }
        return members
    }

    /// Keeps a container's members.
    mutating func hold(_ members: [Reference]) -> Int {
        contents.append(members)
        return contents.count - 1
    }

    private mutating func extend(_ members: [Reference], _ instruction: PickleInstruction.Container) throws {
        switch (instruction, nodes[try top()]) {
        case (.append, .list(let index)), (.appends, .list(let index)), (.addItems, .set(let index)),
            (.setItem, .mapping(let index)), (.setItems, .mapping(let index)):
            contents[index].append(contentsOf: members)
        default:
            throw malformed("members for a value that takes none before byte \(pickle.position)")
        }
    }

    // MARK: Objects

    private mutating func execute(_ instruction: PickleInstruction.Object) throws {
        switch instruction {
        case .global:
            let module = try pickle.line()
            try push(.known(known("\(module).\(pickle.line())")))
        case .stackGlobal:
            guard case (.text(let name), .text(let module)) = (nodes[try pop()], nodes[try pop()]) else {
                throw malformed("a class without a name before byte \(pickle.position)")
            }
            try push(.known(known("\(module).\(name)")))
        case .reduce, .newObject:
            guard case (.tuple(let arguments), .known(let callee)) = (nodes[try pop()], nodes[try pop()]) else {
                throw malformed("a call without a class or arguments before byte \(pickle.position)")
            }
            try charge(contents[arguments].count)
            try push(call(callee, contents[arguments]))
        case .build:
            let state = try pop()
            try setState(of: top(), to: state)
        case .binPersistentId:
            guard case .tuple(let index) = nodes[try pop()] else {
                throw malformed("a storage's name before byte \(pickle.position) is not a tuple")
            }
            try charge(contents[index].count)
            try push(.storage(storage(contents[index])))
        }
    }

    private func known(_ name: String) throws -> KnownClass {
        guard let known = KnownClass(name) else {
            throw TensorError.foreignClass(path: pickle.origin.path, name: String(name.prefix(256)))
        }
        return known
    }
}
