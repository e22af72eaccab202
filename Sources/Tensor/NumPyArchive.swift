// SPDX-License-Identifier: MIT

internal import CTorch

/// Named arrays in a file of `numpy.savez` or `numpy.savez_compressed`: a zip file with an entry `NAME.npy` for each.
///
/// Opening it reads the archive's directory alone. What is not asked for may be of any type; nothing is executed.
public struct NumPyArchive {
    /// What an array's header says.
    public struct Entry: Sendable, Equatable {
        /// Nothing where elements are of a type that is not read: text, objects, big-endian numbers.
        public let type: StoredElementType?
        /// The type in words.
        public let typeText: String
        public let shape: [Int]
    }

    private let source: ByteSource
    private let entries: [String: ZipArchive.Entry]
    private let origin: Origin
    private static let ending = ".npy"

    /// - Throws: ``TensorError/unreadable(path:reason:)``, ``TensorError/malformed(path:format:reason:)``.
    public init(readingFrom path: String) throws {
        try self.init(ByteSource(path: path))
    }

    /// Reads a file that is in memory.
    ///
    /// - Parameter path: What errors call it.
    public init(bytes: [UInt8], named path: String) throws {
        try self.init(ByteSource(bytes: bytes, named: path))
    }

    private init(_ source: ByteSource) throws {
        self.source = source
        origin = Origin(path: source.path, format: .numPyArchive)
        if case .other(let found) = try FileLook(source) { throw origin.malformed("it is \(found)") }
        let arrays = try ZipArchive(source, as: .numPyArchive).entries.filter { $0.name.hasSuffix(Self.ending) }
        entries = Dictionary(uniqueKeysWithValues: arrays.map { (String($0.name.dropLast(Self.ending.count)), $0) })
    }

    /// The arrays' names, in order.
    public var names: [String] { entries.keys.sorted() }

    /// What the header of an array says; nothing where there is none of this name.
    ///
    /// - Throws: ``TensorError/malformed(path:format:reason:)`` where it is damaged, or says more or fewer elements than
    ///   there are bytes for.
    public func entry(_ name: String) throws -> Entry? {
        guard let entry = entries[name] else { return nil }
        let header = try header(of: entry, name)
        return Entry(type: header.type.stored, typeText: header.type.words, shape: header.shape)
    }

    /// The elements of an array, in row-major order; nothing where there is none of this name.
    ///
    /// Floats of other widths become float32 and signed integers int64 (``StoredElementType/elementType``).
    ///
    /// - Throws: ``TensorError/malformed(path:format:reason:)`` where its bytes do not match their checksum, or are of a type
    ///   that is not read.
    /// - Complexity: memory for the array's bytes beside the tensor.
    public func tensor(_ name: String) throws -> Tensor? {
        guard let entry = entries[name] else { return nil }
        let header = try header(of: entry, name)
        guard let type = header.type.stored else {
            throw origin.malformed("the array '\(name)' holds \(header.type.words), which are not read")
        }
        let contents = ByteSource(bytes: try contents(of: entry), named: source.path)
        guard header.isColumnMajor, header.shape.count > 1 else {
            return try Tensor(stored: type, shape: header.shape, from: contents, at: header.byteCount)
        }
        let order = Array(header.shape.indices.reversed())
        return try Tensor(stored: type, shape: header.shape.reversed(), from: contents, at: header.byteCount)
            .permuted(order).contiguous()
    }

    private func header(of entry: ZipArchive.Entry, _ name: String) throws -> NumPyHeader {
        let beginning = try bytes(first: min(entry.fullCount, NumPyHeader.longest), of: entry)
        let header: NumPyHeader
        do throws(NumPyHeaderProblem) {
            header = try NumPyHeader(beginning)
        } catch {
            throw origin.malformed("the array '\(name)' \(error.reason)")
        }
        guard let type = header.type.stored else { return header }
        let size = elementCount(of: header.shape).map { $0.multipliedReportingOverflow(by: type.byteCount) }
        guard let size, !size.overflow, size.partialValue == entry.fullCount - header.byteCount else {
            throw origin.malformed(
                "the array '\(name)' of shape \(header.shape) has \(entry.fullCount - header.byteCount) bytes of \(type)")
        }
        return header
    }

    private func contents(of entry: ZipArchive.Entry) throws -> [UInt8] {
        let bytes = try bytes(first: entry.fullCount, of: entry)
        try bytes.withUnsafeBytes { try PyTorchFile.check($0, entry.checksum, "entry '\(entry.name)'", origin) }
        return bytes
    }

    private func bytes(first count: Int, of entry: ZipArchive.Entry) throws -> [UInt8] {
        switch entry.method {
        case .stored: try source.bytes(at: entry.offset, count: count)
        case .deflated: try Inflation.bytes(first: count, of: entry, from: source, origin)
        }
    }

    /// Writes arrays in this order, so that equal contents give equal bytes. The file appears whole or not at all.
    ///
    /// - Throws: ``TensorError/unwritable(path:reason:)``.
    public static func write(_ arrays: [(name: String, tensor: Tensor)], to path: String) throws {
        let file = try OutputFile(path: path)
        var archive = ZipWriter(file)
        for (name, tensor) in arrays {
            guard let type = NumPyElement.name(of: tensor.storedType) else {
                preconditionFailure("'\(name)' is of a type that NumPy does not have: \(tensor.storedType)")
            }
            try archive.add(name + ending, NumPyHeader.bytes(type, tensor.shape) + tensor.elementBytes())
        }
        try archive.finish()
        try file.finish()
    }
}
