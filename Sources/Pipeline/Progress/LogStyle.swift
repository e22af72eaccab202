// SPDX-License-Identifier: MIT

/// How a run says what it is doing.
public enum LogStyle: String, Sendable, CaseIterable {
    /// One line that rewrites itself on a terminal, plain lines elsewhere.
    case auto
    /// Plain lines, now and then.
    case plain
    /// A line at every tenth of an epoch's steps, and for all that is done between them, in fixed fields.
    case classic
}
