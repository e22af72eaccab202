// SPDX-License-Identifier: MIT

/// Where a stage's result comes from, for what it leaves to say so.
///
/// Of the names nothing in a key depends on: who shares the stage finds those of the experiment that has computed it.
public struct StageOrigin: Sendable, Equatable {
    public let experiment: String
    public let stage: String
    public let method: String
    public let key: StageKey

    init(_ experiment: String, _ stage: StageFolder) {
        self.experiment = experiment
        self.stage = stage.plan.name
        method = stage.plan.method
        key = stage.key
    }
}
