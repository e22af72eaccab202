// SPDX-License-Identifier: MIT

internal import Glibc

/// The bytes of an open file, or of an array that stands for one.
///
/// Reads go straight to where the bytes are wanted. A file is not mapped into memory: one that another process cuts
/// short while it is read would then end this one by a signal instead of an error.
final class ByteSource: Sendable {
    private enum Bytes {
        case file(descriptor: Int32)
        case memory([UInt8])
    }

    let path: String
    let count: Int
    private let bytes: Bytes

    /// - Throws: ``TensorError/noFile(path:)``, ``TensorError/unreadable(path:reason:)`` unless there is a regular file that may
    ///   be read.
    init(path: String) throws {
        // Without O_NONBLOCK, opening a pipe waits for somebody to write.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT
                ? TensorError.noFile(path: path) : TensorError.unreadable(path: path, reason: systemReason())
        }
        var status = stat()
        let known = fstat(descriptor, &status) == 0
        guard known, status.st_mode & S_IFMT == S_IFREG else {
            let isFolder = known && status.st_mode & S_IFMT == S_IFDIR
            close(descriptor)
            throw TensorError.unreadable(path: path, reason: isFolder ? "a folder" : "not a regular file")
        }
        self.path = path
        count = Int(status.st_size)
        bytes = .file(descriptor: descriptor)
    }

    /// - Parameter path: What errors call these bytes.
    init(bytes: [UInt8], named path: String) {
        self.path = path
        count = bytes.count
        self.bytes = .memory(bytes)
    }

    deinit {
        if case .file(let descriptor) = bytes { close(descriptor) }
    }

    /// Fills the target with the bytes from `offset` on; that many there must be.
    ///
    /// - Throws: ``TensorError/unreadable(path:reason:)`` where the device fails or the file became shorter.
    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        precondition(
            offset >= 0 && offset <= count - target.count, "bytes \(offset)..+\(target.count) of \(count)")
        switch bytes {
        case .memory(let array):
            array.withUnsafeBytes { all in
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[offset..<offset + target.count]))
            }
        case .file(let descriptor):
            try read(into: target, at: offset, from: descriptor)
        }
    }

    func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialisedCount in
            try read(
                into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]),
                at: offset)
            initialisedCount = count
        }
    }

    private func read(
        into target: UnsafeMutableRawBufferPointer, at offset: Int, from descriptor: Int32
    ) throws {
        guard let start = target.baseAddress else { return }
        var done = 0
        while done < target.count {
            let length = pread(descriptor, start + done, target.count - done, off_t(offset + done))
            if length < 0, errno == EINTR { continue }
            guard length >= 0 else { throw TensorError.unreadable(path: path, reason: systemReason()) }
            guard length > 0 else {
                throw TensorError.unreadable(path: path, reason: "it became shorter while it was read")
            }
            done += length
        }
    }
}

/// The text of the system call's error that just happened.
func systemReason(_ code: Int32 = errno) -> String {
    String(cString: strerror(code))
}

/// The file and format that a reader's errors name.
struct Origin {
    let path: String
    let format: FileFormat

    /// A name in a file can be as long as the file.
    private static let longestReason = 1000

    func malformed(_ reason: String) -> TensorError {
        let shown = reason.utf8.count > Origin.longestReason ? reason.prefix(Origin.longestReason) + "…" : reason[...]
        return .malformed(path: path, format: format, reason: String(shown))
    }
}

extension [UInt8] {
    /// Up to eight bytes as an unsigned number, the least significant first; nil above `Int.max`.
    func number(at offset: Int, bytes length: Int) -> Int? {
        var value: UInt64 = 0
        for index in (0..<length).reversed() { value = value << 8 | UInt64(self[offset + index]) }
        return Int(exactly: value)
    }
}
