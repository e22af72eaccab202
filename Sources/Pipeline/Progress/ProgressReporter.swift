// SPDX-License-Identifier: MIT

public import Reporting
internal import Synchronization

/// Shows how a stage gets on, in the style of its output: one line that rewrites itself on a terminal, plain ones at times,
/// or those of the classic style.
///
/// It may be told from any thread: a search for neighbours runs on all of them.
public final class ProgressReporter: Sendable {
    private let state: Mutex<ProgressState>

    /// A reporter for one stage.
    ///
    /// - Parameters:
    ///   - label: The stage's name.
    ///   - output: Where the text goes.
    ///   - expectedSeconds: What the stage is expected to take, until it shows how fast it is; nil when nobody knows.
    ///   - laterSeconds: What the stages after this one are expected to take; nil when nobody knows.
    ///   - clock: What rate and time left are measured with.
    public convenience init(
        label: String, output: any ProgressOutput, expectedSeconds: Double? = nil, laterSeconds: Double? = nil,
        clock: RunClock = .system
    ) {
        self.init(
            label: label, output: output, expectedSeconds: expectedSeconds, laterSeconds: laterSeconds, clock: clock,
            file: nil)
    }

    /// - Parameter file: Where it is kept too for others to look at; nil for nowhere.
    init(
        label: String, output: any ProgressOutput, expectedSeconds: Double?, laterSeconds: Double?, clock: RunClock,
        file: RunProgressFile?
    ) {
        state = Mutex(
            ProgressState(
                line: ProgressLine(label: label, laterSeconds: laterSeconds), expectedSeconds: expectedSeconds,
                output: output, clock: clock, file: file))
    }

    /// Begins a part of the stage and its measurement of speed.
    ///
    /// - Parameters:
    ///   - total: How many units there are in all; 0 when that is not known.
    ///   - unit: What is counted, in the plural: `steps`.
    ///   - done: How many of them were done before, as after a resume.
    public func begin(total: Int, unit: String, done: Int = 0) {
        state.withLock { $0.begin(nil, total: total, unit: unit, done: done) }
    }

    /// Begins a phase, and the measurement of its speed.
    ///
    /// - Parameters:
    ///   - total: How many of its units there are; 0 where it is not counted.
    ///   - done: How many of them were done before.
    public func begin(_ phase: Phase, of total: Int = 0, done: Int = 0) {
        state.withLock { $0.begin(phase, total: total, unit: phase.unit, done: done) }
    }

    /// Begins a training, or goes on with one.
    ///
    /// - Parameters:
    ///   - part: Which of several trainings of the stage it is; empty where there is one.
    ///   - trainingsAfter: How many of the same length follow it in the stage.
    ///   - epoch: The zero-based epoch with which it goes on, and the steps of it that are done.
    public func beginTraining(
        _ part: String = "", epochs: Int, iterations: Int, trainingsAfter: Int = 0, epoch: Int = 0, step: Int = 0
    ) {
        let pace = TrainingPace(
            epochs: epochs, iterations: iterations, trainingsAfter: trainingsAfter, epoch: epoch, step: step)
        state.withLock { $0.beginTraining(part, pace) }
    }

    /// Counts an epoch of the training.
    public func endEpoch() {
        state.withLock { $0.endEpoch() }
    }

    /// Leaves the training: what follows belongs to no epoch.
    public func endTraining() {
        state.withLock { $0.endTraining() }
    }

    /// Counts units that are done.
    public func advance(by count: Int = 1) {
        state.withLock { $0.advance(by: count) }
    }

    /// Counts as many units as make such a share of all, in `[0, 1]`; what comes too late and is less does not count.
    public func reach(_ share: Double) {
        state.withLock { state in
            let done = Int(share * Double(state.line.totalCount))
            if done > state.line.doneCount { state.advance(by: done - state.line.doneCount) }
        }
    }

    /// Says what the training has come to, until that is found anew.
    public func tell(_ finding: Finding) {
        state.withLock { $0.tell(finding) }
    }

    /// Says something in words, until the next note.
    public func note(_ text: String) {
        state.withLock { $0.note(text) }
    }

    /// Says something that stays on a line of its own.
    public func warn(_ text: String) {
        state.withLock { $0.warn(text) }
    }

    /// Ends the line: the stage is done.
    public func finish() {
        finish(remark: "")
    }

    /// Ends the line of a stage that is done, with a remark on the time it took.
    func finish(remark: String) {
        state.withLock { $0.finish(remark: remark) }
    }

    /// Ends the line with other words: the stage did not have to run, or did not get to its end.
    public func finish(_ text: String) {
        state.withLock { $0.close(with: text) }
    }
}
