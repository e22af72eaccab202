// SPDX-License-Identifier: MIT

public import Pipeline

/// Finished runs that differ in their seed alone, put together: means and deviations of every row of their results.
public struct RunGroups: Sendable, Equatable, Encodable {
    /// Runs with the same settings.
    public struct Group: Sendable, Equatable, Encodable {
        /// The experiment, and the values that replaced its file's.
        public let name: String
        public let runs: [RunName]
        public let rows: [Row]
    }

    /// What the runs of a group came to after one step.
    public struct Row: Sendable, Equatable, Encodable {
        public let name: String
        /// In percent.
        public let figures: [TableFigure: Measured]
    }

    public let groups: [Group]

    /// - Parameter runs: In the order in which groups are to stand; of several with one seed the first counts.
    public init(_ runs: [(name: RunName, plan: Plan, result: RunResult)]) {
        var keys: [String] = []
        var members: [String: [(name: RunName, plan: Plan, result: RunResult)]] = [:]
        for run in runs {
            let key = run.plan.settingsText
            if members[key] == nil { keys.append(key) }
            if members[key]?.contains(where: { $0.plan.seed == run.plan.seed }) != true {
                members[key, default: []].append(run)
            }
        }
        groups = keys.map { Group(members[$0] ?? []) }
    }
}

extension RunGroups.Group {
    /// - Parameter runs: One or more.
    fileprivate init(_ runs: [(name: RunName, plan: Plan, result: RunResult)]) {
        let runs = runs.sorted { $0.plan.seed < $1.plan.seed }
        let overrides = runs[0].result.provenance?.request.overrides.filter { !$0.hasPrefix("seed=") } ?? []
        name = ([runs[0].name.experiment] + overrides).joined(separator: " ")
        self.runs = runs.map(\.name)
        var names: [String] = []
        for row in runs.flatMap(\.result.rows) where !names.contains(row.name) { names.append(row.name) }
        rows = names.map { name in
            let rows = runs.compactMap { run in run.result.rows.last { $0.name == name } }
            return RunGroups.Row(
                name: name,
                figures: Dictionary(
                    uniqueKeysWithValues: TableFigure.allCases.compactMap { figure in
                        let values = rows.compactMap { $0.figures[figure.rawValue] }.filter(\.isFinite).map { 100 * $0 }
                        return Measured(values).map { (figure, $0) }
                    }))
        }
    }
}

extension RunGroups {
    /// A line for each row of each group.
    public func text(_ format: TableFormat) -> String {
        let figures = TableFigure.allCases
        let grid = TextGrid(
            headings: ["experiment", "row", "n"] + figures.map(\.heading),
            rows: groups.flatMap { group in
                group.rows.enumerated().map { place, row in
                    let count = row.figures.values.map(\.count).max() ?? 0
                    // A person sees where a group begins; a program wants every line to say whose it is.
                    let name = place == 0 || format == .csv ? group.name : ""
                    return [name, row.name, "\(count)"] + figures.map { Percent.text(row.figures[$0]) }
                }
            }, words: 2)
        return grid.text(format)
    }
}
