// SPDX-License-Identifier: MIT

/// The retrieval figures after one step worth comparing; a row of the final table.
public struct ResultRow: Sendable, Codable, Equatable {
    /// What the figures are of: `direct transfer`.
    public let name: String
    /// The ranking protocol; nil where it is the table's.
    public let rankingProtocol: String?
    /// Mean average precision, in `[0, 1]`.
    public let mAP: Double
    /// The share of queries with a match at rank 1, in `[0, 1]`.
    public let top1: Double
    /// The share of queries with a match among the first 5, in `[0, 1]`.
    public let top5: Double
    /// The share of queries with a match among the first 10, in `[0, 1]`.
    public let top10: Double

    /// A row of figures in `[0, 1]`.
    public init(
        name: String, rankingProtocol: String? = nil, mAP: Double, top1: Double, top5: Double, top10: Double
    ) {
        self.name = name
        self.rankingProtocol = rankingProtocol
        self.mAP = mAP
        self.top1 = top1
        self.top5 = top5
        self.top10 = top10
    }

    private enum CodingKeys: String, CodingKey {
        case name, rankingProtocol = "protocol", mAP, top1, top5, top10
    }
}

/// What one stage of a run came to.
public struct StageResult: Sendable, Codable, Equatable {
    /// The stage's name.
    public let name: String
    /// The method that filled it.
    public let method: String
    /// Seconds that it took, all attempts together; where it was reused, those of the run that worked it out.
    public let seconds: Double
    /// Whether the result came from the store.
    public let reused: Bool
    /// The run that worked it out, where it was reused.
    public let origin: RunName?
    /// The stage's own figures by name.
    public let metrics: [String: Double]
}

/// The contents of `result.json`.
public struct RunResult: Sendable, Codable, Equatable {
    /// Where a run stands; a process that was killed leaves `running` behind.
    public enum Status: String, Sendable, Codable {
        case running, completed, failed
        /// Stopped by a signal, or at the stage named with `--until`; can be resumed.
        case interrupted
    }

    /// The figures after the last stage.
    public struct Final: Sendable, Codable, Equatable {
        /// The ranking protocol.
        public let rankingProtocol: String?
        /// As in ``ResultRow/mAP``.
        public let mAP: Double
        /// As in ``ResultRow/top1``.
        public let top1: Double
        /// As in ``ResultRow/top5``.
        public let top5: Double
        /// As in ``ResultRow/top10``.
        public let top10: Double

        private enum CodingKeys: String, CodingKey {
            case rankingProtocol = "protocol", mAP, top1, top5, top10
        }
    }

    /// The experiment's name.
    public let experiment: String
    /// The name of the run's folder.
    public let run: String
    /// Where the run stands.
    public internal(set) var status: Status
    /// Why it failed.
    public internal(set) var error: String?
    /// The stages that are done, in order.
    public internal(set) var stages: [StageResult] = []
    /// The figures after every step worth comparing, in order.
    public internal(set) var rows: [ResultRow] = []
    /// What a reader should know besides, each thing once whichever stages say it; nil where there is nothing.
    public internal(set) var notes: [String]?
    /// The last row; nil before there is one.
    public internal(set) var final: Final?

    init(experiment: String, run: String) {
        self.experiment = experiment
        self.run = run
        status = .running
    }

    /// Adds a finished stage with its rows.
    mutating func append(_ manifest: StageManifest) {
        stages.append(StageResult(
            name: manifest.stage, method: manifest.method, seconds: manifest.seconds,
            reused: manifest.reused, origin: manifest.reused ? manifest.origin : nil, metrics: manifest.metrics))
        rows += manifest.rows
        if let added = manifest.notes {
            let said = Set(notes ?? [])
            notes = (notes ?? []) + added.filter { !said.contains($0) }
        }
        let named = rows.last { $0.rankingProtocol != nil }
        final = rows.last.map { row in
            Final(
                rankingProtocol: row.rankingProtocol ?? named?.rankingProtocol, mAP: row.mAP, top1: row.top1,
                top5: row.top5, top10: row.top10)
        }
    }
}

extension RunResult {
    /// How many notes are printed; all of them are in ``notes``.
    static let shownNotes = 20

    /// The notes as a person reads them, a line each and ended; empty where there is none.
    public var noteText: String {
        let all = notes ?? []
        let hidden = all.count - Self.shownNotes
        let rest = hidden > 0 ? ["and \(hidden) more notes in result.json"] : []
        return (all.prefix(Self.shownNotes).map { "note: \($0)" } + rest).map { $0 + "\n" }.joined()
    }
}
