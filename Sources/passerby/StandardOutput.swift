// SPDX-License-Identifier: MIT

@preconcurrency internal import Glibc

/// Where results are printed to.
enum StandardOutput {
    /// Writes what is still held back, and looks whether all of it has come to where it should go.
    ///
    /// `print` says nothing of a full disk: what it could not write is lost, and a script would take an empty file for the
    /// result. A reader that went away before the end, as `head` does, has lost nothing that it wanted.
    ///
    /// - Throws: ``CommandError/outputLost(reason:)``.
    static func finish() throws(CommandError) {
        let wasRefused = ferror(stdout) != 0
        errno = 0
        // What was refused before took its reason with it; one more line is refused for the same.
        if wasRefused { putchar(10) }
        guard fflush(stdout) != 0 || wasRefused, errno != EPIPE else { return }
        throw .outputLost(reason: errno == 0 ? "a part of it was refused" : String(cString: strerror(errno)))
    }
}
