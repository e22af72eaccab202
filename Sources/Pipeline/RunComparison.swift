// SPDX-License-Identifier: MIT

/// Runs beside each other: the settings in which they differ, and what they came to.
public struct RunComparison: Sendable, Equatable, Encodable {
    /// A setting that is not the same in all runs.
    public struct Setting: Sendable, Equatable, Encodable {
        /// The setting, keys joined by dots: `stages.adapt.settings.adapt.epochs`.
        public let path: String
        /// Its value in each run; nil where it is absent.
        public let values: [JSONValue?]
    }

    /// A row of the final tables.
    public struct Row: Sendable, Equatable, Encodable {
        /// What the figures are of.
        public let name: String
        /// The figures in each run; nil where the run has no such row.
        public let figures: [ResultRow?]
    }

    /// The runs.
    public let runs: [RunName]
    /// The settings that are not the same in all of them, in order of path.
    public let settings: [Setting]
    /// The rows of any of them, in the order of the first that has them.
    public let rows: [Row]

    init(_ compared: [(run: RunName, plan: Plan, rows: [ResultRow])]) {
        runs = compared.map(\.run)
        let leaves = compared.map { $0.plan.tree().leaves() }
        settings = Set(leaves.flatMap(\.keys)).sorted().compactMap { path in
            let values = leaves.map { $0[path] }
            return Set(values).count > 1 ? Setting(path: path, values: values) : nil
        }
        var names: [String] = []
        for row in compared.flatMap(\.rows) where !names.contains(row.name) { names.append(row.name) }
        rows = names.map { name in
            Row(name: name, figures: compared.map { $0.rows.last { $0.name == name } })
        }
    }
}

extension JSONValue {
    /// Every value that is no object, by its keys joined by dots; an empty object too.
    func leaves(at path: String = "") -> [String: JSONValue] {
        guard case .object(let members) = self, !members.isEmpty else { return [path: self] }
        return members.reduce(into: [:]) { leaves, member in
            let place = path.isEmpty ? member.key : "\(path).\(member.key)"
            leaves.merge(member.value.leaves(at: place)) { _, new in new }
        }
    }
}

extension RunComparison: CustomStringConvertible {
    /// The runs by number, then settings and mAP beside each other under these numbers.
    public var description: String {
        let numbers = runs.indices.map { "#\($0 + 1)" }
        let names = zip(numbers, runs).map { "\($0)  \($1)\n" }.joined()
        let same = "the resolved settings are the same\n"
        let settings = TextTable(
            headings: ["setting"] + numbers,
            rows: settings.map { [$0.path] + $0.values.map { Self.text($0) } }, figures: [])
        let columns = Set(1..<(runs.count + 1))
        let rows = TextTable(
            headings: ["mAP"] + numbers,
            rows: rows.map { [$0.name] + $0.figures.map { TextTable.percent($0?.mAP) } }, figures: columns)
        return [
            names, self.settings.isEmpty ? same : settings.description, self.rows.isEmpty ? "" : rows.description,
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// A value in one cell; digests are told apart by their beginning.
    private static func text(_ value: JSONValue?) -> String {
        guard let text = value?.canonicalText else { return "-" }
        return text.count > 40 ? text.prefix(37) + "…" : text
    }
}

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

extension RunDetails: CustomStringConvertible {
    /// The run, its stages and its rows.
    public var description: String {
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
        let rows = result.flatMap { $0.rows.isEmpty ? nil : "\n\(ResultTable($0.rows))" } ?? ""
        let notes = result.flatMap { $0.noteText.isEmpty ? nil : "\n\($0.noteText)" } ?? ""
        return RunTable([summary]).description + "\(folder)\n\(error)\n\(stages)\(rows)\(notes)"
    }
}
