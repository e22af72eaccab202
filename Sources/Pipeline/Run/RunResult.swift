// SPDX-License-Identifier: MIT

/// What one stage of a run came to.
public struct StageResult: Sendable, Codable, Equatable {
    /// The stage's name.
    public let name: String
    /// The method that filled it.
    public let method: String
    /// Seconds that it took, all attempts together; where it was reused, those of the run that computed it.
    public let seconds: Double
    /// Whether the result came from the store.
    public let reused: Bool
    /// The run that computed it, where it was reused.
    public let origin: RunName?
    /// The stage's own figures by name.
    public let metrics: [String: Double]
}

/// The contents of `result.json`.
public struct RunResult: Sendable, Codable, Equatable {
    /// Where a run stands; a process that was killed leaves `running` behind.
    public enum Status: String, Sendable, Codable {
        case running, completed, failed
        /// Stopped by a signal; can be resumed.
        case interrupted
        /// Came to the stage named with `--until`, which is what was asked of it; can be resumed.
        case stopped
    }

    /// The figures after the last stage; in JSON each is a member beside `protocol`.
    public struct Final: Sendable, Codable, Equatable {
        /// The protocol that they were measured under.
        public let evaluationProtocol: String?
        /// As in ``ResultRow/figures``.
        public let figures: [String: Double]

        init(evaluationProtocol: String?, figures: [String: Double]) {
            self.evaluationProtocol = evaluationProtocol
            self.figures = figures
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: FlatFigures.Key.self)
            evaluationProtocol = try container.decodeIfPresent(String.self, forKey: .evaluationProtocol)
            figures = try FlatFigures(from: decoder).values
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: FlatFigures.Key.self)
            try container.encodeIfPresent(evaluationProtocol, forKey: .evaluationProtocol)
            try FlatFigures(values: figures).encode(to: encoder)
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
    /// What made all this; nil where nobody said.
    public internal(set) var provenance: RunProvenance?

    init(experiment: String, run: String) {
        self.experiment = experiment
        self.run = run
        status = .running
    }

    /// Adds a finished stage with its rows.
    mutating func append(_ manifest: StageManifest) {
        stages.append(
            StageResult(
                name: manifest.stage, method: manifest.method, seconds: manifest.seconds,
                reused: manifest.reused, origin: manifest.reused ? manifest.origin : nil, metrics: manifest.metrics))
        rows = rows.appending(manifest.rows, of: manifest.stage)
        if let added = manifest.notes {
            let said = Set(notes ?? [])
            notes = (notes ?? []) + added.filter { !said.contains($0) }
        }
        let named = rows.last { $0.evaluationProtocol != nil }
        final = rows.last.map { row in
            Final(evaluationProtocol: row.evaluationProtocol ?? named?.evaluationProtocol, figures: row.figures)
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
