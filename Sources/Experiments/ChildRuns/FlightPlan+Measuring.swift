// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline

extension FlightPlan {
    /// Measures stages that nobody has measured on this machine, each in a process of its own, whose peak of memory is
    /// the stage's. A stage that cannot be measured is left out: the plan is worth having without it.
    ///
    /// - Parameter say: Is told, a line each, what takes time and what went wrong.
    /// - Throws: `Interrupted`.
    package func measure(by runs: ChildRuns, say: (String) -> Void) throws {
        let stages = unmeasured
        if !stages.isEmpty {
            say(
                "measuring a few steps of \(stages.joined(separator: ", ")) on this machine, once: half a "
                    + "minute each at most, longer where other programs compute; --no-calibration leaves it out")
        }
        for stage in stages {
            do {
                let text = try runs.calibration(of: stage)
                try store(JSONDecoder().decode(StageCost.self, from: text), of: stage)
            } catch let interrupted as Interrupted {
                throw interrupted
            } catch {
                say("warning: '\(stage)' was not measured: \(error)")
            }
        }
    }
}
