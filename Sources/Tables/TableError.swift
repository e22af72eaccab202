// SPDX-License-Identifier: MIT

public import Reporting

/// What can be wrong around a table.
public enum TableError: ReportedError, Equatable {
    /// A result has not the row that the table names.
    ///
    /// - Parameter place: Where the table's file names it, or the experiment.
    case noRow(place: String, wanted: String?, run: String, found: [String])
    /// Runs are missing.
    case unfinished(table: String, missing: Int, all: Int)
    /// Runs are missing, and none was to be run.
    case planned(table: String, missing: Int, all: Int)

    public var exitKind: ExitKind {
        switch self {
        case .noRow: .usage
        case .unfinished, .planned: .resumable
        }
    }

    public var description: String {
        switch self {
        case .noRow(let place, let wanted, let run, let found):
            "\(place): \(run) has " + (wanted.map { "no row '\($0)'" } ?? "no row") + "; its rows are "
                + (found.isEmpty ? "none" : found.map { "'\($0)'" }.joined(separator: ", "))
        case .unfinished(let table, let missing, let all):
            Self.missing(missing, of: all, table) + ", for the reasons above; the same command goes on"
        case .planned(let table, let missing, let all):
            Self.missing(missing, of: all, table) + "; nothing was run: without --plan they are"
        }
    }

    private static func missing(_ count: Int, of all: Int, _ table: String) -> String {
        "\(count) of \(counted(all, "run")) of '\(table)' \(count == 1 ? "is" : "are") missing"
    }
}
