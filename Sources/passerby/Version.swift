// SPDX-License-Identifier: MIT

internal import Experiments
internal import Foundation
internal import Pipeline
internal import Tensor

/// Which program this is.
enum Version {
    /// Of what the next release will be.
    static let number = "0.1.0-dev"

    /// The revision of the sources that the launcher builds, where they are under git.
    static var revision: Revision? {
        guard let home = ProcessInfo.processInfo.environment["PASSERBY_HOME"] else { return nil }
        let folder = URL(fileURLWithPath: home)
        let manifest = folder.appendingPathComponent("Package.swift")
        guard FileManager.default.fileExists(atPath: manifest.path) else { return nil }
        return Revision(of: folder)
    }

    /// What `--version` prints.
    static var text: String {
        "passerby \(number)" + (revision.map { " (\($0))" } ?? "") + "\nlibtorch \(Engine.version)"
    }
}
