// SPDX-License-Identifier: MIT

extension TableReport {
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
                + row.runs.map { $0.name ?? "\($0.experiment) seed=\($0.seed) missing" }.joined(separator: ", ")
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
        let points = "'\(row)' \(Percent.signed(difference)) mAP to '\(above)', \(holds)"
        let besides = TableFigure.allCases.compactMap { figure in
            others[figure].map { "; \(figure.heading) \(Percent.signed($0))" }
        }.joined()
        guard let bootstrap else { return points + besides }
        let ends = [bootstrap.interval.lowerBound, bootstrap.interval.upperBound].map(Percent.signed)
        return points + " (95 % from \(ends[0]) to \(ends[1]), paired bootstrap over \(bootstrap.count) queries)" + besides
    }
}

extension TableReport.Excess: CustomStringConvertible {
    public var description: String {
        "'\(row)' \(Percent.signed(difference)) \(figure.heading) to the published one; "
            + "tolerated are −\(Percent.text(tolerance))"
    }
}
