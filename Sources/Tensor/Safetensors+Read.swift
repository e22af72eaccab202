// SPDX-License-Identifier: MIT

extension Safetensors {
    /// Reads the file whole, each tensor with one copy.
    ///
    /// Floats of other widths become float32 and signed integers int64 (``StoredElementType/elementType``).
    ///
    /// - Throws: ``TensorError/unreadable(path:reason:)`` where it cannot be read,
    ///   ``TensorError/malformed(path:format:reason:)`` where a length, type or range in it is not what the format
    ///   allows.
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
        let layout = try SafetensorsLayout(source)
        metadata = layout.metadata
        tensors = try layout.entries.mapValues { entry in
            try Tensor(
                stored: entry.type, shape: entry.shape, from: source, at: layout.elementsStart + entry.bytes.lowerBound)
        }
    }

    /// What a file's header says of one tensor.
    public struct Entry: Sendable, Equatable {
        public let type: StoredElementType
        public let shape: [Int]
        /// Where its elements are, counted from the first tensor's.
        public let bytes: Range<Int>
    }

    /// The types and shapes of a file's tensors, by name. Checks the whole layout but reads no elements.
    ///
    /// - Throws: As ``init(readingFrom:)``.
    public static func header(of path: String) throws -> [String: Entry] {
        try SafetensorsLayout(ByteSource(path: path)).entries
    }
}

/// Where everything is in a safetensors file, checked against the file's size.
struct SafetensorsLayout {
    let entries: [String: Safetensors.Entry]
    let metadata: [String: String]
    /// Where the first tensor's elements start in the file.
    let elementsStart: Int

    /// The format's own limit on the header.
    private static let largestHeader = 100_000_000
    private static let lengthSize = 8

    init(_ source: ByteSource) throws {
        let origin = Origin(path: source.path, format: .safetensors)
        if let other = try SafetensorsLayout.otherFormat(source) { throw origin.malformed("it is \(other)") }
        guard source.count >= SafetensorsLayout.lengthSize else {
            throw origin.malformed("\(source.count) bytes hold no header length")
        }
        let field = try source.bytes(at: 0, count: SafetensorsLayout.lengthSize)
        guard let length = field.number(at: 0, bytes: SafetensorsLayout.lengthSize),
            length <= SafetensorsLayout.largestHeader, length <= source.count - SafetensorsLayout.lengthSize
        else {
            let length = field.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            throw origin.malformed("a header of \(length) bytes in a file of \(source.count)")
        }
        let header = try SafetensorsHeader(
            source.bytes(at: SafetensorsLayout.lengthSize, count: length), origin)
        entries = header.entries
        metadata = header.metadata
        elementsStart = SafetensorsLayout.lengthSize + length
        try checkRanges(source.count, origin)
    }

    /// What a file is whose header cannot begin where this format's does; nil where nobody knows.
    private static func otherFormat(_ source: ByteSource) throws -> String? {
        let head = try source.bytes(at: 0, count: min(source.count, 512))
        guard head.count <= lengthSize || head[lengthSize] != UInt8(ascii: "{") else { return nil }
        return switch FileLook(head: head) {
        case .zip: "a zip file, as torch.save (name it .pth) and numpy.savez (name it .npz) write it"
        case .pickle: "a pickle, as torch.save wrote it before PyTorch 1.6; name it .pth"
        case .other: FileLook.signature(of: head)
        }
    }

    /// Every byte behind the header belongs to exactly one tensor.
    private func checkRanges(_ fileCount: Int, _ origin: Origin) throws {
        var expected = 0
        let inOrder = entries.sorted {
            ($0.value.bytes.lowerBound, $0.value.bytes.upperBound, $0.key)
                < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound, $1.key)
        }
        for (name, entry) in inOrder {
            guard entry.bytes.lowerBound == expected else {
                throw origin.malformed("'\(name)' starts at byte \(entry.bytes.lowerBound), not at \(expected)")
            }
            expected = entry.bytes.upperBound
            guard expected <= fileCount - elementsStart else {
                throw origin.malformed(
                    """
                    '\(name)' ends at byte \(expected) of the elements, of which there are \(fileCount - elementsStart)
                    """)
            }
        }
        guard elementsStart + expected == fileCount else {
            throw origin.malformed("\(fileCount - elementsStart) bytes of elements where the header names \(expected)")
        }
    }
}
