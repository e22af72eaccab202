// SPDX-License-Identifier: MIT

/// What a pickle holds, and the storages its tensors name, by key.
struct Unpickled {
    let value: PyTorchFile.Value
    let storages: [String: PyTorchFile.StoredStorage]
    /// Classes and functions that are not known, in the order in which they are named, each once.
    let foreignClasses: [String]
}

/// A machine for pickles of tensors and plain values. It calls nothing.
///
/// What another class or function would make of its arguments becomes a value of which nothing is known but that name:
/// it takes attributes and members, and keeps none of them.
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
        /// A class or function that is not known, by its name.
        case foreign(String)
        /// What such a one would have made.
        case opaque(String)
        case numpyType(NumPyType)
        indirect case storage(PyTorchFile.StoredStorage)
        indirect case tensor(PyTorchFile.StoredTensor)
    }

    var pickle: PickleBytes
    var nodes: [Node] = []
    /// The members of containers, apart from the nodes so that one can grow in place.
    var contents: [[Reference]] = []
    var storages: [String: PyTorchFile.StoredStorage] = [:]
    private(set) var foreignClasses: [String] = []
    private var foreignNames: Set<String> = []
    private var stack: [Reference] = []
    /// Where on the stack the open marks are.
    private var marks: [Int] = []
    private var memo: [Int: Reference] = [:]
    private var charged = 0

    /// A tensor takes about 25 instructions. What one instruction makes takes up to some 200 bytes of memory.
    static let mostInstructions = 1 << 21

    private init(_ pickle: PickleBytes) {
        self.pickle = pickle
    }

    /// Takes one pickle.
    ///
    /// - Throws: ``TensorError/malformed(path:format:reason:)``, ``TensorError/unreadable(path:reason:)``.
    static func run(_ pickle: inout PickleBytes) throws -> Unpickled {
        var machine = Unpickler(pickle)
        while try machine.step() {}
        pickle = machine.pickle
        guard machine.stack.count == 1, machine.marks.isEmpty else {
            throw machine.malformed("a pickle leaves \(machine.stack.count) values instead of one")
        }
        var tree = ValueTree(machine)
        return Unpickled(
            value: try tree.value(of: machine.stack[0]), storages: machine.storages,
            foreignClasses: machine.foreignClasses)
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
        case (_, .opaque): break
        default:
            throw malformed("members for a value that takes none before byte \(pickle.position)")
        }
    }

    // MARK: Objects

    private mutating func execute(_ instruction: PickleInstruction.Object) throws {
        switch instruction {
        case .global:
            let module = try pickle.line()
            try push(named(module, pickle.line()))
        case .stackGlobal:
            guard case (.text(let name), .text(let module)) = (nodes[try pop()], nodes[try pop()]) else {
                throw malformed("a class without a name before byte \(pickle.position)")
            }
            try push(named(module, name))
        case .reduce, .newObject:
            let arguments = try pop()
            try push(made(by: pop(), of: arguments))
        case .newObjectWithNames:
            guard case .mapping = nodes[try pop()] else {
                throw malformed("a call without names for its arguments before byte \(pickle.position)")
            }
            let arguments = try pop()
            try push(made(by: pop(), of: arguments))
        case .build:
            let state = try pop()
            try setState(of: top(), to: state)
        case .binPersistentId:
            guard case .tuple(let index) = nodes[try pop()] else {
                throw malformed("a storage's name before byte \(pickle.position) is not a tuple")
            }
            try charge(contents[index].count)
            try push(persistent(contents[index]))
        }
    }

    private mutating func made(by callee: Reference, of arguments: Reference) throws -> Node {
        switch (nodes[callee], nodes[arguments]) {
        case (.known(let known), .tuple(let index)):
            try charge(contents[index].count)
            return try call(known, contents[index])
        case (.foreign(let name), .tuple), (.opaque(let name), .tuple):
            return .opaque(name)
        default:
            throw malformed("a call without a class or arguments before byte \(pickle.position)")
        }
    }

    private mutating func named(_ module: String, _ name: String) throws -> Node {
        let length = module.utf8.count + name.utf8.count
        // Before they are joined: a pickle can ask for one long text many times.
        guard length <= PickleBytes.longestName else {
            throw malformed("a class's name of \(length) bytes before byte \(pickle.position)")
        }
        let full = "\(module).\(name)"
        if let known = KnownClass(full) { return .known(known) }
        try charge(length / 8)
        return .foreign(foreign(full))
    }

    /// Remembers the name of what is not known.
    mutating func foreign(_ name: String) -> String {
        if foreignNames.insert(name).inserted { foreignClasses.append(name) }
        return name
    }
}
