// SPDX-License-Identifier: MIT

package import Foundation
package import Pipeline

extension Revision {
    /// The revision of the checkout that a file or folder lies in; nil where it lies in none, or git is not there.
    ///
    /// A file that git does not know makes the checkout a changed one; other such files do not.
    package init?(of url: URL) {
        let isFolder = (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true
        let folder = isFolder ? url : url.deletingLastPathComponent()
        guard let commit = Self.git(["rev-parse", "--verify", "HEAD"], in: folder), commit.count == 40 else { return nil }
        let changes = Self.git(["status", "--porcelain", "--untracked-files=no"], in: folder)
        let isKnown = isFolder || Self.git(["ls-files", "--error-unmatch", "--", url.lastPathComponent], in: folder) != nil
        self.init(commit: commit, changed: changes != "" || !isKnown)
    }

    /// What git prints, without its end; nil where it fails.
    private static func git(_ arguments: [String], in folder: URL) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // A look must not take a lock that the user's own git wants.
        process.arguments = ["git", "--no-optional-locks"] + arguments
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else { return nil }
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
