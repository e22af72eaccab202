// SPDX-License-Identifier: MIT

import Training

/// A scope that keeps and shows nothing.
struct Unwatched: TrainingScope {
    func restore() -> TrainingState? { nil }
    func endEpoch(_ state: TrainingState) {}
    func endStep(_ state: () throws -> TrainingState) {}
    func pause(_ state: () throws -> TrainingState) {}
    func finish(_ state: TrainingState) {}
    func record(_ name: String, _ value: Double, epoch: Int) {}
    func begin(epochs: Int, iterations: Int, at epoch: Int, step: Int) {}
}
