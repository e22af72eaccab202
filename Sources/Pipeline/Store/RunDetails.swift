// SPDX-License-Identifier: MIT

/// Everything about one run.
public struct RunDetails: Sendable, Equatable, Encodable {
    /// What a list says of it.
    public let summary: RunSummary
    /// The path of its folder.
    public let folder: String
    /// Its plan.
    public let plan: Plan
    /// Where it stands; nil before its first stage has begun.
    public let result: RunResult?
}

extension RunDetails {
    /// The run as a list has it, its stages and its rows.
    ///
    /// - Parameters:
    ///   - columns: The figures of the rows.
    ///   - headline: Those in the line of the run itself.
    public func text(columns: [FigureColumn], headline: [FigureColumn]) -> String {
        let done = Dictionary(
            (result?.stages ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let stages = TextTable(
            headings: ["stage", "method", "took", ""],
            rows: plan.stages.map { stage in
                let found = done[stage.name]
                let remark = found.map { $0.origin.map { "reused from \($0)" } ?? "" } ?? "not done"
                return [stage.name, stage.method, found.map { ProgressLine.duration($0.seconds) } ?? "", remark]
            }, figures: [2])
        let error = result?.error.map { "error: \($0)\n" } ?? ""
        let rows = result.flatMap { $0.rows.isEmpty ? nil : "\n\(ResultTable($0.rows, columns: columns))" } ?? ""
        let notes = result.flatMap { $0.noteText.isEmpty ? nil : "\n\($0.noteText)" } ?? ""
        let foot = result?.provenance.map { "\n\($0)\n" } ?? ""
        return RunTable([summary], columns: headline).description
            + "\(folder)\n\(error)\n\(stages)\(rows)\(notes)\(foot)"
    }
}
