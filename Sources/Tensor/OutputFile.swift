// SPDX-License-Identifier: MIT

internal import Glibc

/// A file that appears under its name whole, or not at all: written to a temporary neighbour, flushed, renamed.
final class OutputFile {
    private(set) var count = 0
    private let path: String
    private let temporary: String
    private let descriptor: Int32
    private var isFinished = false

    /// - Throws: ``TensorError/unwritable(path:reason:)``, as all that follow.
    init(path: String) throws {
        self.path = path
        // One name for all attempts: what a kill leaves is overwritten by the next.
        let (folder, name) = OutputFile.split(path)
        temporary = "\(folder)/.\(name).partial"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw TensorError.unwritable(path: path, reason: systemReason()) }
    }

    /// An unfinished file leaves nothing behind.
    deinit {
        close(descriptor)
        if !isFinished { unlink(temporary) }
    }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes(write)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard let start = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let length = Glibc.write(descriptor, start + done, bytes.count - done)
            if length < 0, errno == EINTR { continue }
            guard length > 0 else { throw TensorError.unwritable(path: path, reason: systemReason()) }
            done += length
        }
        count += done
    }

    /// Puts the file in place of what may be there.
    func finish() throws {
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw TensorError.unwritable(path: path, reason: systemReason())
        }
        isFinished = true
        let folder = open(OutputFile.split(path).folder, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw TensorError.unwritable(path: path, reason: systemReason()) }
        defer { close(folder) }
        // EINVAL: a file system that has nothing to flush for a folder.
        guard fsync(folder) == 0 || errno == EINVAL else {
            throw TensorError.unwritable(path: path, reason: systemReason())
        }
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = String(path[..<slash])
        return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
    }
}
