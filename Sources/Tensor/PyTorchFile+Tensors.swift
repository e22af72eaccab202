// SPDX-License-Identifier: MIT

internal import CTorch

extension PyTorchFile {
    /// Reads one tensor's elements.
    ///
    /// - Throws: As ``tensors(_:)``.
    public func tensor(_ stored: StoredTensor) throws -> Tensor {
        try tensors([stored])[0]
    }

    /// Reads tensors, each storage once; tensors that share one in the file share it in memory.
    ///
    /// Floats of other widths become float32 and signed integers int64 (``StoredElementType/elementType``). Strides are
    /// kept, so a tensor need not be contiguous.
    ///
    /// - Throws: ``TensorError/malformed(path:format:reason:)`` where a storage's bytes do not match their checksum,
    ///   ``TensorError/unreadable(path:reason:)``.
    /// - Complexity: memory for the storages that are named, and while one is converted its bytes once more.
    public func tensors(_ stored: [StoredTensor]) throws -> [Tensor] {
        var storages: [String: Tensor] = [:]
        return try stored.map { tensor in
            let storage = try storages[tensor.storage.key] ?? read(tensor.storage)
            storages[tensor.storage.key] = storage
            return try storage.view(
                shape: tensor.shape, strides: tensor.strides, offset: tensor.storage.start + tensor.offset)
        }
    }

    /// All bytes under a storage's key, as they are in the file.
    func bytes(of storage: StoredStorage) throws -> [UInt8] {
        let extent = extent(of: storage)
        let bytes = try source.bytes(at: extent.offset, count: extent.byteCount)
        let origin = Origin(path: source.path, format: format)
        try bytes.withUnsafeBytes {
            try PyTorchFile.check($0, extent.checksum, "storage '\(storage.key)'", origin)
        }
        return bytes
    }

    private func extent(of storage: StoredStorage) -> Extent {
        guard let extent = extents[storage.key] else {
            preconditionFailure("the storage '\(storage.key)' is of another file")
        }
        return extent
    }

    private func read(_ storage: StoredStorage) throws -> Tensor {
        let extent = extent(of: storage)
        let origin = Origin(path: source.path, format: format)
        return try Tensor(
            stored: storage.type, shape: [storage.fullCount], from: source, at: extent.offset
        ) { bytes in
            try PyTorchFile.check(bytes, extent.checksum, "storage '\(storage.key)'", origin)
        }
    }

    /// Compares a zip entry's bytes with their checksum, which damage in transport changes.
    ///
    /// PyTorch itself does not; it can also be told not to compute checksums, and then writes zero.
    static func check(
        _ bytes: UnsafeRawBufferPointer, _ checksum: UInt32?, _ name: String, _ origin: Origin
    ) throws {
        guard let checksum, checksum != 0, let start = bytes.baseAddress else { return }
        guard pt_crc32(start, Int64(bytes.count)) == checksum else {
            throw origin.malformed("the bytes of the \(name) do not match their checksum")
        }
    }

    /// Refuses storages whose number of elements is not what the file has room for.
    static func check(_ storages: [String: StoredStorage], fill extents: [String: Extent], _ origin: Origin) throws {
        for (key, storage) in storages.sorted(by: { $0.key < $1.key }) {
            guard let extent = extents[key] else { throw origin.malformed("the storage '\(key)' is missing") }
            let (size, overflow) = storage.fullCount.multipliedReportingOverflow(by: storage.type.byteCount)
            guard !overflow, size == extent.byteCount else {
                throw origin.malformed(
                    """
                    the storage '\(key)' has \(extent.byteCount) bytes, not \(storage.fullCount) elements of type \
                    \(storage.type.rawValue)
                    """)
            }
        }
    }
}
