// SPDX-License-Identifier: MIT

package import Foundation
internal import Glibc

/// File operations whose effect is on the device when they return, and which fail with a named error.
package enum DurableFile {
    /// Puts a file in place whole: temporary neighbour, fsync, rename, fsync of the folder.
    ///
    /// - Parameters:
    ///   - isLasting: Whether the last of these is done; without it a loss of power may take back all of the file, never a
    ///     part of it.
    ///   - isShared: Whether others may do the same at this moment, as no lock sees to it that they do not: the file is that
    ///     of the last to come then. What a kill leaves stays.
    package static func replace(
        _ url: URL, with data: Data, isLasting: Bool = true, isShared: Bool = false
    ) throws {
        // One name for all attempts under a lock: what a kill leaves is overwritten by the next.
        let attempt = isShared ? ".\(UUID().uuidString)" : ""
        let temporary = url.deletingLastPathComponent().appendingPathComponent(
            ".\(url.lastPathComponent)\(attempt).partial")
        do {
            try write(data, to: temporary)
            try rename(temporary, to: url, isLasting: isLasting)
        } catch {
            // The reason for the failure matters; that of a failed clean-up does not.
            unlink(temporary.path)
            throw error
        }
    }

    /// What a file holds.
    ///
    /// - Throws: ``PipelineError/unreadable(path:reason:)``.
    package static func contents(of url: URL, options: Data.ReadingOptions = []) throws -> Data {
        do {
            return try Data(contentsOf: url, options: options)
        } catch {
            throw PipelineError.unreadable(path: url.path, reason: PipelineError.systemReason(of: error))
        }
    }

    /// The names in a folder, in no order; none where there is no such folder.
    ///
    /// - Throws: ``PipelineError/inputOutput(operation:path:reason:)`` where it is there and cannot be listed, which is not
    ///   the same: a stage whose checkpoints are not seen would begin anew.
    package static func names(in folder: URL) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            guard lstatSucceeds(folder) else { return [] }
            throw PipelineError.inputOutput(
                operation: "list", path: folder.path, reason: PipelineError.systemReason(of: error))
        }
    }

    /// Renames over what may be there and makes the new name durable, where that is wanted.
    static func rename(_ source: URL, to target: URL, isLasting: Bool = true) throws {
        try WriteFaults.strike("rename to", target.path)
        guard Glibc.rename(source.path, target.path) == 0 else { throw failure("rename to", target.path) }
        if isLasting { try synchronise(target.deletingLastPathComponent()) }
    }

    /// Flushes one file, or the names in one folder, to the device.
    static func synchronise(_ url: URL) throws {
        try WriteFaults.strike("flush", url.path)
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", url.path) }
        defer { close(descriptor) }
        // EINVAL: a file system that has nothing to flush for this kind of file.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure("flush", url.path) }
    }

    /// Makes a folder with all above it; one that is there already is fine.
    package static func makeFolders(_ url: URL) throws {
        try WriteFaults.strike("create", url.path)
        if mkdir(url.path, 0o777) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, url.path != "/", !url.path.isEmpty else { throw failure("create", url.path) }
        try makeFolders(url.deletingLastPathComponent())
        guard mkdir(url.path, 0o777) == 0 || errno == EEXIST else { throw failure("create", url.path) }
    }

    /// Removes a file or a folder with all it holds; one that is not there is fine.
    static func remove(_ url: URL) throws {
        try WriteFaults.strike("remove", url.path)
        do {
            try FileManager.default.removeItem(at: url)
        } catch CocoaError.fileNoSuchFile {
            return
        } catch {
            guard lstatSucceeds(url) else { return }
            throw PipelineError.inputOutput(
                operation: "remove", path: url.path, reason: PipelineError.systemReason(of: error))
        }
    }

    /// Whether anything has this name, a dangling link included.
    package static func lstatSucceeds(_ url: URL) -> Bool {
        var status = stat()
        return lstat(url.path, &status) == 0
    }

    /// Whether a folder has this name, or what a link of this name points to is one.
    static func isFolder(_ url: URL) -> Bool {
        var status = stat()
        return stat(url.path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// What the device knows of every file below a folder; of the file itself where it is one. Links and the like are left
    /// out.
    static func statuses(below url: URL) -> [stat] {
        let names = FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? []
        return ([url] + names.map { url.appendingPathComponent($0) }).compactMap { file in
            var status = stat()
            return lstat(file.path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? status : nil
        }
    }

    /// The bytes of every file below a folder, or of a file.
    package static func bytes(below url: URL) -> Int { statuses(below: url).reduce(0) { $0 + Int($1.st_size) } }

    /// How many names a file has on its device; nil where it is not there.
    static func nameCount(_ url: URL) -> Int? {
        var status = stat()
        return lstat(url.path, &status) == 0 ? Int(status.st_nlink) : nil
    }

    /// Writes all bytes to an open descriptor, through short writes and interruptions.
    static func writeAll(_ data: Data, to descriptor: Int32, path: String) throws {
        try WriteFaults.strike("write", path)
        try data.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
                let count = Glibc.write(descriptor, base, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw failure("write", path) }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// The named error of the system call that just failed.
    static func failure(_ operation: String, _ path: String, code: Int32 = errno) -> PipelineError {
        switch code {
        case ENOSPC, EDQUOT: .diskFull(path: path)
        case EROFS, EACCES, EPERM: .readOnly(path: path)
        default: .inputOutput(operation: operation, path: path, reason: String(cString: strerror(code)))
        }
    }

    private static func write(_ data: Data, to url: URL) throws {
        let descriptor = open(url.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("create", url.path) }
        defer { close(descriptor) }
        try writeAll(data, to: descriptor, path: url.path)
        guard fsync(descriptor) == 0 else { throw failure("flush", url.path) }
    }
}
