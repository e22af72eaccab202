// SPDX-License-Identifier: MIT

public import Pipeline
public import Reporting

/// What a user, a file or a trial can make go wrong around a sweep.
public enum SweepError: ReportedError, Equatable {
    /// The result has no row by which trials are to be ranked.
    case noRow(wanted: String?, run: String, found: [String])
    /// The row has no such figure.
    case noFigure(wanted: String, row: String, run: String, found: [String])
    /// The figure is infinite or not a number.
    case notFinite(figure: String, run: String)
    /// Trials are there that came from another space, experiment or objective.
    case changed(folder: String, differences: [JSONDifference])
    /// A trial's run was computed on other data than one before.
    case dataChanged(run: String, other: String, differences: [String])
    /// No process has begun the sweep.
    case notBegun(sweep: String, folder: String)
    /// So many trials failed that no other was begun; the kind is that of the last.
    case manyFailures(count: Int)
    /// A trial could not go on, and others could not either.
    case trialStopped(trial: Int, reason: String)
    /// A trial's run ended well, and left no result.
    case noResult(folder: String, seed: Int)
    /// Not all trials have ended, as other processes work on them.
    case unfinished(sweep: String, count: Int)
    /// No trial is complete yet.
    case noneYet(sweep: String)
    /// Every trial failed.
    case nothingComplete(sweep: String, failed: Int)
    /// The journal holds something that no version of this program wrote.
    case corruptJournal(path: String, line: Int, reason: String)

    public var exitKind: ExitKind {
        switch self {
        case .noRow, .noFigure, .changed, .notBegun: .usage
        case .notFinite, .dataChanged, .corruptJournal, .nothingComplete: .badData
        case .manyFailures, .trialStopped, .unfinished, .noneYet: .resumable
        case .noResult: .defect
        }
    }

    public var description: String {
        switch self {
        case .noRow(let wanted, let run, let found):
            "\(run): " + (wanted.map { "no row '\($0)' to rank trials by" } ?? "no row to rank trials by")
                + "; its rows are " + (found.isEmpty ? "none" : found.map { "'\($0)'" }.joined(separator: ", "))
        case .noFigure(let wanted, let row, let run, let found):
            "\(run): the row '\(row)' has no figure '\(wanted)' to rank trials by; it has "
                + (found.isEmpty ? "none" : found.joined(separator: ", "))
        case .notFinite(let figure, let run):
            "\(run): '\(figure)' is no finite number, and trials cannot be ranked by it"
        case .changed(let folder, let differences):
            "\(folder): its trials came from another sweep than the file now says, and cannot be ranked with new ones: "
                + differences.map(\.description).joined(separator: "; ")
                + ". Give the file another name, or undo the change"
        case .dataChanged(let run, let other, let differences):
            "\(run): computed on other data than \(other), and their values cannot be ranked: "
                + differences.joined(separator: "; ")
                + ". Put the data back and remove this run, after which the same command goes on; or give the sweep's file another "
                + "name"
        case .notBegun(let sweep, let folder):
            "no trial of '\(sweep)' was begun: there is no journal in \(folder); 'passerby sweep \(sweep)' begins it"
        case .manyFailures(let count):
            "no other trial is begun after \(counted(count, "failure")), as --fail-fast says; their reasons are above"
        case .trialStopped(let trial, let reason):
            "trial \(trial) stopped, and goes on with the same command: \(reason)"
        case .noResult(let folder, let seed):
            "\(folder): the run with seed \(seed) ended well, and left no result"
        case .unfinished(let sweep, let count):
            "\(counted(count, "trial")) of '\(sweep)' \(count == 1 ? "is" : "are") worked on by other processes; "
                + "'passerby sweep status \(sweep)' shows them"
        case .noneYet(let sweep):
            "no trial of '\(sweep)' is complete yet"
        case .nothingComplete(let sweep, let failed):
            "no trial of '\(sweep)' has a result: all \(failed) failed; 'passerby sweep status \(sweep)' says why"
        case .corruptJournal(let path, let line, let reason):
            "\(path):\(line): \(reason)"
        }
    }
}
