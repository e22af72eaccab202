// SPDX-License-Identifier: MIT

/// What a script learns of a program that failed: its exit code, by what has to be done about it.
public enum ExitKind: Int32, Sendable, CaseIterable {
    /// The command line or the experiment's file is wrong.
    case usage = 64
    /// Data, weights or files of a run are damaged, or not what they should be.
    case badData = 65
    /// Something needed is missing: a dataset, a place to write, memory.
    case missing = 69
    /// A defect of ours.
    case defect = 70
    /// It stopped on the way, and goes on with the same command once the cause is gone.
    case resumable = 75
}

/// An error that a person may be shown.
///
/// Its description names the file, line, key or shape, what was found and what is allowed. Its kind stands beside it, so
/// that a new error, or a new case of an old one, does not compile without saying with which code the program ends.
public protocol ReportedError: Error, CustomStringConvertible {
    /// With which code the program ends.
    var exitKind: ExitKind { get }
}
