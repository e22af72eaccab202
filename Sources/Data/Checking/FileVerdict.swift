// SPDX-License-Identifier: MIT

/// What became of reading a file to its end.
enum FileVerdict: Hashable, Sendable {
    /// It decodes. Two files have the same content exactly when these values are equal.
    case whole(Content)
    /// It is there, and is no whole image.
    case damaged(reason: String)

    /// The hash of a file's bytes, and which it is of several contents that share the hash.
    struct Content: Hashable, Sendable {
        let hash: UInt128
        var variant = 0
    }
}
