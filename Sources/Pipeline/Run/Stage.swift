// SPDX-License-Identifier: MIT

public import Foundation

/// One stage of an experiment, able to run.
public protocol Stage {
    /// What the stage does, from what, to what.
    var plan: StagePlan { get }

    /// Runs the stage to its end, from its last checkpoint where there is one.
    ///
    /// - Parameter scope: Everything of the run that the stage may touch.
    /// - Returns: Its figures. Every artefact of ``plan`` has been written by then.
    /// - Throws: ``Interrupted`` from ``StageScope/checkInterruption()``, or the stage's own errors. Nothing
    ///   but its checkpoints remains then.
    func run(in scope: StageScope) throws -> StageOutcome
}

/// What a stage came to, besides its artefacts.
public struct StageOutcome: Sendable, Codable, Equatable {
    /// The stage's own figures by name.
    public let metrics: [String: Double]
    /// The stage's rows of the final table.
    public let rows: [ResultRow]

    /// Figures and rows; both may be empty.
    public init(metrics: [String: Double] = [:], rows: [ResultRow] = []) {
        self.metrics = metrics
        self.rows = rows
    }
}

/// What a running stage is handed: its files, its checkpoints, and ways to say how it gets on.
public final class StageScope {
    /// The stage's checkpoints; they survive a kill, and are removed when the stage has ended. What each
    /// of them took is recorded as `checkpoint/seconds` and `checkpoint/bytes`.
    public let checkpoints: CheckpointStore
    /// Where values are recorded.
    public let events: EventLog
    /// Where progress is shown.
    public let progress: ProgressReporter
    /// What a reader of the result should know besides its figures.
    public let notes: StageNotes
    /// What results may say of where they come from.
    public let origin: StageOrigin

    /// The digests of finished trainings.
    private(set) var states: [String: ContentDigest] = [:]

    private var leaving: (() throws -> Void)?
    private let stage: StageFolder
    private let earlier: [StageFolder]
    private let boundary: () throws -> Void

    init(
        of experiment: String, stage: StageFolder, earlier: [StageFolder], events: EventLog, progress: ProgressReporter,
        checkpoints policy: CheckpointPolicy, checkInputs: @escaping () throws -> Void = {}, attempts: StageAttempts,
        clock: RunClock,
        boundary: @escaping () throws -> Void
    ) {
        checkpoints = CheckpointStore(folder: stage.checkpoints, policy: policy, clock: clock, saving: checkInputs) {
            progress.warn($0)
        } saved: { cost in
            attempts.checkpointSeconds += cost.seconds
            try attempts.record()
            let name = cost.part.isEmpty ? "checkpoint" : "\(cost.part)/checkpoint"
            try events.record(epoch: cost.epoch, name: "\(name)/seconds", value: cost.seconds)
            try events.record(epoch: cost.epoch, name: "\(name)/bytes", value: Double(cost.bytes))
        }
        self.events = events
        self.progress = progress
        notes = attempts.notes
        origin = StageOrigin(experiment, stage)
        self.stage = stage
        self.earlier = earlier
        self.boundary = boundary
    }

    /// The path to which an artefact of this stage is written: a temporary folder until the stage has ended.
    ///
    /// - Parameter name: One of the outputs in the stage's plan.
    /// - Returns: A path in an existing folder, where nothing has this name when the stage begins, unless it grows.
    public func artefact(_ name: String) -> String {
        let allowed = stage.plan.outputs.map(\.name)
        precondition(allowed.contains(name), "'\(name)' is no output of '\(stage.plan.name)': \(allowed)")
        return stage.partial.appendingPathComponent(name).path
    }

    /// An artefact of this stage that is a folder and grows over its attempts.
    ///
    /// - Parameters:
    ///   - name: One of the outputs in the stage's plan.
    ///   - origin: The digest of what its files are made from beside the stage's inputs and settings.
    ///   - allowed: The files that there may be, by their paths below the folder.
    /// - Returns: It, with what earlier attempts have made from the same origin.
    /// - Throws: Device errors.
    public func growing(
        _ name: String, from origin: ContentDigest, holding allowed: Set<String>
    ) throws -> GrowingArtefact {
        try GrowingArtefact(at: URL(fileURLWithPath: artefact(name)), from: origin, holding: allowed)
    }

    /// Leaves a picture for people to look at, in TensorBoard and in the folder `samples/` beside the stage's artefacts. It
    /// is no artefact: no key, no digest and no later stage depends on it. Who reuses the stage gets it too.
    ///
    /// - Parameters:
    ///   - picture: A PNG file.
    ///   - name: What it shows; one of the same name and epoch is replaced.
    ///   - epoch: The zero-based epoch after which it shows that.
    /// - Throws: Device errors.
    public func show(_ picture: [UInt8], _ name: String, epoch: Int) throws {
        try DurableFile.makeFolders(stage.samples)
        let file = SamplePicture(name: name, epoch: epoch).file
        try DurableFile.replace(stage.samples.appendingPathComponent(file), with: Data(picture))
        try events.show(picture, name: name, epoch: epoch)
    }

    /// Leaves what a row of the result is made of, for reports, in the folder `evidence/`; in all else as
    /// ``show(_:_:epoch:)``.
    public func attest(_ file: Foundation.Data, as name: String) throws {
        try DurableFile.makeFolders(stage.evidence)
        try DurableFile.replace(stage.evidence.appendingPathComponent(name), with: file, isLasting: false)
    }

    /// Removes what was left by ``attest(_:as:)`` of rows that came to nothing.
    ///
    /// - Parameter isKept: Whether a file of this name stays.
    public func dropEvidence(unless isKept: (String) -> Bool) throws {
        for name in try DurableFile.names(in: stage.evidence) where !isKept(name) {
            try DurableFile.remove(stage.evidence.appendingPathComponent(name))
        }
    }

    /// The path of an artefact that an earlier stage left.
    ///
    /// - Parameters:
    ///   - stageName: One of the inputs in the stage's plan.
    ///   - name: One of that stage's outputs.
    /// - Returns: The path of a finished file or folder; not to be written to.
    public func input(_ stageName: String, _ name: String) -> String {
        let inputs = stage.plan.inputs
        precondition(
            inputs.contains(stageName), "'\(stageName)' is no input of '\(stage.plan.name)': \(inputs)")
        guard let source = earlier.first(where: { $0.plan.name == stageName }) else {
            preconditionFailure("'\(stageName)' is no earlier stage: \(earlier.map(\.plan.name))")
        }
        let allowed = source.plan.outputs.map(\.name)
        precondition(allowed.contains(name), "'\(name)' is no output of '\(stageName)': \(allowed)")
        return source.artefact(name).path
    }

    /// Notes the digest of all state at the end of a training, for comparisons of runs.
    ///
    /// - Parameter training: Its name, empty where the stage has only one.
    public func note(_ state: ContentDigest, of training: String = "") {
        states[training] = state
    }

    /// Has something done before ``checkInterruption()`` throws ``Interrupted``, instead of what was to be done until now.
    ///
    /// - Parameter action: Saves what is there and was not worth its time while nobody wanted to stop; nil for nothing.
    public func beforeLeaving(_ action: (() throws -> Void)?) {
        leaving = action
    }

    /// Does now what was to be done before leaving: where much work follows, of which a kill should not cost more.
    public func settle() throws {
        try leaving?()
        leaving = nil
    }

    /// Throws once the run was asked to stop; call it at every step boundary, after which nothing is lost.
    ///
    /// - Throws: ``Interrupted``: save a checkpoint first and let it pass.
    ///   ``PipelineError/lockLost(path:)``: let it pass.
    public func checkInterruption() throws {
        do {
            try boundary()
        } catch let interrupted as Interrupted {
            try leaving?()
            throw interrupted
        }
    }
}
