// SPDX-License-Identifier: MIT

import Glibc

/// What a file system says of a file without opening it: enough to tell that it was changed, or that another has its name.
struct FileState: Hashable {
    let size: Int
    /// Nanoseconds since 1970.
    let modified: Int
    /// Tells files apart that were given each other's names: size and time of unpacked images are often the same.
    let inode: UInt64

    /// - Throws: ``DataError/unreadable(path:reason:)``, for what is no file too: opening a pipe would wait for ever.
    init(of path: String) throws(DataError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is not a file")
        }
        self.init(
            size: Int(status.st_size), modified: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec,
            inode: UInt64(status.st_ino))
    }

    init(size: Int, modified: Int, inode: UInt64) {
        self.size = size
        self.modified = modified
        self.inode = inode
    }
}
