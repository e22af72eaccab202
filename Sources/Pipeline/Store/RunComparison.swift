// SPDX-License-Identifier: MIT

/// Runs beside each other: the settings in which they differ, and what they came to.
public struct RunComparison: Sendable, Equatable, Encodable {
    /// A setting that is not the same in all runs.
    public struct Setting: Sendable, Equatable, Encodable {
        /// The setting, keys joined by dots: `stages.train.settings.epochs`.
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
    package func leaves(at path: String = "") -> [String: JSONValue] {
        guard case .object(let members) = self, !members.isEmpty else { return [path: self] }
        return members.reduce(into: [:]) { leaves, member in
            let place = path.isEmpty ? member.key : "\(path).\(member.key)"
            leaves.merge(member.value.leaves(at: place)) { _, new in new }
        }
    }
}

extension RunComparison {
    /// The runs by number, then settings and one figure beside each other under these numbers.
    public func text(comparing figure: FigureColumn) -> String {
        let numbers = runs.indices.map { "#\($0 + 1)" }
        let names = zip(numbers, runs).map { "\($0)  \($1)\n" }.joined()
        let same = "the resolved settings are the same\n"
        let settings = TextTable(
            headings: ["setting"] + numbers,
            rows: settings.map { [$0.path] + $0.values.map { Self.text($0) } }, figures: [])
        let rows = TextTable(
            headings: [figure.heading] + numbers,
            rows: rows.map { [$0.name] + $0.figures.map { figure.cell($0?.figures) } },
            figures: Set(1..<(runs.count + 1)))
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
