// SPDX-License-Identifier: MIT

/// A folder under git, as it was at a moment.
public struct Revision: Sendable, Codable, Equatable {
    /// The commit, 40 hexadecimal digits.
    public let commit: String
    /// Whether files were other than the commit has them.
    public let changed: Bool

    public init(commit: String, changed: Bool) {
        self.commit = commit
        self.changed = changed
    }
}

/// Who asks for a run, and with what: all that is known of it before it begins.
public struct RunRequest: Sendable, Codable, Equatable {
    /// The program's version, and its sources' revision where they are under git.
    public let version: String
    public let revision: Revision?
    /// The command line, a word each.
    public let command: [String]
    /// The values that replace the file's.
    public let overrides: [String]
    /// The experiment's file as it was named, and the revision of the folder it lies in where that is under git.
    public let file: String
    public let fileRevision: Revision?

    /// A request as given.
    public init(
        version: String, revision: Revision?, command: [String], overrides: [String], file: String, fileRevision: Revision?
    ) {
        self.version = version
        self.revision = revision
        self.command = command
        self.overrides = overrides
        self.file = file
        self.fileRevision = fileRevision
    }

    private enum CodingKeys: String, CodingKey {
        case version, revision, command, overrides, file, fileRevision = "file_revision"
    }
}

/// What made a result: a member of `result.json`.
///
/// Of a run that was gone on with it is that of the last process.
public struct RunProvenance: Sendable, Codable, Equatable {
    public let request: RunRequest
    public let seed: UInt64
    public let threads: Int
    /// The machine's own name.
    public let host: String
    /// Device, processor, libraries and kernels, by name.
    public let machine: [String: String]

    /// What a request comes to under conditions.
    init(_ request: RunRequest, seed: UInt64, under conditions: RunConditions?) {
        self.request = request
        self.seed = seed
        threads = conditions?.threads ?? 0
        host = ThisProcess.host
        machine = conditions?.facts ?? [:]
    }
}

extension Revision: CustomStringConvertible {
    /// Its first digits, and whether it was changed: `199bd783a1b2, changed`.
    public var description: String { commit.prefix(12) + (changed ? ", changed" : "") }
}

extension RunProvenance: CustomStringConvertible {
    /// The program and the machine, in one line: what is the same for all seeds and settings.
    public var maker: String {
        let program = "passerby \(request.version)" + (request.revision.map { " (\($0))" } ?? "")
        let parts = ["libtorch", "kernels", "device"].compactMap { name in machine[name].map { "\(name) \($0)" } }
        return ([program] + parts + ["threads \(threads)"]).joined(separator: " · ")
    }

    /// One line, for the foot of a result.
    public var description: String {
        let file = request.file + (request.fileRevision.map { " (\($0))" } ?? "")
        return ([maker, "seed \(seed)", file] + request.overrides).joined(separator: " · ")
    }
}
