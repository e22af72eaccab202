// SPDX-License-Identifier: MIT

internal import Configuration
internal import Foundation
internal import Pipeline
internal import Sweeps

/// Follows what a trial's run records, tells the study of it, and says when to give it up.
final class TrialWatch {
    private let study: Study
    private let pruner: PrunerChoice
    private let trial: SweepTrial
    /// The run, once it has a folder.
    private let run: () -> RunFolder?
    private var tail: EventTail?
    private var values: [Int: Double] = [:]
    private var lastLook = 0.0

    /// Seconds between two looks: an epoch that is worth giving up takes longer.
    private static let interval = 0.5

    init(_ trial: SweepTrial, of study: Study, by pruner: PrunerChoice, run: @escaping () -> RunFolder?) {
        self.trial = trial
        self.study = study
        self.pruner = pruner
        self.run = run
    }

    /// The epoch, from 0, before which all was judged by an earlier process. Of the last one that it noted nobody knows.
    private var firstJudged: Int { trial.reports.keys.max() ?? 0 }

    /// The last value that the trial has; nil before there is one.
    var lastValue: Double? { values.keys.max().flatMap { values[$0] } }

    /// Whether the trial is to be given up.
    ///
    /// - Parameter isAtEnd: Whether this is the last look, which is taken however short ago the one before was.
    func isHopeless(atEnd isAtEnd: Bool = false) throws -> Bool {
        let now = ProcessInfo.processInfo.systemUptime
        guard isAtEnd || now - lastLook >= Self.interval else { return false }
        lastLook = now
        if tail == nil { tail = run().map { EventTail($0.eventsFile) } }
        for event in tail?.next() ?? [] {
            guard event.stage == pruner.stage.value, event.name == pruner.figure, event.step == nil, event.value.isFinite
            else {
                continue
            }
            values[event.epoch] = event.value
            let others = try study.report(event.value, at: event.epoch, of: trial)
            // What went on at an epoch is not given up for it later, when others have come further.
            guard event.epoch >= firstJudged else { continue }
            if pruner.rule.givesUp(values, among: others, better: pruner.direction) { return true }
        }
        return false
    }
}
