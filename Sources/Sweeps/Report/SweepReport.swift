// SPDX-License-Identifier: MIT

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
    /// Why there will be fewer; nil where others begin, or all have.
    public let end: SweepEnd?
    /// Settings that there is something to say of, the most important first.
    public let importance: [SettingImportance]
    /// All that are varied.
    let settings: [String]

    /// - Parameter isHeld: Whether a process works on a trial now.
    public init(_ study: Study, _ record: SweepRecord, isHeld: (SweepTrial) -> Bool) {
        let sweep = study.sweep
        self.sweep = sweep.name
        folder = study.folder.url.path
        objective = sweep.objective
        planned = sweep.trialCount
        end = record.trials.count < planned ? sweep.end(after: record) : nil
        importance = sweep.space.importance(among: record.trials)
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

    /// How many trials have not ended, those that are to begin counted; nil where all have.
    public var left: Int? {
        let left = trials.count { $0.trial.state == .running } + toBegin
        return left > 0 ? left : nil
    }

    private var toBegin: Int { end == nil ? max(0, planned - trials.count) : 0 }

    /// How many trials of each state there are, and how many are still to begin, or why none does.
    public var counts: String {
        let states = Dictionary(trials.map { ($0.state, 1) }, uniquingKeysWith: +)
        let words = ["complete", "running", "unfinished", "pruned", "failed"].compactMap { state in
            states[state].map { "\($0) \(state)" }
        }
        return (words + (toBegin > 0 ? ["\(toBegin) to begin"] : [])).joined(separator: ", ")
            + (end.map { "; no other begins: \($0)" } ?? "")
    }
}
