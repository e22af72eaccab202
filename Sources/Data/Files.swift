// SPDX-License-Identifier: MIT

import Glibc

/// The content of a file.
///
/// - Throws: ``DataError/unreadable(path:reason:)`` with the system's reason.
func readFile(_ path: String) throws(DataError) -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw unreadable(path) }
    defer { fclose(file) }
    var status = stat()
    guard fstat(fileno(file), &status) == 0 else { throw unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
        throw .unreadable(path: path, reason: "it is not a file")
    }
    let expected = Int(status.st_size)
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: expected) { buffer, count in
        count = fread(buffer.baseAddress, 1, expected, file)
        failed = ferror(file) != 0
    }
    if failed { throw unreadable(path) }
    return bytes
}

private func unreadable(_ path: String) -> DataError {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
}
