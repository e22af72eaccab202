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
        [.number("minutes", .reporting, \.minutes, Limits.minutes), .integer("keep", .reporting, \.keep, Limits.keptStates)]
    }

    var policy: CheckpointPolicy { CheckpointPolicy(newestCount: keep, interval: minutes * 60) }
}
