// SPDX-License-Identifier: MIT

public import Reporting

/// What can go wrong around Slurm.
public enum SlurmError: ReportedError, Equatable {
    /// There is no such command on this machine.
    case noSlurm(command: String)
    /// One of Slurm's commands failed.
    case refused(command: String, code: Int32, message: String)

    public var exitKind: ExitKind { .missing }

    public var description: String {
        switch self {
        case .noSlurm(let command):
            "there is no '\(command)' here: '--launcher slurm' hands the work to Slurm, from a machine on which jobs are "
                + "submitted; without it this machine does the work"
        case .refused(let command, let code, let message):
            "Slurm's \(command) failed with exit code \(code): "
                + (message.isEmpty ? "it did not say why" : message.split(separator: "\n").joined(separator: "\n  "))
        }
    }
}
