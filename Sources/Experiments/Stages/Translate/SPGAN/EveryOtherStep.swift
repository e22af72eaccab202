// SPDX-License-Identifier: MIT

internal import Training

/// A scope that counts two steps as one.
final class EveryOtherStep: TrainingScope {
    private let scope: any TrainingScope
    private var count = 0

    init(of scope: any TrainingScope) {
        self.scope = scope
    }

    func endStep(_ state: () throws -> TrainingState) throws {
        count += 1
        if count.isMultiple(of: 2) { try scope.endStep(state) }
    }

    func restore() throws -> TrainingState? { try scope.restore() }
    func endEpoch(_ state: TrainingState) throws { try scope.endEpoch(state) }
    func pause(_ state: () throws -> TrainingState) throws { try scope.pause(state) }
    func finish(_ state: TrainingState) throws { try scope.finish(state) }
    func record(_ name: String, _ value: Double, epoch: Int) throws { try scope.record(name, value, epoch: epoch) }
    func begin(epochs: Int, iterations: Int, at epoch: Int, step: Int) {
        scope.begin(epochs: epochs, iterations: iterations, at: epoch, step: step)
    }
}
