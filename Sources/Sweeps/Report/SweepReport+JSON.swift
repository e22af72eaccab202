// SPDX-License-Identifier: MIT

extension SweepReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case sweep, folder, objective, planned, end, trials, importance
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(sweep, forKey: .sweep)
        try container.encode(folder, forKey: .folder)
        try container.encode(
            ["row": objective.row, "figure": objective.figure, "direction": objective.direction.rawValue],
            forKey: .objective)
        try container.encode(planned, forKey: .planned)
        try container.encodeIfPresent(end?.description, forKey: .end)
        try container.encode(trials, forKey: .trials)
        try container.encode(importance, forKey: .importance)
    }
}

extension SweepReport.Trial: Encodable {
    private enum CodingKeys: String, CodingKey {
        case rank, number, digest, state, overrides, value, deviation, replicas, seconds, error, folder
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(rank, forKey: .rank)
        try container.encode(trial.number, forKey: .number)
        try container.encode(trial.digest, forKey: .digest)
        try container.encode(state, forKey: .state)
        try container.encode(trial.assignments, forKey: .overrides)
        try container.encodeIfPresent(trial.value, forKey: .value)
        try container.encodeIfPresent(trial.deviation, forKey: .deviation)
        try container.encode(
            Dictionary(trial.replicas.map { ("\($0.seed)", $0.value) }) { $1 }, forKey: .replicas)
        try container.encode(trial.seconds, forKey: .seconds)
        try container.encodeIfPresent(trial.error, forKey: .error)
        try container.encode(folder, forKey: .folder)
    }
}
