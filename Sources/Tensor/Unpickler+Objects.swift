// SPDX-License-Identifier: MIT

extension Unpickler {
    /// What a call of a known class gives.
    mutating func call(_ callee: KnownClass, _ arguments: [Reference]) throws -> Node {
        let given = arguments.map { nodes[$0] }
        switch (callee.kind, given.first) {
        case (.orderedDictionary, nil): return .mapping(hold([]))
        case (.orderedDictionary, .list(let pairs)): return .mapping(try hold(pairedMembers(of: pairs)))
        case (.set, .list(let members)), (.set, .tuple(let members)):
            try charge(contents[members].count)
            return .set(hold(contents[members]))
        case (.set, nil): return .set(hold([]))
        case (.size, .tuple): return given[0]
        case (.device, .text): return given[0]
        case (.encodedText, .text(let text)): return .bytes(try encoded(text))
        case (.tensor, .storage(let storage)): return .tensor(try tensor(storage, given))
        case (.defaultDictionary, _): return .mapping(hold([]))
        case (.parameter, .tensor): return given[0]
        // Of types that no number here has: texts, dates, objects.
        case (.numpyType, .text(let code)): return NumPyType(code).map(Node.numpyType) ?? .opaque(foreign(callee.name))
        case (.numpyScalar, .numpyType(let type)): return try scalar(type, given)
        case (.numpyScalar, .opaque): return .opaque(foreign(callee.name))
        default: throw malformed("a call of \(callee.name) with arguments that it does not take")
        }
    }

    /// Python 2 wrote an ordered dictionary as a list of lists of two.
    private mutating func pairedMembers(of pairs: Int) throws -> [Reference] {
        try charge(2 * contents[pairs].count)
        return try contents[pairs].flatMap { pair in
            switch nodes[pair] {
            case .list(let index), .tuple(let index):
                guard contents[index].count == 2 else { throw malformed("a key without a value") }
                return contents[index]
            default: throw malformed("an ordered dictionary of what is no pair")
            }
        }
    }

    /// The bytes of a text in Latin-1, which is how protocol 2 writes bytes.
    private mutating func encoded(_ text: String) throws -> [UInt8] {
        try charge(text.utf8.count / 8)
        return try text.unicodeScalars.map { character in
            guard let byte = UInt8(exactly: character.value) else {
                throw malformed("bytes written as text with a character beyond 255")
            }
            return byte
        }
    }

    private func scalar(_ type: NumPyType, _ given: [Node]) throws -> Node {
        let number: Node? =
            switch given.dropFirst().first {
            case .bytes(let bytes): type.number(bytes)
            case .text(let text): type.number(Array(text.utf8))
            default: nil
            }
        guard let number else { throw malformed("a NumPy number of type '\(type.code)' without its bytes") }
        return number
    }

    /// What `BUILD` sets is not needed of any class but NumPy's types, whose byte order it holds.
    mutating func setState(of object: Reference, to state: Reference) throws {
        switch nodes[object] {
        case .mapping, .tensor, .opaque: return
        case .numpyType:
            guard case .tuple(let index) = nodes[state], contents[index].count >= 2,
                case .text(let order) = nodes[contents[index][1]]
            else {
                throw malformed("a NumPy type without its byte order before byte \(pickle.position)")
            }
            if !["<", "|", "="].contains(order) { nodes[object] = .opaque(foreign("numpy.dtype")) }
        default: throw malformed("attributes for a value that has none before byte \(pickle.position)")
        }
    }

    // MARK: Storages and tensors

    /// A storage; or a class of a network's, with which old files keep its source, `('module', class, file, source)`.
    mutating func persistent(_ name: [Reference]) throws -> Node {
        if name.count == 4, case .text("module") = nodes[name[0]], case .foreign = nodes[name[1]] {
            return nodes[name[1]]
        }
        return .storage(try storage(name))
    }

    /// `('storage', class, key, device, count)`; then in legacy files `(key of the view, start, count)` or None.
    private mutating func storage(_ name: [Reference]) throws -> PyTorchFile.StoredStorage {
        let fields = name.map { nodes[$0] }
        guard fields.count == 5 || fields.count == 6, case .text("storage") = fields[0],
            case .known(let type) = fields[1], case .storage(let elements) = type.kind, case .text(let key) = fields[2],
            case .integer(let count) = fields[4], count >= 0
        else {
            throw malformed("a storage's name before byte \(pickle.position) is not one")
        }
        guard let elements else { throw malformed("the storage '\(key)' is a \(type.name) without an element type") }
        let whole = PyTorchFile.StoredStorage(key: key, type: elements, fullCount: count, start: 0, count: count)
        if let known = storages[key], known != whole {
            throw malformed("the storage '\(key)' has two types or lengths")
        }
        storages[key] = whole
        guard fields.count == 6, case .tuple(let index) = fields[5] else { return whole }
        let view = contents[index].prefix(4).map { nodes[$0] }
        guard view.count == 3, case .integer(let start) = view[1], case .integer(let length) = view[2],
            start >= 0, length >= 0, start <= count, length <= count - start
        else {
            throw malformed("a view reaches beyond the \(count) elements of the storage '\(key)'")
        }
        return PyTorchFile.StoredStorage(key: key, type: elements, fullCount: count, start: start, count: length)
    }

    /// `(storage, offset, shape, strides, …)`.
    private func tensor(_ storage: PyTorchFile.StoredStorage, _ given: [Node]) throws -> PyTorchFile.StoredTensor {
        guard given.count >= 4, case .integer(let offset) = given[1], offset >= 0,
            let shape = lengths(given[2]), let strides = lengths(given[3]), strides.count == shape.count
        else {
            throw malformed("a tensor before byte \(pickle.position) has no offset, shape or strides as it must")
        }
        // libtorch takes more dimensions; no network has them, and shapes are shared in a pickle but copied here.
        guard shape.count <= 64, let count = elementCount(of: shape) else {
            throw malformed("a tensor of shape \(shape.prefix(64))")
        }
        let tensor = PyTorchFile.StoredTensor(storage: storage, shape: shape, strides: strides, offset: offset)
        guard tensor.staysWithinStorage else {
            throw malformed(
                """
                a tensor of shape \(shape) with strides \(strides) from element \(offset) on reaches beyond the \
                \(storage.count) elements of its storage
                """)
        }
        // A stride of zero repeats elements without end.
        guard count <= pickle.fileCount / storage.type.byteCount else {
            throw malformed("a tensor of shape \(shape) repeats \(storage.count) elements beyond the file's size")
        }
        return tensor
    }

    /// Lengths or strides; nil where one is negative.
    private func lengths(_ node: Node) -> [Int]? {
        guard case .tuple(let index) = node else { return nil }
        var lengths: [Int] = []
        for member in contents[index].prefix(65) {
            guard case .integer(let length) = nodes[member], length >= 0 else { return nil }
            lengths.append(length)
        }
        return lengths
    }
}

extension PyTorchFile.StoredTensor {
    /// Whether the last element lies before the storage's end; strides are not negative.
    fileprivate var staysWithinStorage: Bool {
        guard !shape.contains(0) else { return offset <= storage.count }
        var last = offset
        for (length, stride) in zip(shape, strides) {
            let (step, tooFar) = (length - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflow) = last.addingReportingOverflow(step)
            guard !tooFar, !overflow else { return false }
            last = sum
        }
        return last < storage.count
    }
}
