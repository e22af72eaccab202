// SPDX-License-Identifier: MIT

internal import Foundation
internal import Glibc

extension DurableFile {
    /// Gives a file, or a folder with all its files, a second name; what was there under it must be gone.
    ///
    /// Files are shared as hard links, and copied where the system refuses those. The names are on the device when
    /// this returns; the bytes of copies are not, see ``FileTree/init(at:fromDevice:flushing:)``.
    ///
    /// - Returns: How many files had to be copied.
    @discardableResult
    static func share(
        _ source: URL, as target: URL, linking: (String, String) -> Int32 = { link($0, $1) }
    ) throws -> Int {
        guard isFolder(source) else { return try shareFile(source, as: target, linking) ? 0 : 1 }
        try makeFolders(target)
        var copied = 0
        for name in try names(in: source) {
            copied += try share(
                source.appendingPathComponent(name), as: target.appendingPathComponent(name), linking: linking)
        }
        try synchronise(target)
        return copied
    }

    /// Whether a link failed because there can be none here, and a copy is worth a try.
    static func refusesLinks(_ code: Int32) -> Bool {
        [EXDEV, EPERM, EACCES, EMLINK, ENOTSUP, EOPNOTSUPP, ENOSYS].contains(code)
    }

    private static func shareFile(
        _ source: URL, as target: URL, _ linking: (String, String) -> Int32
    ) throws -> Bool {
        try WriteFaults.strike("link", target.path)
        if linking(source.path, target.path) == 0 { return true }
        let code = errno
        guard refusesLinks(code) else { throw failure("link", target.path, code: code) }
        try copy(source, to: target)
        return false
    }

    private static func copy(_ source: URL, to target: URL) throws {
        let input = open(source.path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw failure("read", source.path) }
        defer { close(input) }
        let output = open(target.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard output >= 0 else { throw failure("create", target.path) }
        defer { close(output) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(input, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", source.path) }
            if count == 0 { return }
            try writeAll(Data(buffer[..<count]), to: output, path: target.path)
        }
    }
}
