// SPDX-License-Identifier: MIT

/// The format since PyTorch 1.6: a zip file with `NAME/data.pkl`, one entry `NAME/data/KEY` for each storage, and a few
/// short ones.
extension PyTorchFile {
    static func readZip(_ source: ByteSource) throws -> (Unpickled, [String: Extent]) {
        let origin = Origin(path: source.path, format: .pyTorchZip)
        let archive = try ZipArchive(source)
        let pickles = archive.entries.filter { $0.name.hasSuffix("/data.pkl") }
        guard pickles.count == 1, let pickle = pickles.first else {
            throw pickles.isEmpty
                ? TensorError.notACheckpoint(path: source.path, found: "a zip file without data.pkl")
                : origin.malformed("\(pickles.count) entries are named data.pkl")
        }
        let folder = String(pickle.name.dropLast("data.pkl".count))
        guard !archive.entries.contains(where: { $0.name == folder + "constants.pkl" }) else {
            throw TensorError.notACheckpoint(
                path: source.path, found: "a TorchScript program; save its state_dict() with torch.save")
        }
        try archive.requireStored()
        try checkByteOrder(archive, folder, source, origin)
        let unpickled = try readPickle(pickle, source, origin)

        var extents: [String: Extent] = [:]
        let prefix = folder + "data/"
        for entry in archive.entries where entry.name.hasPrefix(prefix) {
            extents[String(entry.name.dropFirst(prefix.count))] = Extent(
                offset: entry.offset, byteCount: entry.count, checksum: entry.checksum)
        }
        try check(unpickled.storages, fill: extents, origin)
        return (unpickled, extents)
    }

    private static func readPickle(
        _ entry: ZipArchive.Entry, _ source: ByteSource, _ origin: Origin
    ) throws -> Unpickled {
        guard entry.count <= PickleBytes.largest else {
            throw origin.malformed("a pickle of \(entry.count) bytes; at most \(PickleBytes.largest) are read")
        }
        let bytes = try source.bytes(at: entry.offset, count: entry.count)
        try bytes.withUnsafeBytes { try check($0, entry.checksum, "entry '\(entry.name)'", origin) }
        var pickle = PickleBytes(source, origin, from: entry.offset, to: entry.offset + entry.count)
        let unpickled = try Unpickler.run(&pickle)
        guard pickle.position == entry.offset + entry.count else {
            throw origin.malformed("its pickle ends at byte \(pickle.position), before the end of its entry")
        }
        return unpickled
    }

    /// Old files lack the entry and are little-endian.
    private static func checkByteOrder(
        _ archive: ZipArchive, _ folder: String, _ source: ByteSource, _ origin: Origin
    ) throws {
        guard let entry = archive.entries.first(where: { $0.name == folder + "byteorder" }) else { return }
        let bytes = try source.bytes(at: entry.offset, count: min(entry.count, 16))
        guard bytes.elementsEqual("little".utf8) else {
            throw origin.malformed("a byte order of '\(String(decoding: bytes, as: UTF8.self))'; only little is read")
        }
    }
}
