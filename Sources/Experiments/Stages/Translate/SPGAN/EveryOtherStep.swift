// SPDX-License-Identifier: MIT

internal import Data
internal import Reporting
internal import Retrieval
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
    func show(_ picture: Image, _ name: String, epoch: Int) throws { try scope.show(picture, name, epoch: epoch) }
    func show(_ distances: DistanceMatrix, of network: Int, _ validation: Validation, epoch: Int) throws {
        try scope.show(distances, of: network, validation, epoch: epoch)
    }
    func begin(_ phase: Phase, of total: Int, done: Int) { scope.begin(phase, of: total, done: done) }
    func advance(by count: Int) { scope.advance(by: count) }
    var searching: ProgressHandler? { scope.searching }
    func tell(_ finding: Finding) { scope.tell(finding) }
    func warn(_ text: String) { scope.warn(text) }
}
