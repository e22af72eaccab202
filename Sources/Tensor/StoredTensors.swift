// SPDX-License-Identifier: MIT

/// Every tensor of a file under its own name and in its own type, to be written in another format.
///
/// Elements stay in the file until they are written; none is converted.
public struct StoredTensors {
    /// A tensor on its way from one file into another.
    struct Entry {
        let name: String
        let type: StoredElementType
        let shape: [Int]
        /// The elements in row-major order.
        let bytes: () throws -> [UInt8]

        var byteCount: Int { shape.reduce(type.byteCount, *) }
    }

    let entries: [Entry]
    /// What the file says beside the tensors.
    public let fields: [String: Checkpoint.Field]
    /// What the tensors were taken out of; their names are as they are in the file.
    public let surroundings: Checkpoint.Surroundings

    /// The number of tensors.
    public var count: Int { entries.count }

    /// The tensors of a safetensors file.
    ///
    /// - Throws: As ``Safetensors/init(readingFrom:)``.
    public init(safetensors path: String) throws {
        let source = try ByteSource(path: path)
        let layout = try SafetensorsLayout(source)
        entries = layout.entries.sorted { $0.key < $1.key }.map { name, entry in
            Entry(name: name, type: entry.type, shape: entry.shape) {
                try source.bytes(at: layout.elementsStart + entry.bytes.lowerBound, count: entry.bytes.count)
            }
        }
        fields = layout.metadata.mapValues { Checkpoint.Field(text: $0) }
        surroundings = Checkpoint.Surroundings()
    }

    /// The tensors of a checkpoint.
    ///
    /// - Throws: As ``PyTorchFile/checkpoint(under:)``; elements are checked when they are written.
    public init(_ file: PyTorchFile, under key: String? = nil) throws {
        let state = try file.storedState(under: key)
        entries = state.tensors.map { name, tensor in
            Entry(name: name, type: tensor.type, shape: tensor.shape) { try file.elementBytes(of: tensor) }
        }
        fields = try file.fields(beside: state)
        surroundings = Checkpoint.Surroundings(
            keys: state.keys, others: state.others, foreignClasses: file.foreignClasses)
    }

    /// Writes a safetensors file; what stands beside the tensors becomes text in its metadata.
    ///
    /// - Throws: As ``Safetensors/write(to:)``, and what reading the elements throws.
    /// - Complexity: memory for the bytes of one tensor, of its storage where the file has it in another order.
    public func writeSafetensors(to path: String) throws {
        try Safetensors.write(entries, metadata: fields.mapValues(\.text), to: path)
    }

    /// Writes a checkpoint of PyTorch's zip format, the tensors under `state_dict`.
    ///
    /// - Throws: As ``Checkpoint/write(to:)``, and what reading the elements throws.
    public func writeCheckpoint(to path: String) throws {
        try Checkpoint.write(entries, fields: fields.filter { $0.key != Checkpoint.usualKey }, to: path)
    }
}

extension PyTorchFile {
    /// A tensor's elements in row-major order, as they are in the file.
    fileprivate func elementBytes(of tensor: StoredTensor) throws -> [UInt8] {
        let storage = try bytes(of: tensor.storage)
        let size = tensor.type.byteCount
        let start = (tensor.storage.start + tensor.offset) * size
        guard let count = elementCount(of: tensor.shape) else { preconditionFailure("a shape of \(tensor.shape)") }
        if tensor.isRowMajor { return Array(storage[start..<start + count * size]) }
        var elements: [UInt8] = []
        elements.reserveCapacity(count * size)
        var indices = tensor.shape.map { _ in 0 }
        var place = start
        for _ in 0..<count {
            elements += storage[place..<place + size]
            // To the next index, the last dimension first.
            for dimension in indices.indices.reversed() {
                indices[dimension] += 1
                place += tensor.strides[dimension] * size
                guard indices[dimension] == tensor.shape[dimension] else { break }
                place -= indices[dimension] * tensor.strides[dimension] * size
                indices[dimension] = 0
            }
        }
        return elements
    }
}

extension PyTorchFile.StoredTensor {
    fileprivate var isRowMajor: Bool {
        var expected = 1
        for (length, stride) in zip(shape, strides).reversed() {
            guard length == 1 || length == 0 || stride == expected else { return false }
            expected *= max(length, 1)
        }
        return true
    }
}

extension Tensor {
    /// The tensor as a file holds it.
    func stored(as name: String) -> StoredTensors.Entry {
        StoredTensors.Entry(name: name, type: storedType, shape: shape, bytes: elementBytes)
    }
}

extension Checkpoint.Field {
    /// A number where the text is one, and comes back as it was.
    public init(text: String) {
        let number = Double(text).flatMap { $0.isFinite ? $0 : nil }
        let fields = [Int(text).map(Self.integer), number.map(Self.number)].compactMap(\.self)
        self = fields.first { $0.text == text } ?? .text(text)
    }

    /// As text, for a format that has no other values.
    public var text: String {
        switch self {
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .text(let value): value
        }
    }
}
