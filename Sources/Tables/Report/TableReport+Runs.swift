// SPDX-License-Identifier: MIT

public import Pipeline
internal import Configuration

/// What a run has come to, for a table.
public enum TableRun: Sendable {
    /// - Parameter precisions: By the result's row the average precision of every query, nil for one that does not count;
    ///   empty where the run kept none.
    case done(RunResult, precisions: [String: [Double?]])
    case missing(reason: String)
}

extension TableReport {
    /// The table of a preset.
    ///
    /// - Parameters:
    ///   - seeds: One or more.
    ///   - run: What an experiment has come to with a seed.
    /// - Throws: What `run` does.
    public init(
        _ table: PaperTable, _ preset: TablePreset, seeds: [Int], run: (_ experiment: String, _ seed: Int) throws -> TableRun
    ) throws {
        self.table = table
        self.preset = preset
        self.seeds = seeds
        var findings: [String: [Finding]] = [:]
        rows = try table.rows(of: preset).map { row, source in
            let found = try seeds.map { Finding(source, seed: $0, try run(source.experiment.value, $0)) }
            findings[row.name] = found
            return Row(
                name: row.name, published: row.published,
                ours: Dictionary(
                    uniqueKeysWithValues: table.figures.compactMap { figure in
                        Measured(found.compactMap { $0.figures[figure] }).map { (figure, $0) }
                    }), runs: found.map(\.run))
        }
        claims = Self.claims(table.rows(of: preset).map(\.row), table.figures, findings)
        absent = rows.flatMap { findings[$0.name] ?? [] }.compactMap(\.absent)
        madeBy = findings.values.flatMap(\.self).compactMap(\.maker).uniqueSorted
    }

    private static func claims(
        _ rows: [PaperTable.Row], _ figures: [TableFigure], _ findings: [String: [Finding]]
    ) -> [Claim] {
        rows.compactMap { row in
            guard let above = row.above, let own = findings[row.name], let others = findings[above] else { return nil }
            let means = means(of: [.mAP] + figures, own, others)
            guard let difference = means[.mAP] else { return nil }
            let differences = differences(own, others)
            return Claim(
                row: row.name, above: above, difference: difference, others: means.filter { $0.key != .mAP },
                bootstrap: differences.isEmpty ? nil : PairedBootstrap(of: differences))
        }
    }

    /// How much better one row is than another, over the seeds that both have, in points.
    private static func means(
        of figures: [TableFigure], _ own: [Finding], _ others: [Finding]
    ) -> [TableFigure: Double] {
        let means = figures.compactMap { figure in
            let pairs = zip(own, others).compactMap { own, other in
                own.figures[figure].flatMap { own in other.figures[figure].map { own - $0 } }
            }
            return Measured(pairs).map { (figure, $0.mean) }
        }
        return Dictionary(means) { $1 }
    }

    /// Of every query that both rows have, the mean over seeds of how much better one row found its matches, in points.
    private static func differences(_ own: [Finding], _ others: [Finding]) -> [Double] {
        var sums: [(sum: Double, count: Int)] = []
        for (own, other) in zip(own, others) where own.precisions.count == other.precisions.count {
            if sums.isEmpty { sums = own.precisions.map { _ in (0, 0) } }
            // A row of other queries cannot be paired.
            guard sums.count == own.precisions.count else { return [] }
            for (query, pair) in zip(own.precisions, other.precisions).enumerated() {
                guard let precision = pair.0, let beside = pair.1 else { continue }
                sums[query] = (sums[query].sum + 100 * (precision - beside), sums[query].count + 1)
            }
        }
        return sums.filter { $0.count > 0 }.map { $0.sum / Double($0.count) }
    }
}

/// One run's contribution to a row.
private struct Finding {
    let run: TableReport.Run
    /// In percent.
    private(set) var figures: [TableFigure: Double] = [:]
    private(set) var precisions: [Double?] = []
    private(set) var maker: String?
    /// Why there are no figures, though the run is there.
    private(set) var absent: TableError?

    init(_ source: PaperTable.Source, seed: Int, _ found: TableRun) {
        let experiment = source.experiment.value
        switch found {
        case .missing(let reason):
            run = TableReport.Run(experiment: experiment, seed: seed, state: .missing(reason: reason))
        case .done(let result, let precisions):
            let name = RunName(experiment: result.experiment, run: result.run)
            run = TableReport.Run(experiment: experiment, seed: seed, state: .done(name))
            guard let row = result.rows.last(where: { source.row == nil || $0.name == source.row?.value }) else {
                absent = .noRow(
                    place: "\(source.row?.span ?? source.experiment.span)", wanted: source.row?.value, run: "\(name)",
                    found: result.rows.map(\.name))
                return
            }
            figures = Dictionary(
                uniqueKeysWithValues: TableFigure.allCases.compactMap { figure in
                    row.figures[figure.rawValue].flatMap { $0.isFinite ? (figure, 100 * $0) : nil }
                })
            self.precisions = precisions[row.name] ?? []
            maker = result.provenance?.maker
        }
    }
}

extension Array where Element == String {
    fileprivate var uniqueSorted: [String] { Set(self).sorted() }
}
