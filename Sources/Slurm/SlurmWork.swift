// SPDX-License-Identifier: MIT

public import Foundation

/// Work that any number of processes may share, each of which claims the next part of it: a sweep, or a table.
public struct SlurmWork: Sendable {
    /// What it is, in one word: `sweep`.
    public let kind: String
    public let name: String
    /// What its processes claim: `trials`.
    public let parts: String
    /// The command that submits its jobs, without `--launcher slurm`.
    public let command: String
    /// The command that shows how far it is.
    public let statusCommand: String
    /// Where the script, the numbers of jobs and what jobs say lie.
    public let folder: URL
    public let settings: SlurmSettings

    /// Work as given; nothing is read or written.
    public init(
        kind: String, name: String, parts: String, command: String, statusCommand: String, folder: URL,
        settings: SlurmSettings
    ) {
        self.kind = kind
        self.name = name
        self.parts = parts
        self.command = command
        self.statusCommand = statusCommand
        self.folder = folder
        self.settings = settings
    }

    /// The batch script.
    public var script: URL { folder.appendingPathComponent("\(kind).sh") }
}
