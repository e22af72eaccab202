// SPDX-License-Identifier: MIT

public import Configuration
internal import Slurm

extension PaperTable {
    /// The table of a file.
    ///
    /// - Parameters:
    ///   - path: The file; what it says of `extends:` and `override:` holds as in experiment files.
    ///   - name: What the table is called.
    ///   - overrides: `key.path=value` as typed on a command line.
    /// - Throws: `ConfigurationError` with all problems at once.
    public init(path: String, name: String, overrides: [String] = []) throws(ConfigurationError) {
        try self.init(Document.overriding(Document.load(path), with: overrides), name: name)
    }

    init(_ document: YAMLNode, name: String) throws(ConfigurationError) {
        let problems = ProblemCollector()
        let mapping = MappingReader(document, reportingTo: problems)
        let title = mapping.required("title", .name)
        let source = mapping.required("source", .name)
        let evaluation = mapping.required("evaluation", .name)
        let figures = mapping.optional(
            "figures", .list(of: .choice(TableFigure.self), count: 1...TableFigure.allCases.count))
        let tolerance = mapping.optional("tolerance", .points)?.value ?? [:]
        let rows = mapping.required("rows", .list(of: .row, count: 1...1000))
        let slurm = mapping.optional("slurm", .slurm)?.value ?? .none
        mapping.finish()
        if let rows { Self.check(rows.value, problems) }
        try problems.check()
        guard let title, let source, let evaluation, let rows else {
            preconditionFailure("a key was required, and its absence not reported")
        }
        self.name = name
        self.title = title.value
        self.source = source.value
        self.evaluation = evaluation.value
        self.figures = figures?.value.map(\.value) ?? [.mAP, .top1]
        self.tolerance = tolerance
        self.rows = rows.value.map(\.value)
        self.slurm = slurm
    }

    /// Every row has a name of its own, and is claimed to be above another one that is there.
    private static func check(_ rows: [Located<Row>], _ problems: ProblemCollector) {
        let names = rows.map(\.value.name)
        for (place, row) in rows.enumerated() {
            if names[..<place].contains(row.value.name) {
                problems.report(.conflict("'\(row.value.name)' is there twice; allowed: each name once"), at: row)
            }
            if let above = row.value.above, !names.contains(above) || above == row.value.name {
                let others = names.filter { $0 != row.value.name }
                problems.report(
                    .unknownValue(found: above, allowed: others, nearest: nearest(to: above, among: others)), at: row.span,
                    keyPath: row.keyPath + ".above")
            }
            if row.value.experiments.isEmpty {
                let presets = TablePreset.allCases.map(\.rawValue).joined(separator: " or ")
                problems.report(
                    .missing(key: presets, expected: "the experiment of the row"), at: row.span, keyPath: row.keyPath)
            }
        }
    }
}

extension ValueReader where Value == [TableFigure: Double] {
    /// Percent, by figure.
    fileprivate static var points: ValueReader {
        .mapping { mapping in
            let values = TableFigure.allCases.map { ($0, mapping.optional($0.rawValue, .number(0...100))?.value) }
            return Dictionary(uniqueKeysWithValues: values.compactMap { figure, value in value.map { (figure, $0) } })
        }
    }
}

extension ValueReader where Value == PaperTable.Row {
    fileprivate static var row: ValueReader {
        .mapping { mapping in
            let name = mapping.required("name", .name)
            let published = mapping.optional("published", .points)?.value ?? [:]
            let sources = TablePreset.allCases.map { ($0, mapping.optional($0.rawValue, .source)?.value) }
            let above = mapping.optional("above", .name)?.value
            guard let name else { return nil }
            return PaperTable.Row(
                name: name.value, published: published,
                experiments: Dictionary(
                    uniqueKeysWithValues: sources.compactMap { preset, source in source.map { (preset, $0) } }),
                above: above)
        }
    }
}

extension ValueReader where Value == PaperTable.Source {
    fileprivate static var source: ValueReader {
        .mapping { mapping in
            let experiment = mapping.required(
                "experiment", .path { name in ![".yaml", ".yml"].contains { name.hasSuffix($0) } })
            let row = mapping.optional("row", .name)
            return experiment.map { PaperTable.Source(experiment: $0, row: row) }
        }
    }
}
