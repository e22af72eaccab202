// SPDX-License-Identifier: MIT

public import Pipeline

/// A table as it stands: published figures, ours, and what is missing; the JSON document of `passerby reproduce --json`.
public struct TableReport: Sendable {
    /// A run behind a row's figures, or why there is none.
    public struct Run: Sendable, Equatable {
        /// Whether it is there.
        public enum State: Sendable, Equatable {
            case done(RunName)
            /// Why there is none that counts.
            case missing(reason: String)
        }

        /// The experiment's name, as the table's file has it.
        public let experiment: String
        public let seed: Int
        public let state: State

        public init(experiment: String, seed: Int, state: State) {
            self.experiment = experiment
            self.seed = seed
            self.state = state
        }

        /// The run's name; nil where it is missing.
        var name: String? {
            guard case .done(let name) = state else { return nil }
            return "\(name)"
        }
    }

    /// A line of the table.
    public struct Row: Sendable {
        /// What the table calls it.
        public let name: String
        /// In percent.
        public let published: [TableFigure: Double]
        /// In percent, over the runs that are there.
        public let ours: [TableFigure: Measured]
        /// One for each seed.
        public let runs: [Run]

        /// Ours less the published figure, in points; nil where one of them is missing.
        public func difference(_ figure: TableFigure) -> Double? {
            guard let ours = ours[figure], let published = published[figure] else { return nil }
            return ours.mean - published
        }

        /// How many of its runs are missing.
        public var missing: Int { runs.count { $0.name == nil } }
    }

    /// A row that is claimed to be above another one.
    public struct Claim: Sendable, Equatable {
        public let row: String
        public let above: String
        /// Of the means of mAP, in points; by this it holds or not.
        public let difference: Double
        /// Of the means of the table's other figures, in points.
        public let others: [TableFigure: Double]
        /// Over queries, in points; nil where the runs did not keep what each query came to.
        public let bootstrap: PairedBootstrap?
    }

    /// A row that stays below the published one by more than is tolerated.
    public struct Excess: Sendable, Equatable {
        public let row: String
        public let figure: TableFigure
        /// In points, both.
        public let difference: Double
        public let tolerance: Double
    }

    public let table: PaperTable
    public let preset: TablePreset
    public let seeds: [Int]
    public let rows: [Row]
    public let claims: [Claim]
    /// Rows of results that the table names and that are not there; those of the table are without figures then.
    public let absent: [TableError]
    /// Programs and machines that made the figures, each once.
    public let madeBy: [String]

    /// Runs that are missing, each once.
    public var missing: [Run] {
        var seen: Set<String> = []
        return rows.flatMap(\.runs).filter { run in
            guard case .missing = run.state else { return false }
            return seen.insert("\(run.experiment) \(run.seed)").inserted
        }
    }

    /// Rows that are not as good as declared; of the publication's own experiments only.
    public var excesses: [Excess] {
        guard preset == .paper else { return [] }
        return rows.flatMap { row in
            table.figures.compactMap { figure -> Excess? in
                guard row.missing == 0, let tolerance = table.tolerance[figure], let difference = row.difference(figure),
                    -difference > tolerance
                else { return nil }
                return Excess(row: row.name, figure: figure, difference: difference, tolerance: tolerance)
            }
        }
    }
}
