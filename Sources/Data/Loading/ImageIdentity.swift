// SPDX-License-Identifier: MIT

import Glibc

/// What tells a decoded image from all others without reading its file: the file's path, size, time of change and
/// inode, and the size that it was resized to.
struct ImageIdentity: Equatable {
    /// The path, a zero, and five words.
    let bytes: [UInt8]
    let digest: UInt64

    /// - Returns: nil where the file has no status, because it is not there or must not be seen.
    init?(of key: ImageCache.Key) {
        guard let state = try? FileState(of: key.path) else { return nil }
        let facts = [
            state.size, state.modified, Int(truncatingIfNeeded: state.inode), key.size?.height ?? 0,
            key.size?.width ?? 0,
        ]
        var bytes: [UInt8] = []
        if !key.path.hasPrefix("/") { bytes += ImageIdentity.workingFolder }
        bytes += key.path.utf8
        bytes.append(0)
        facts.withUnsafeBytes { bytes += $0 }
        self.bytes = bytes
        digest = bytes.withUnsafeBytes { Data.digest(of: $0) }
    }

    /// Relative paths mean nothing to another process. Passerby never changes its working folder.
    private static let workingFolder: [UInt8] = {
        guard let path = getcwd(nil, 0) else { return [] }
        defer { free(path) }
        return Array(String(cString: path).utf8) + [UInt8(ascii: "/")]
    }()

    /// The bytes that are kept: the key and the pixels, each filled up to a multiple of the file's unit.
    func record(of image: Image) -> [UInt8] {
        let padded = ImageFileLayout.rounded(bytes.count)
        var record = [UInt8](repeating: 0, count: padded + ImageFileLayout.rounded(image.pixels.count))
        record.replaceSubrange(0..<bytes.count, with: bytes)
        record.replaceSubrange(padded..<(padded + image.pixels.count), with: image.pixels)
        return record
    }
}
