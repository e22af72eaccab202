// SPDX-License-Identifier: MIT

internal import Data
internal import Pipeline
internal import Reporting
internal import Retrieval
internal import Tensor
internal import Training

/// A method's view of the stage that runs it: checkpoints, events and progress of one of its networks.
final class StageTrainingScope: TrainingScope {
    private let stage: StageScope
    private let checkpoints: CheckpointStore
    private let part: String
    private let trainingsAfter: Int
    /// The epoch and step of the last state that was kept.
    private var kept: (Int, Int)?
    private var use = ResourceUse()
    private var lead = DeviceLead()

    /// - Parameters:
    ///   - part: A name for one of several trainings of the stage; empty where there is one.
    ///   - trainingsAfter: How many of the same length follow it in the stage.
    init(_ stage: StageScope, part: String = "", trainingsAfter: Int = 0) {
        self.stage = stage
        self.part = part
        self.trainingsAfter = trainingsAfter
        checkpoints = part.isEmpty ? stage.checkpoints : stage.checkpoints.part(part)
    }

    // MARK: State

    func restore() throws -> TrainingState? {
        guard let last = try checkpoints.latest() else { return nil }
        let file = try Safetensors(readingFrom: last.path)
        try file.tensors.requireFinite(in: last.path)
        let state = try TrainingState(file, epoch: last.epoch, step: last.step ?? 0)
        kept = (state.epoch, state.step)
        try stage.events.restart(part, epoch: state.epoch, step: state.step)
        return state
    }

    func endEpoch(_ state: TrainingState) throws {
        for (figure, value) in use.figures() { try record(figure.eventName, value, epoch: state.epoch - 1) }
        stage.progress.endEpoch()
        try keep(where: checkpoints.isAffordable) { state }
    }

    func endStep(_ state: () throws -> TrainingState) throws {
        try lead.endStep()
        stage.progress.advance()
        try keep(where: checkpoints.isDue(), state)
    }

    func pause(_ state: () throws -> TrainingState) throws {
        try keep(where: checkpoints.isDue(), state)
    }

    /// The state of a finished training is the end of its last epoch's. Where another training follows in the stage it is
    /// saved now, else when the stage is left before its end.
    func finish(_ state: TrainingState) throws {
        stage.note(try state.digest(), of: part)
        stage.progress.endTraining()
        if part.isEmpty {
            stage.beforeLeaving { [self] in try save(state) }
        } else {
            try save(state)
        }
        try stage.checkInterruption()
    }

    /// Saves where it is time for it, or where the run is asked to stop.
    private func keep(where isTime: Bool, _ state: () throws -> TrainingState) throws {
        do {
            try stage.checkInterruption()
        } catch let interrupted as Interrupted {
            try save(state())
            throw interrupted
        }
        if isTime { try save(state()) }
    }

    private func save(_ state: TrainingState) throws {
        guard kept.map({ $0 != (state.epoch, state.step) }) ?? true else { return }
        try checkpoints.save(epoch: state.epoch, step: state.step > 0 ? state.step : nil) {
            try state.file.write(to: $0)
        }
        kept = (state.epoch, state.step)
    }

    // MARK: Reports

    func record(_ name: String, _ value: Double, epoch: Int) throws {
        try stage.events.record(epoch: epoch, name: part.isEmpty ? name : "\(part)/\(name)", value: value)
    }

    func show(_ picture: Image, _ name: String, epoch: Int) throws {
        try stage.show(picture.png(), part.isEmpty ? name : "\(part)-\(name)", epoch: epoch)
    }

    func show(_ distances: DistanceMatrix, of network: Int, _ validation: Validation, epoch: Int) throws {
        let evidence = try RankingEvidence(
            of: .epoch(epoch + 1, network: network + 1), distances, .cosine, validation)
        try stage.attest(evidence.file(), as: RankingEvidence.fileName(epoch: epoch, network: network))
    }

    func begin(epochs: Int, iterations: Int, at epoch: Int, step: Int) {
        stage.progress.beginTraining(
            part, epochs: epochs, iterations: iterations, trainingsAfter: trainingsAfter, epoch: epoch, step: step)
    }

    func begin(_ phase: Phase, of total: Int, done: Int) { stage.progress.begin(phase, of: total, done: done) }

    func advance(by count: Int) { stage.progress.advance(by: count) }

    var searching: ProgressHandler? { { [progress = stage.progress] in progress.reach($0) } }

    func tell(_ finding: Finding) { stage.progress.tell(finding) }

    func warn(_ text: String) { stage.progress.warn(text) }
}
