// SPDX-License-Identifier: MIT

internal import Pipeline

/// Why a sweep begins no other trial, though it may have more.
public enum SweepEnd: Sendable, Equatable, CustomStringConvertible {
    /// Its trials have taken as many hours as they may together.
    case hoursSpent(Double)
    /// Every point that can be found has had its trial.
    case spaceExhausted

    public var description: String {
        switch self {
        case .hoursSpent(let hours): "the budget of \(ProgressLine.duration(hours * 3600)) is spent"
        case .spaceExhausted: "the space has no more points"
        }
    }
}

extension Sweep {
    /// Why no trial begins after these; nil where one does.
    ///
    /// - Complexity: That of a proposal for the next trial.
    func end(after record: SweepRecord) -> SweepEnd? {
        if let hours = budget.hours, budget.isSpent(by: record.seconds) { return .hoursSpent(hours) }
        return nextPoint(after: record.trials) == nil ? .spaceExhausted : nil
    }
}
