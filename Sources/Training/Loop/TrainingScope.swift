// SPDX-License-Identifier: MIT

public import Data
public import Reporting
public import Retrieval

/// What a method is handed to keep its state, report its numbers and learn that it should stop.
///
/// Methods know neither files nor clocks; whoever runs them does.
public protocol TrainingScope {
    /// The last state that was kept, or nothing before the first.
    func restore() throws -> TrainingState?

    /// Ends an epoch: its state is kept where that is worth its time.
    ///
    /// - Throws: Where the run is asked to stop, after the state was kept.
    func endEpoch(_ state: TrainingState) throws

    /// Counts a step. The state after it is asked for, and kept, where it is time for that.
    ///
    /// - Throws: Where the run is asked to stop, after the state was kept.
    func endStep(_ state: () throws -> TrainingState) throws

    /// A moment between steps at which the run may be left: while features are extracted, say.
    ///
    /// - Parameter state: That after the last step.
    /// - Throws: Where the run is asked to stop, after the state was kept.
    func pause(_ state: () throws -> TrainingState) throws

    /// Ends the training, after the end of its last epoch. The state's digest stands in the stage's manifest, so that two
    /// trainings can be compared to the last bit.
    ///
    /// - Throws: Where the run is asked to stop, after the state was kept.
    func finish(_ state: TrainingState) throws

    /// Reports a number of an epoch.
    func record(_ name: String, _ value: Double, epoch: Int) throws

    /// Shows a picture of an epoch, for people to look at. Nobody has to keep it.
    func show(_ picture: Image, _ name: String, epoch: Int) throws

    /// Shows what an epoch's score was made of. Nobody has to keep it.
    ///
    /// - Parameters:
    ///   - network: Which of several was scored, from 0.
    ///   - distances: Those of `validation`'s queries and gallery by that network, `2 − 2cos`.
    func show(_ distances: DistanceMatrix, of network: Int, _ validation: Validation, epoch: Int) throws

    /// Announces epochs of so many steps each.
    ///
    /// - Parameters:
    ///   - epoch: The zero-based one with which training begins or goes on.
    ///   - step: How many of its steps are done.
    func begin(epochs: Int, iterations: Int, at epoch: Int, step: Int)

    /// Says what is done from now on. Nobody has to show it.
    ///
    /// - Parameters:
    ///   - total: How many of the phase's units there are; 0 where they are not counted.
    ///   - done: How many of them were done before.
    func begin(_ phase: Phase, of total: Int, done: Int)

    /// Counts units of the phase; but steps, which ``endStep(_:)`` counts.
    func advance(by count: Int)

    /// Who wants to know how far a search for neighbours is, told from any thread; nil for nobody.
    var searching: ProgressHandler? { get }

    /// Says what training has come to. Nobody has to show it.
    func tell(_ finding: Finding)

    /// Says something that is worth a line of its own. Nobody has to show it.
    func warn(_ text: String)
}

// What most scopes do about what nobody has to show: nothing.
extension TrainingScope {
    public func show(_ picture: Image, _ name: String, epoch: Int) throws {}
    public func show(_ distances: DistanceMatrix, of network: Int, _ validation: Validation, epoch: Int) throws {}
    public func begin(_ phase: Phase, of total: Int, done: Int) {}
    public func advance(by count: Int) {}
    public var searching: ProgressHandler? { nil }
    public func tell(_ finding: Finding) {}
    public func warn(_ text: String) {}

    /// Announces epochs of so many steps each, from where training goes on.
    package func begin(epochs: Int, iterations: Int, from meter: LossMeter) {
        begin(epochs: epochs, iterations: iterations, at: meter.epoch, step: meter.step)
    }

    /// Announces an epoch's steps, from where it is.
    package func beginSteps(of meter: LossMeter, iterations: Int) {
        begin(.training, of: iterations, done: meter.step)
    }

    package func begin(_ phase: Phase, of total: Int = 0) { begin(phase, of: total, done: 0) }

    /// Counts a step, of whose losses a meter knows.
    package func endStep(_ meter: LossMeter, _ state: () throws -> TrainingState) throws {
        tell(.losses(meter.readings))
        try endStep(state)
    }

    /// Counts so many units of a phase, after which the run may be left.
    package func pause(after count: Int, _ state: () throws -> TrainingState) throws {
        advance(by: count)
        try pause(state)
    }
}
