// SPDX-License-Identifier: MIT

internal import Methods
internal import Pipeline
internal import Tensor

/// A method's view of the stage that runs it: checkpoints, events and progress of one of its networks.
struct StageTrainingScope: TrainingScope {
    private let stage: StageScope
    private let checkpoints: CheckpointStore
    private let part: String

    /// - Parameters:
    ///   - part: A name for one of several trainings of the stage; empty where there is one.
    init(_ stage: StageScope, part: String = "") {
        self.stage = stage
        self.part = part
        checkpoints = part.isEmpty ? stage.checkpoints : stage.checkpoints.part(part)
    }

    func restore() throws -> TrainingState? {
        guard let last = try checkpoints.latest() else { return nil }
        let file = try Safetensors(readingFrom: last.path)
        let numbers = file.metadata.compactMapValues { Int($0) }
        return TrainingState(epoch: last.epoch, tensors: file.tensors, numbers: numbers)
    }

    func save(_ state: TrainingState) throws {
        let file = Safetensors(tensors: state.tensors, metadata: state.numbers.mapValues(String.init))
        try checkpoints.save(epoch: state.epoch) { try file.write(to: $0) }
    }

    func record(_ name: String, _ value: Double, epoch: Int) throws {
        try stage.events.record(epoch: epoch, name: part.isEmpty ? name : "\(part)/\(name)", value: value)
    }

    func begin(steps: Int, done: Int, unit: String) {
        if !part.isEmpty { stage.progress.note(part) }
        stage.progress.begin(total: steps, unit: unit, done: done)
    }

    func advance() throws {
        stage.progress.advance()
        try stage.checkInterruption()
    }
}
