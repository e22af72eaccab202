// SPDX-License-Identifier: MIT

public import Data
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

    /// Says how training gets on, until the next note. Nobody has to show it.
    func note(_ text: String)

    /// Announces how many steps there are, and how many of them were done before.
    func begin(steps: Int, done: Int, unit: String)
}

extension TrainingScope {
    public func show(_ picture: Image, _ name: String, epoch: Int) throws {}
    public func show(_ distances: DistanceMatrix, of network: Int, _ validation: Validation, epoch: Int) throws {}
    public func note(_ text: String) {}

    /// Announces epochs of so many steps each, from where training goes on.
    package func begin(epochs: Int, iterations: Int, from meter: LossMeter) {
        begin(steps: epochs * iterations, done: meter.epoch * iterations + meter.step, unit: "steps")
    }
}
