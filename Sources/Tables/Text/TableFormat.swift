// SPDX-License-Identifier: MIT

/// How a table is written.
public enum TableFormat: String, Sendable, CaseIterable {
    case text, markdown, csv, latex
}

extension TableReport {
    /// The table with all that belongs below it, ended.
    public func text(_ format: TableFormat) -> String {
        switch format {
        case .text: plainText
        case .markdown: markdown
        case .csv: csv
        case .latex: latex
        }
    }

    // MARK: Cells

    /// For each figure: published, ours and the difference, which a twin has not.
    var partHeadings: [String] { ["published", "ours"] + (preset == .paper ? ["Δ"] : []) }

    func cells(_ row: Row, sign: String = " ± ") -> [String] {
        table.figures.flatMap { figure in
            [Self.number(row.published[figure]), Self.number(row.ours[figure], sign: sign)]
                + (preset == .paper ? [row.difference(figure).map(Self.points) ?? "-"] : [])
        }
    }

    static func number(_ value: Double?) -> String { value.map { fixed($0) } ?? "-" }

    /// The mean and, of several seeds, the deviation: `49.2 ± 2.9`.
    static func number(_ value: Measured?, sign: String = " ± ") -> String {
        guard let value else { return "-" }
        return fixed(value.mean) + (value.deviation.map { sign + fixed($0) } ?? "")
    }

    /// With its sign.
    static func points(_ value: Double) -> String { (value < 0 ? "−" : "+") + fixed(abs(value)) }

    /// One decimal.
    static func fixed(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return (tenths < 0 ? "−" : "") + "\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    // MARK: Below the table

    /// Sentences about the table, each a line.
    var remarks: [String] {
        [table.evaluation] + [figuresRemark] + claims.map(\.description) + excesses.map(\.description)
    }

    private var figuresRemark: String {
        let ours = seeds.count > 1 ? "the mean and standard deviation of seeds \(seedList)" : "seed \(seedList)"
        let twin =
            preset == .synthetic
            ? " on a drawn world, which shows the order of methods and says nothing of the published numbers" : ""
        return "published: \(table.source); ours: \(ours)\(twin)"
    }

    private var seedList: String { seeds.map { "\($0)" }.joined(separator: ", ") }

    /// The runs behind the figures, a line a row.
    var runLines: [String] {
        rows.map { row in
            "\(row.name): "
                + row.runs.map { run in
                    switch run.state {
                    case .done(let name): "\(name)"
                    case .missing: "\(run.experiment) seed=\(run.seed) missing"
                    }
                }.joined(separator: ", ")
        }
    }

    /// Why runs are missing, a line for each reason.
    public var missingLines: [String] {
        var names: [String: [String]] = [:]
        var reasons: [String] = []
        for run in missing {
            guard case .missing(let reason) = run.state else { preconditionFailure("a missing run has a reason") }
            if names[reason] == nil { reasons.append(reason) }
            names[reason, default: []].append("\(run.experiment) seed=\(run.seed)")
        }
        return reasons.map { "\((names[$0] ?? []).joined(separator: ", ")): \($0)" }
    }
}

extension TableReport.Claim: CustomStringConvertible {
    public var description: String {
        let holds = difference > 0 ? "as claimed" : "though claimed to be above"
        let points = "'\(row)' \(TableReport.points(difference)) mAP to '\(above)', \(holds)"
        guard let bootstrap else { return points }
        let ends = [bootstrap.interval.lowerBound, bootstrap.interval.upperBound].map(TableReport.points)
        return points + " (95 % from \(ends[0]) to \(ends[1]), paired bootstrap over \(bootstrap.count) queries)"
    }
}

extension TableReport.Excess: CustomStringConvertible {
    public var description: String {
        "'\(row)' \(TableReport.points(difference)) \(figure.heading) to the published one; "
            + "tolerated are −\(TableReport.fixed(tolerance))"
    }
}
