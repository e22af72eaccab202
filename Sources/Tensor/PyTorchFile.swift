// SPDX-License-Identifier: MIT

/// A checkpoint as `torch.save` writes it, in the zip format or the one before PyTorch 1.6.
///
/// Opening a file reads its structure: names, numbers, types and shapes. Elements are read when asked for, each storage
/// once and with one copy. Nothing in a file is ever executed: classes and functions are recognised by name, and what
/// all but those of tensors and plain values would make is left out (``Value/opaque(_:)``).
public struct PyTorchFile: Sendable {
    /// What the file holds, down from what was given to `torch.save`.
    public let value: Value
    public let format: FileFormat
    /// Classes and functions whose objects are left out, each once.
    public let foreignClasses: [String]
    let source: ByteSource
    /// Where each storage lies in the file.
    let extents: [String: Extent]

    /// Opens a checkpoint.
    ///
    /// - Throws: ``TensorError/unreadable(path:reason:)``; ``TensorError/notACheckpoint(path:found:)`` where the file
    ///   is something else; ``TensorError/malformed(path:format:reason:)`` where it is damaged or contradicts itself.
    /// - Complexity: time and memory grow with the pickle, not with the elements.
    public init(readingFrom path: String) throws {
        try self.init(ByteSource(path: path))
    }

    /// Opens a checkpoint that is in memory.
    ///
    /// - Parameter path: What errors call it.
    public init(bytes: [UInt8], named path: String) throws {
        try self.init(ByteSource(bytes: bytes, named: path))
    }

    init(_ source: ByteSource) throws {
        self.source = source
        let unpickled: Unpickled
        switch try FileLook(source) {
        case .zip:
            format = .pyTorchZip
            (unpickled, extents) = try PyTorchFile.readZip(source)
        case .pickle:
            format = .pyTorchLegacy
            (unpickled, extents) = try PyTorchFile.readLegacy(source)
        case .other(let found):
            throw TensorError.notACheckpoint(path: source.path, found: found)
        }
        value = unpickled.value
        foreignClasses = unpickled.foreignClasses
    }

    /// A storage's bytes in the file.
    struct Extent {
        let offset: Int
        let byteCount: Int
        /// Of a zip file's entry; the legacy format has none.
        let checksum: UInt32?
    }
}

// MARK: What a file holds

extension PyTorchFile {
    /// A value of Python's.
    public enum Value: Sendable {
        case none
        case bool(Bool)
        case integer(Int)
        /// An integer beyond 64 bits, in two's complement, the least significant byte first.
        case wideInteger([UInt8])
        case float(Double)
        case text(String)
        case bytes([UInt8])
        case list([Value])
        case tuple([Value])
        case set([Value])
        /// A `dict` or `OrderedDict`.
        case mapping(Mapping)
        indirect case tensor(StoredTensor)
        /// A storage outside a tensor.
        indirect case storage(StoredStorage)
        /// A class or element type by its full name, such as `torch.float32`.
        case name(String)
        /// What a class or function that is not known, by its full name, would have made. It was not called.
        case opaque(String)
    }

    /// Keys and values in the file's order.
    public struct Mapping: Sendable {
        public let entries: [(key: Value, value: Value)]
        private let places: [String: Int]

        /// Nil where a text is a key twice, which no dictionary of Python's can hold.
        init?(_ entries: [(key: Value, value: Value)]) {
            var places: [String: Int] = [:]
            for (place, entry) in entries.enumerated() {
                guard case .text(let key) = entry.key else { continue }
                guard places.updateValue(place, forKey: key) == nil else { return nil }
            }
            self.entries = entries
            self.places = places
        }

        public subscript(key: String) -> Value? {
            places[key].map { entries[$0].value }
        }

        /// The keys that are text, in the file's order.
        public var keys: [String] {
            entries.compactMap { if case .text(let key) = $0.key { key } else { nil } }
        }
    }

    /// A run of elements in the file, which tensors may share.
    public struct StoredStorage: Sendable, Equatable {
        /// The file's name for the storage.
        let key: String
        public let type: StoredElementType
        /// All elements under the key.
        let fullCount: Int
        /// Where this run starts among them, and how long it is; the legacy format has views.
        let start: Int
        public let count: Int
    }

    /// A tensor in the file: where its elements are, not the elements.
    public struct StoredTensor: Sendable, Equatable {
        public let storage: StoredStorage
        public let shape: [Int]
        /// Steps in elements, one for each dimension.
        public let strides: [Int]
        /// The first element, counted from the storage's start.
        public let offset: Int

        public var type: StoredElementType { storage.type }
    }
}
