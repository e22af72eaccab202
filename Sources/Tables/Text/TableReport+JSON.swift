// SPDX-License-Identifier: MIT

internal import Pipeline

extension TableReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case table, title, source, evaluation, preset, seeds, rows, claims, excesses, madeBy = "made_by"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(table.name, forKey: .table)
        try container.encode(table.title, forKey: .title)
        try container.encode(table.source, forKey: .source)
        try container.encode(table.evaluation, forKey: .evaluation)
        try container.encode(preset, forKey: .preset)
        try container.encode(seeds, forKey: .seeds)
        try container.encode(rows, forKey: .rows)
        try container.encode(claims, forKey: .claims)
        try container.encode(excesses, forKey: .excesses)
        try container.encode(madeBy, forKey: .madeBy)
    }
}

extension TableReport.Row: Encodable {
    private enum CodingKeys: String, CodingKey {
        case name, published, ours, difference, runs
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(published, forKey: .published)
        try container.encode(ours, forKey: .ours)
        let differences = TableFigure.allCases.compactMap { figure in difference(figure).map { (figure, $0) } }
        try container.encode(Dictionary(uniqueKeysWithValues: differences), forKey: .difference)
        try container.encode(runs, forKey: .runs)
    }
}

extension TableReport.Run: Encodable {
    private enum CodingKeys: String, CodingKey {
        case experiment, seed, run, missing
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(experiment, forKey: .experiment)
        try container.encode(seed, forKey: .seed)
        switch state {
        case .done(let name): try container.encode(name, forKey: .run)
        case .missing(let reason): try container.encode(reason, forKey: .missing)
        }
    }
}

extension TableReport.Claim: Encodable {
    private enum CodingKeys: String, CodingKey {
        case row, above, difference, others, lowest, highest, queries
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(row, forKey: .row)
        try container.encode(above, forKey: .above)
        try container.encode(difference, forKey: .difference)
        try container.encode(others, forKey: .others)
        try container.encodeIfPresent(bootstrap?.interval.lowerBound, forKey: .lowest)
        try container.encodeIfPresent(bootstrap?.interval.upperBound, forKey: .highest)
        try container.encodeIfPresent(bootstrap?.count, forKey: .queries)
    }
}

extension TableReport.Excess: Encodable {
    private enum CodingKeys: String, CodingKey {
        case row, figure, difference, tolerance
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(row, forKey: .row)
        try container.encode(figure, forKey: .figure)
        try container.encode(difference, forKey: .difference)
        try container.encode(tolerance, forKey: .tolerance)
    }
}
