// SPDX-License-Identifier: MIT

public import Reporting

/// What can go wrong when a synthetic world is described or written.
public enum SyntheticWorldError: ReportedError, Equatable {
    /// A parameter that no world can have.
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// The parameter's key path, such as `source.cameras`.
        public let key: String
        /// The value as found.
        public let found: String
        /// What is allowed there.
        public let allowed: String

        /// The three in one sentence.
        public var description: String { "\(key) is \(found), allowed: \(allowed)" }
    }

    /// The parameters describe no world; all problems at once.
    case impossible([Problem])
    /// The folder holds a synthetic world of other parameters or of another version of the generator.
    case differentWorld(path: String)
    /// The path is a file, or a folder with contents that no synthetic world wrote.
    case occupied(path: String)
    /// The world's description in the folder cannot be read.
    case unreadable(path: String, reason: String)
    /// A file or folder cannot be written.
    case unwritable(path: String, reason: String)

    public var exitKind: ExitKind {
        switch self {
        case .impossible, .differentWorld, .occupied, .unreadable: .badData
        case .unwritable: .missing
        }
    }

    /// What was found, where, and what to do about it.
    public var description: String {
        switch self {
        case .impossible(let problems):
            "synthetic world: " + problems.map(\.description).joined(separator: "; ")
        case .differentWorld(let path):
            "'\(path)' holds a synthetic world of other parameters (see its world.json); "
                + "remove the folder or name another"
        case .occupied(let path):
            "'\(path)' is in the way and is no synthetic world (it has no world.json); name another folder"
        case .unreadable(let path, let reason):
            "cannot read '\(path)': \(reason)"
        case .unwritable(let path, let reason):
            "cannot write '\(path)': \(reason)"
        }
    }
}
