// SPDX-License-Identifier: MIT

import Foundation

/// The open file below a ``DecodedImageFile``: read through a mapping, written through the descriptor.
///
/// The class is `Sendable` because all it holds is constant and nothing in the mapping is changed once it was written:
/// records are appended behind the last entry of the table, and an entry is written after its record. So a writer that
/// is killed leaves bytes which nobody reads and the next writer overwrites.
final class MappedImageFile: @unchecked Sendable {
    let path: String
    let layout: ImageFileLayout
    private let descriptor: Int32
    private let bytes: UnsafeRawBufferPointer

    /// Opens the file and maps it; makes it where there is none, or another one. Its time of change is then that of its last
    /// use.
    ///
    /// - Throws: ``DataError/unusableCache(path:reason:)``.
    init(folder: String, name: String, layout: ImageFileLayout) throws(DataError) {
        path = "\(folder)/\(name)"
        self.layout = layout
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .unusableCache(path: folder, reason: error.localizedDescription)
        }
        descriptor = try MappedImageFile.open(path, layout)
        guard let start = mmap(nil, layout.byteLimit, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED
        else {
            let problem = systemProblem(path)
            close(descriptor)
            throw problem
        }
        bytes = UnsafeRawBufferPointer(start: start, count: layout.byteLimit)
        // A full file is read through the mapping alone, of which its time knows nothing; where it cannot be set it stays.
        futimens(descriptor, nil)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        close(descriptor)
    }

    /// Opens a file that has the layout's header, replacing what is there.
    private static func open(_ path: String, _ layout: ImageFileLayout) throws(DataError) -> Int32 {
        while true {
            let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw systemProblem(path) }
            do throws(DataError) {
                let isReady = try locked(descriptor, path) { () throws(DataError) in
                    try prepare(descriptor, path, layout)
                }
                if isReady { return descriptor }
                close(descriptor)
            } catch {
                close(descriptor)
                throw error
            }
        }
    }

    /// Writes the header of a new file, and deletes a file with another one.
    ///
    /// - Returns: Whether the file can be used; otherwise it is there no more.
    private static func prepare(
        _ descriptor: Int32, _ path: String, _ layout: ImageFileLayout
    ) throws(DataError) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw systemProblem(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unusableCache(path: path, reason: "it is not a file")
        }
        guard status.st_nlink > 0 else { return false }
        if status.st_size == 0 {
            guard ftruncate(descriptor, layout.byteLimit) == 0 else { throw systemProblem(path) }
            guard write(layout.header, to: descriptor, at: 0) else { throw systemProblem(path) }
            return true
        }
        var header = [UInt64](repeating: 0, count: layout.header.count)
        let count = header.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        let isOurs = count == ImageFileLayout.unit && header == layout.header && status.st_size == layout.byteLimit
        guard isOurs || unlink(path) == 0 else { throw systemProblem(path) }
        return isOurs
    }

    // MARK: Reading

    /// What a place in the table holds. The lock is held: an entry that is being written looks damaged.
    func place(_ number: Int) -> ImageFileEntry.Place {
        let start = layout.position(ofEntry: number)
        return ImageFileEntry.read(
            UnsafeRawBufferPointer(rebasing: bytes[start..<(start + ImageFileLayout.unit)]),
            records: layout.firstRecord..<layout.byteLimit
        )
    }

    /// The bytes of a record.
    func record(of entry: ImageFileEntry) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.end])
    }

    /// Whether a record has the key that its entry's digest promises.
    func record(of entry: ImageFileEntry, isOf identity: ImageIdentity) -> Bool {
        entry.keyCount == identity.bytes.count && record(of: entry).starts(with: identity.bytes)
    }

    /// A copy of a record's image.
    func image(of entry: ImageFileEntry) -> Image {
        let pixels = record(of: entry).dropFirst(entry.paddedKeyCount).prefix(entry.pixelCount)
        return Image(width: entry.width, height: entry.height, pixels: Array(pixels))
    }

    // MARK: Writing

    /// Does something while no other process can, unless it has the file open without asking.
    ///
    /// - Throws: ``DataError/unusableCache(path:reason:)`` where the file system has no locks, or what `body` throws.
    func locked(_ body: () throws(DataError) -> Void) throws(DataError) {
        try MappedImageFile.locked(descriptor, path, body)
    }

    /// Whether the file has no name any more.
    var isDeleted: Bool {
        var status = stat()
        return fstat(descriptor, &status) != 0 || status.st_nlink == 0
    }

    /// Takes the file's name away. Who has it open keeps it.
    func delete() {
        if !isDeleted { unlink(path) }
    }

    /// Writes a record, then its entry. The lock is held.
    func write(_ record: [UInt8], _ entry: ImageFileEntry, number: Int) throws(DataError) {
        guard MappedImageFile.write(record, to: descriptor, at: entry.start),
            MappedImageFile.write(entry.words, to: descriptor, at: layout.position(ofEntry: number))
        else { throw systemProblem(path) }
    }

    private static func locked<Value>(
        _ descriptor: Int32, _ path: String, _ body: () throws(DataError) -> Value
    ) throws(DataError) -> Value {
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw systemProblem(path) }
        }
        defer { flock(descriptor, LOCK_UN) }
        return try body()
    }

    /// - Returns: Whether all was written; `errno` says why not.
    private static func write<Value: BitwiseCopyable>(
        _ values: [Value], to descriptor: Int32, at start: Int
    ) -> Bool {
        values.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = pwrite(descriptor, rest.baseAddress, rest.count, start + done)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }
}

private func systemProblem(_ path: String) -> DataError {
    .unusableCache(path: path, reason: String(cString: strerror(errno)))
}
