// SPDX-License-Identifier: MIT

package import Foundation

/// A file that only grows: every call is one append, so a killed process leaves at most a torn tail.
package final class AppendFile {
    package let path: String
    private let descriptor: Int32

    /// Opens the file at its end, creating it when it is not there.
    ///
    /// - Parameters:
    ///   - url: The file, in an existing folder.
    ///   - isNew: Whether the file must not be there yet.
    /// - Throws: ``PipelineError/readOnly(path:)``, ``PipelineError/diskFull(path:)`` or
    ///   ``PipelineError/inputOutput(operation:path:reason:)``.
    package init(_ url: URL, isNew: Bool = false) throws {
        path = url.path
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC
        descriptor = open(path, isNew ? flags | O_EXCL : flags, 0o666)
        guard descriptor >= 0 else { throw DurableFile.failure("open", path) }
    }

    deinit { close(descriptor) }

    package func append(_ data: Data) throws {
        try DurableFile.writeAll(data, to: descriptor, path: path)
    }

    /// Cuts the file back to a length, which drops a torn tail.
    package func truncate(to byteCount: Int) throws {
        try WriteFaults.strike("truncate", path)
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
            throw DurableFile.failure("truncate", path)
        }
    }

    package func synchronise() throws {
        try WriteFaults.strike("flush", path)
        // EINVAL: a device or pipe, which has nothing to flush.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw DurableFile.failure("flush", path) }
    }
}
