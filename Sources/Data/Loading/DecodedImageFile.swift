// SPDX-License-Identifier: MIT

import Synchronization

/// Decoded images in a file that is mapped into memory and shared by processes and runs; see ``ImageCache``.
///
/// An image is known by its file's path, size and time of change, and by the size that it was resized to. The file
/// is built while training: whoever decodes an image appends it, under a lock. It can be deleted at any time, also
/// while runs use it: they go on with what they have, write no more, and the next run begins a new one. A record
/// is checked when a process uses it first; one that is damaged is ignored, and the image is written again.
///
/// - Note: A file that is *shortened* while it is mapped ends the processes that read it, as any mapping does.
public final class DecodedImageFile: Sendable {
    private struct State {
        /// What is known of the table, by the keys' digests.
        var entries: [UInt64: ImageFileEntry] = [:]
        /// The places of the table that were read.
        var entryCount = 0
        /// Where the next record begins.
        var end: Int
        /// Where the records begin that this process wrote, or compared with their digests.
        var checked: Set<Int> = []
        var isFull = false
        var problem: String?
    }

    /// The name of the file in its folder.
    static let fileName = "passerby-decoded-images"

    private let file: MappedImageFile
    private let state: Mutex<State>
    private let warn: @Sendable (String) -> Void

    /// Opens the folder's file, or makes it.
    ///
    /// A file of another length, of another version of Passerby, or that is damaged is deleted and begun anew.
    ///
    /// - Parameters:
    ///   - folder: Made if it is not there.
    ///   - byteLimit: The length of the file, and so the most that it takes on disk, at least 8,192; an image of
    ///     256×128 pixels takes about 98,500.
    ///   - warn: Told once, from any thread, why nothing more is kept.
    /// - Throws: ``DataError/unusableCache(path:reason:)``.
    public init(
        folder: String, byteLimit: Int, warn: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(DataError) {
        precondition(byteLimit >= 8192, "a file of \(byteLimit) bytes holds no image")
        let layout = ImageFileLayout(byteLimit: byteLimit / ImageFileLayout.unit * ImageFileLayout.unit)
        var file = try MappedImageFile(folder: folder, name: DecodedImageFile.fileName, layout: layout)
        var known = State(end: layout.firstRecord)
        try file.locked { () throws(DataError) in DecodedImageFile.readNewEntries(of: file, into: &known) }
        if known.problem != nil {
            file = try MappedImageFile(folder: folder, name: DecodedImageFile.fileName, layout: layout)
            known = State(end: layout.firstRecord)
        }
        self.file = file
        state = Mutex(known)
        self.warn = warn
    }

    /// The images that this process knows to be in the file.
    public var imageCount: Int { state.withLock { $0.entries.count } }

    /// Why the file is not written any more, if that is so: the disk is full, or the file was deleted or
    /// damaged. What was read before stays in use.
    public var problem: String? { state.withLock { $0.problem } }

    /// See ``ImageCache/image(_:orMake:)``.
    func image(_ key: ImageCache.Key, orMake make: () throws(DataError) -> Image) throws(DataError) -> Image {
        // A file without a status cannot be read either: `make` says why.
        guard let identity = ImageIdentity(of: key) else { return try make() }
        if let kept = kept(identity) { return kept }
        let made = try make()
        // A file that was replaced while it was read is not filed under what it was before.
        if ImageIdentity(of: key) == identity { keep(made, identity) }
        return made
    }

    private func kept(_ identity: ImageIdentity) -> Image? {
        let found = state.withLock { state in
            state.entries[identity.digest].map { ($0, state.checked.contains($0.start)) }
        }
        guard let (entry, isChecked) = found else { return nil }
        // The key is in the record, and may be what was damaged: the digest comes first.
        if !isChecked {
            let isWhole = digest(of: file.record(of: entry)) == entry.recordDigest
            state.withLock { state in
                if isWhole {
                    state.checked.insert(entry.start)
                } else if state.entries[identity.digest] == entry {
                    state.entries[identity.digest] = nil
                }
            }
            guard isWhole else { return nil }
        }
        return file.record(of: entry, isOf: identity) ? file.image(of: entry) : nil
    }

    private func keep(_ image: Image, _ identity: ImageIdentity) {
        let reason: String? = state.withLock { state in
            guard !state.isFull && state.problem == nil else { return nil }
            do throws(DataError) {
                try file.locked { () throws(DataError) in try append(image, identity, &state) }
            } catch {
                state.problem = error.description
            }
            return state.problem ?? (state.isFull ? "'\(file.path)' is full" : nil)
        }
        // Once: nothing is kept from here on.
        if let reason { warn("cache: \(reason); images that are not in it are decoded anew in every epoch") }
    }

    /// Appends an image, unless another process did or there is no room. The file's lock is held.
    private func append(_ image: Image, _ identity: ImageIdentity, _ state: inout State) throws(DataError) {
        guard !file.isDeleted else {
            state.problem = "'\(file.path)' was deleted"
            return
        }
        DecodedImageFile.readNewEntries(of: file, into: &state)
        // Two keys of one digest do not happen in practice; the second one's image would be made every time.
        guard state.problem == nil, state.entries[identity.digest] == nil else { return }
        let record = identity.record(of: image)
        let entry = ImageFileEntry(
            keyDigest: identity.digest, start: state.end, keyCount: identity.bytes.count, width: image.width,
            height: image.height, recordDigest: record.withUnsafeBytes { digest(of: $0) }
        )
        guard state.entryCount < file.layout.entryCapacity, entry.end <= file.layout.byteLimit else {
            state.isFull = true
            return
        }
        try file.write(record, entry, number: state.entryCount)
        state.entries[entry.keyDigest] = entry
        state.entryCount += 1
        state.end = entry.end
        state.checked.insert(entry.start)
    }

    /// Reads the entries that were appended since, by this or another process. The file's lock is held.
    ///
    /// Where the table is damaged, the file is deleted: what follows cannot be appended to safely, because
    /// another process may be reading there.
    private static func readNewEntries(of file: MappedImageFile, into state: inout State) {
        while state.entryCount < file.layout.entryCapacity {
            switch file.place(state.entryCount) {
            case .free:
                return
            case .taken(let entry) where entry.start == state.end:
                state.entries[entry.keyDigest] = entry
                state.entryCount += 1
                state.end = entry.end
            case .taken, .damaged:
                file.delete()
                state.problem = "'\(file.path)' was damaged at entry \(state.entryCount), and so deleted"
                return
            }
        }
    }
}
