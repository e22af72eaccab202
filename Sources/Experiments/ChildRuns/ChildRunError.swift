// SPDX-License-Identifier: MIT

internal import Glibc
package import Reporting

/// How a process of this program ended that should have done its work.
package enum ChildRunError: ReportedError, Equatable {
    case failed(command: String, code: Int32)
    case killed(command: String, signal: Int32)

    package var exitKind: ExitKind {
        switch self {
        // Its own, which is one of these unless it ended in a way that we do not know.
        case .failed(_, let code): ExitKind(rawValue: code) ?? .defect
        // Nobody but the kernel, for want of memory, kills what we start.
        case .killed(_, let signal): signal == SIGKILL ? .missing : .defect
        }
    }

    package var description: String {
        switch self {
        case .failed(let command, let code):
            "'passerby \(command)' ended with exit code \(code); its message is above"
        case .killed(let command, let signal):
            "'passerby \(command)' was ended by signal \(signal)"
                + (signal == SIGKILL ? ", as happens where memory does not suffice" : "")
        }
    }
}
