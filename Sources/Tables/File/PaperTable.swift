// SPDX-License-Identifier: MIT

public import Configuration
public import Slurm

/// A published table, and the experiments that its rows are reproduced by.
public struct PaperTable: Sendable {
    /// What it is called on a command line.
    public let name: String
    public let title: String
    /// Where the published numbers stand: authors, paper, version, table.
    public let source: String
    /// What they were measured on and how.
    public let evaluation: String
    /// The columns.
    public let figures: [TableFigure]
    /// By how many points a row may stay below the published one.
    public let tolerance: [TableFigure: Double]
    public let rows: [Row]
    /// How jobs are asked of a cluster.
    public let slurm: SlurmSettings

    /// One line of the table.
    public struct Row: Sendable {
        public let name: String
        /// In percent; empty for a row that the publication has not.
        public let published: [TableFigure: Double]
        /// None where the preset has no such row.
        public let experiments: [TablePreset: Source]
        /// The row that this one is claimed to be above.
        public let above: String?
    }

    /// Where a row's own figures come from.
    public struct Source: Sendable, Equatable {
        /// An experiment, as `run` takes it: a name, or the path of a file, whole or from the current folder.
        public let experiment: Located<String>
        /// The row of its result; nil for the last one.
        public let row: Located<String>?
    }

    /// The rows that a preset has.
    public func rows(of preset: TablePreset) -> [(row: Row, source: Source)] {
        rows.compactMap { row in row.experiments[preset].map { (row, $0) } }
    }

    /// The experiments of a preset, each once, in the order of the rows.
    public func experiments(of preset: TablePreset) -> [Located<String>] {
        var seen: Set<String> = []
        return rows(of: preset).map(\.source.experiment).filter { seen.insert($0.value).inserted }
    }
}
