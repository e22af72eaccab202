// SPDX-License-Identifier: MIT

internal import Configuration
internal import Pipeline

/// When training keeps its state. No result depends on it.
public struct CheckpointChoice: Sendable, Equatable, Configurable {
    /// Minutes after which a state is kept within an epoch too.
    public var minutes = 10.0
    /// How many of the newest are kept.
    public var keep = 2

    init() {}

    static var fields: [Field<Self>] {
        [
            .number(
                "minutes", .reporting, \.minutes, Limits.minutes,
                meaning: KeyMeaning(
                    "How long training goes on until its state is kept within an epoch. Its end keeps it too, unless saving takes more than 2 % of the time.",
                    unit: "minutes")),
            .integer(
                "keep", .reporting, \.keep, Limits.keptStates,
                meaning: KeyMeaning("How many of the newest states are kept.", unit: "states")),
        ]
    }

    var policy: CheckpointPolicy { CheckpointPolicy(newestCount: keep, interval: minutes * 60) }
}
