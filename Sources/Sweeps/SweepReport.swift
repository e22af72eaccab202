// SPDX-License-Identifier: MIT

public import Pipeline
internal import FoundationEssentials

/// What a sweep has come to until now: the JSON document of `passerby sweep --json`, and a table.
public struct SweepReport: Sendable, Equatable {
    /// A trial as the report has it.
    public struct Trial: Sendable, Equatable {
        /// From 1 among the complete ones, the best first; nil for others.
        public let rank: Int?
        public let trial: SweepTrial
        public let state: String
        /// The path of the folder that its runs lie in.
        public let folder: String
    }

    public let sweep: String
    /// The path of the sweep's folder.
    public let folder: String
    public let objective: Objective
    /// The complete ones by rank, then the others by number.
    public let trials: [Trial]
    /// How many trials there are to be at most.
    public let planned: Int
    private let settings: [String]

    /// - Parameter isHeld: Whether a process works on a trial now.
    public init(_ study: Study, _ record: SweepRecord, isHeld: (SweepTrial) -> Bool) {
        let sweep = study.sweep
        self.sweep = sweep.name
        folder = study.folder.url.path
        objective = sweep.objective
        planned = sweep.trialCount
        settings = sweep.space.dimensions.map(\.key)
        let ranked = record.ranking(by: sweep.objective)
        let ranks = Dictionary(ranked.enumerated().map { ($1.number, $0 + 1) }) { $1 }
        let others = record.trials.filter { ranks[$0.number] == nil }
        trials = (ranked + others).map { trial in
            Trial(
                rank: ranks[trial.number], trial: trial, state: Self.word(trial, isHeld: isHeld(trial)),
                folder: study.folder.folder(of: trial).path)
        }
    }

    private static func word(_ trial: SweepTrial, isHeld: Bool) -> String {
        switch trial.state {
        case .running: isHeld ? "running" : "unfinished"
        case .complete: "complete"
        case .pruned: "pruned"
        case .failed: "failed"
        }
    }

    /// The best trial; nil before one is complete.
    public var best: Trial? { trials.first { $0.rank == 1 } }

    /// How many trials have not ended; nil where all have.
    public var left: Int? {
        let ended = trials.count { $0.trial.state != .running }
        return ended < planned ? planned - ended : nil
    }

    /// How many trials of each state there are, and how many are still to begin.
    public var counts: String {
        let states = Dictionary(trials.map { ($0.state, 1) }, uniquingKeysWith: +)
        let words = ["complete", "running", "unfinished", "pruned", "failed"].compactMap { state in
            states[state].map { "\($0) \(state)" }
        }
        let rest = planned - trials.count
        return (words + (rest > 0 ? ["\(rest) to begin"] : [])).joined(separator: ", ")
    }

    /// The trials as a table, the best first.
    ///
    /// - Parameter figure: How the objective's values are shown.
    public func table(_ figure: FigureColumn) -> String {
        let words = ["rank", "trial", "state"]
        return TextTable(
            headings: words + [figure.heading, "took"] + settings + ["folder"],
            rows: trials.map { row in
                let values = row.trial.values
                return [row.rank.map { "\($0)" } ?? "-", "\(row.trial.number + 1)", row.state]
                    + [row.trial.text(figure), ProgressLine.duration(row.trial.seconds)]
                    + settings.map { values[$0] ?? "-" } + [row.trial.digest]
            }, figures: [0, 1, 3, 4]
        ).description
    }
}

extension SweepTrial {
    /// Its values by setting, as a command line says them.
    var values: [String: String] {
        let pairs = assignments.compactMap { assignment -> (String, String)? in
            guard let equals = assignment.firstIndex(of: "=") else { return nil }
            return (String(assignment[..<equals]), String(assignment[assignment.index(after: equals)...]))
        }
        return Dictionary(pairs) { $1 }
    }

    /// Its value, with the deviation of its replicas where there are several: `61.3 ± 0.4`.
    public func text(_ figure: FigureColumn) -> String {
        guard let value else { return "-" }
        let cell = { (value: Double) in figure.cell([figure.name: value]) }
        return cell(value) + (deviation.map { " ± \(cell($0))" } ?? "")
    }
}

extension SweepReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case sweep, folder, objective, planned, trials
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(sweep, forKey: .sweep)
        try container.encode(folder, forKey: .folder)
        try container.encode(
            ["row": objective.row, "figure": objective.figure, "direction": objective.direction.rawValue],
            forKey: .objective)
        try container.encode(planned, forKey: .planned)
        try container.encode(trials, forKey: .trials)
    }
}

extension SweepReport.Trial: Encodable {
    private enum CodingKeys: String, CodingKey {
        case rank, number, digest, state, overrides, value, deviation, replicas, seconds, error, folder
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(rank, forKey: .rank)
        try container.encode(trial.number, forKey: .number)
        try container.encode(trial.digest, forKey: .digest)
        try container.encode(state, forKey: .state)
        try container.encode(trial.assignments, forKey: .overrides)
        try container.encodeIfPresent(trial.value, forKey: .value)
        try container.encodeIfPresent(trial.deviation, forKey: .deviation)
        try container.encode(
            Dictionary(trial.replicas.map { ("\($0.seed)", $0.value) }) { $1 }, forKey: .replicas)
        try container.encode(trial.seconds, forKey: .seconds)
        try container.encodeIfPresent(trial.error, forKey: .error)
        try container.encode(folder, forKey: .folder)
    }
}
