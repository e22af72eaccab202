// SPDX-License-Identifier: MIT

public import Foundation

/// What a run of a plan would do for one of its stages.
public enum StageStatus: Sendable, Equatable {
    /// Where a stage goes on.
    public struct ResumePoint: Sendable, Equatable, Codable {
        /// The unfinished run that `--resume` continues.
        public let run: RunName
        /// The part of the stage that its last checkpoint is of; empty where the stage has only one.
        public let part: String
        /// The epoch of its last checkpoint.
        public let epoch: Int
        /// The step of its last checkpoint; nil at an epoch's end.
        public let step: Int?
    }

    /// It has to be computed.
    case run
    /// Its result is there: of which run, and what it took there.
    case reuse(from: RunName, seconds: Double)
    /// With `--resume` it goes on from a checkpoint; a new run has to compute it.
    case resume(ResumePoint)
}

/// A plan with what a run of it would do; for people and, encoded, for scripts.
public struct PlanStatus: Sendable, Equatable {
    /// One stage of the plan.
    public struct Stage: Sendable, Equatable {
        /// The stage.
        public let plan: StagePlan
        /// What determines its result.
        public let key: StageKey
        /// What would be done for it.
        public let status: StageStatus
    }

    /// The plan.
    public let plan: Plan
    /// Its stages, in order.
    public let stages: [Stage]
    /// What a run is expected to take, where somebody has reckoned that.
    public var forecast: RunForecast?

    /// What a run would do now.
    ///
    /// - Parameters:
    ///   - logs: The folder of all runs.
    ///   - isFresh: Whether the run would take nothing from the store.
    /// - Complexity: Reads one manifest a stage and the plan of each run of the experiment; no artefacts, so what
    ///   is promised here may turn out damaged.
    public init(of plan: Plan, logs: URL, isFresh: Bool = false) {
        let store = StageStore(logs: logs)
        let unfinished = isFresh ? nil : RunFolder.newestUnfinished(of: plan, in: logs)
        // A run that began afresh goes on like that.
        let takesNothing = isFresh || unfinished?.isFresh ?? false
        self.plan = plan
        stages = plan.stages.map { stage in
            let key = plan.key(of: stage)
            let folder = unfinished.map {
                StageFolder(url: $0.stageFolder(stage.name), plan: stage, key: key)
            }
            let stored = takesNothing ? nil : store.manifest(of: stage, key: key)
            // A manifest that cannot be used promises nothing.
            let own = (try? folder?.listedManifest()) ?? nil
            let status: StageStatus =
                if let manifest = own ?? stored {
                    .reuse(from: manifest.origin, seconds: manifest.seconds)
                } else if let point = unfinished?.resumePoint(of: stage, in: plan) {
                    .resume(point)
                } else {
                    .run
                }
            return Stage(plan: stage, key: key, status: status)
        }
    }
}

extension RunFolder {
    /// The last checkpoint of a stage, in its folder or in that of its last part; nil where there is none.
    ///
    /// - Complexity: Lists one folder for each of the stage's trainings.
    public func resumePoint(of stage: StagePlan, in plan: Plan) -> StageStatus.ResumePoint? {
        let folder = StageFolder(url: stageFolder(stage.name), plan: stage, key: plan.key(of: stage)).checkpoints
        let names = (try? DurableFile.names(in: folder)) ?? []
        let parts = names.filter { CheckpointEntry(name: $0) == nil && !$0.hasPrefix(".") }.sorted()
        for part in [""] + parts.reversed() {
            let place = part.isEmpty ? folder : folder.appendingPathComponent(part)
            guard let entry = (try? CheckpointEntry.all(in: place))?.last else { continue }
            return .init(run: name(in: plan), part: part, epoch: entry.epoch, step: entry.step)
        }
        return nil
    }
}

extension StageStatus: CustomStringConvertible {
    public var description: String {
        switch self {
        case .run: "run"
        case .reuse(let origin, let seconds):
            "reuse from \(origin) (took \(ProgressLine.duration(seconds)) there)"
        case .resume(let point):
            "resume \(point.run) after epoch \(point.epoch)" + (point.step.map { ", step \($0)" } ?? "")
                + (point.part.isEmpty ? "" : " of \(point.part)")
        }
    }
}

extension PlanStatus: CustomStringConvertible {
    public var description: String {
        let lines = stages.enumerated().flatMap { number, stage in
            let title = "\(number + 1). \(stage.plan.name) (\(stage.plan.method)): \(stage.status)"
            let expected = forecast?.stages[stage.plan.name].map { ["   \($0)"] } ?? []
            return [title] + stage.plan.flow + ["   key \(stage.key.short)"] + expected
        }
        let total = forecast.map { $0.stages.isEmpty ? [] : ["\($0)"] } ?? []
        return (["\(plan.experiment), seed \(plan.seed)"] + lines + total).joined(separator: "\n")
    }
}
