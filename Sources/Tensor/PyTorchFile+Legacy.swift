// SPDX-License-Identifier: MIT

/// The format before PyTorch 1.6: pickles of a magic number, the format's version, facts of the machine, the object,
/// and the storages' keys; then for each key its number of elements in eight bytes and the elements.
extension PyTorchFile {
    /// 0x1950A86A20F9469CFC6C.
    private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    private static let version = 1001

    static func readLegacy(_ source: ByteSource) throws -> (Unpickled, [String: Extent]) {
        let origin = Origin(path: source.path, format: .pyTorchLegacy)
        var bytes = PickleBytes(source, origin, from: 0, to: source.count)
        guard case .wideInteger(magic) = try Unpickler.run(&bytes).value else {
            throw TensorError.notACheckpoint(
                path: source.path, found: "a pickle of Python's that torch.save did not write")
        }
        guard case .integer(version) = try Unpickler.run(&bytes).value else {
            throw origin.malformed("its version is not \(version)")
        }
        guard case .mapping(let machine) = try Unpickler.run(&bytes).value,
            case .bool(true)? = machine["little_endian"]
        else {
            throw origin.malformed("it does not say that its byte order is little-endian")
        }
        let unpickled = try Unpickler.run(&bytes)
        guard case .list(let keys) = try Unpickler.run(&bytes).value else {
            throw origin.malformed("the list of storages is missing")
        }
        let extents = try locate(keys, unpickled.storages, source, from: bytes.position, origin)
        try check(unpickled.storages, fill: extents, origin)
        return (unpickled, extents)
    }

    private static func locate(
        _ keys: [Value], _ storages: [String: StoredStorage], _ source: ByteSource, from start: Int, _ origin: Origin
    ) throws -> [String: Extent] {
        var extents: [String: Extent] = [:]
        var position = start
        for key in keys {
            guard case .text(let key) = key, let storage = storages[key], extents[key] == nil else {
                throw origin.malformed("the list of storages holds what no tensor uses, or one twice")
            }
            guard source.count - position >= 8,
                let count = try source.bytes(at: position, count: 8).number(at: 0, bytes: 8)
            else {
                throw origin.malformed("the storage '\(key)' lacks its number of elements at byte \(position)")
            }
            position += 8
            guard count <= (source.count - position) / storage.type.byteCount else {
                throw origin.malformed(
                    """
                    the storage '\(key)' has \(count) elements of type \(storage.type.rawValue) where \
                    \(source.count - position) bytes are left
                    """)
            }
            extents[key] = Extent(offset: position, byteCount: count * storage.type.byteCount, checksum: nil)
            position += count * storage.type.byteCount
        }
        return extents
    }
}
