// SPDX-License-Identifier: MIT

internal import Pipeline
public import Reporting

/// What can be wrong around a table.
public enum TableError: ReportedError, Equatable {
    /// A result has not the row that the table names.
    case noRow(wanted: String?, run: String, found: [String])
    /// Runs are missing.
    case unfinished(table: String, missing: Int, all: Int)

    public var exitKind: ExitKind {
        switch self {
        case .noRow: .usage
        case .unfinished: .resumable
        }
    }

    public var description: String {
        switch self {
        case .noRow(let wanted, let run, let found):
            "\(run): " + (wanted.map { "no row '\($0)'" } ?? "no row") + "; its rows are "
                + (found.isEmpty ? "none" : found.map { "'\($0)'" }.joined(separator: ", "))
        case .unfinished(let table, let missing, let all):
            "\(missing) of \(counted(all, "run")) of '\(table)' \(missing == 1 ? "is" : "are") missing, for the reasons above; "
                + "the same command goes on"
        }
    }
}
