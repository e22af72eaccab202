// SPDX-License-Identifier: MIT

public import Foundation
internal import Reporting

/// What came of killing a run again and again: `resume-certificate.json` in its folder.
public struct ResumeCertificate: Sendable, Codable, Equatable {
    /// A kill, and where the run went on.
    public struct Kill: Sendable, Codable, Equatable {
        /// The moment that was asked for.
        public let at: String
        /// What the next process found: the part, epoch and step of the last state; nil for none.
        public let resumedAt: StageStatus.ResumePoint?
        /// Whether the process had ended before.
        public let missed: Bool

        /// As given.
        public init(at point: KillPoint, resumedAt: StageStatus.ResumePoint?, missed: Bool) {
            at = "\(point)"
            self.resumedAt = resumedAt
            self.missed = missed
        }
    }

    /// Two stages held against each other.
    public struct Stage: Sendable, Codable, Equatable {
        /// The stage's name.
        public let name: String
        /// The key of both.
        public let key: StageKey
        /// Digests of everything that the uninterrupted run's stage came to, by what it is: `artefact NAME`,
        /// `state TRAINING` for all state at a training's end, `rows`, `metrics`.
        public let digests: [String: ContentDigest]
        /// What the killed run's stage has otherwise; nothing where all is equal.
        public let differences: [String: ContentDigest?]
    }

    /// The version of this file.
    public let format: Int
    /// The run that was not interrupted.
    public let reference: RunName
    /// The run that was killed.
    public let run: RunName
    /// What both ran on, by name: processor, libraries, threads.
    public let machine: [String: String]
    /// The kills, in order.
    public let kills: [Kill]
    /// All stages, in order.
    public let stages: [Stage]

    /// Whether every stage was killed and nothing differs.
    public var isPassed: Bool { stages.allSatisfy { $0.differences.isEmpty && killCount(of: $0) > 0 } }

    private func killCount(of stage: Stage) -> Int {
        kills.count { !$0.missed && KillPoint($0.at)?.stage == stage.name }
    }

    /// Compares two finished runs of one plan.
    ///
    /// - Throws: ``PipelineError/corruptManifest(path:reason:)`` where a stage's files are not those of its manifest,
    ///   ``PipelineError/corruptFile(path:reason:)``.
    /// - Complexity: One pass over the bytes of all artefacts of both.
    public init(
        reference: RunFolder, run: RunFolder, plan: Plan, kills: [Kill], machine: [String: String]
    ) throws {
        format = 1
        self.reference = reference.name(in: plan)
        self.run = run.name(in: plan)
        self.machine = machine
        self.kills = kills
        stages = try plan.stages.map { stage in
            let (wanted, found) = (try reference.facts(of: stage, in: plan), try run.facts(of: stage, in: plan))
            let names = Set(wanted.keys).union(found.keys).filter { wanted[$0] != found[$0] }
            return Stage(
                name: stage.name, key: plan.key(of: stage), digests: wanted,
                differences: Dictionary(uniqueKeysWithValues: names.map { ($0, found[$0]) }))
        }
    }

    /// Writes the certificate into the killed run's folder.
    public func write(to folder: RunFolder) throws {
        try JSONFile.write(self, to: folder.certificateFile)
    }
}

extension RunFolder {
    /// What came of killing and resuming this run, where somebody tried.
    public var certificateFile: URL { url.appendingPathComponent("resume-certificate.json") }

    /// The manifests of all stages, checked against their files.
    ///
    /// - Throws: ``PipelineError/corruptManifest(path:reason:)``, also for a stage that is not done.
    public func manifests(of plan: Plan) throws -> [StageManifest] {
        try plan.stages.map { try manifest(of: $0, in: plan) }
    }

    fileprivate func manifest(of stage: StagePlan, in plan: Plan) throws -> StageManifest {
        let place = StageFolder(url: stageFolder(stage.name), plan: stage, key: plan.key(of: stage))
        guard let manifest = try place.finishedManifest() else {
            throw PipelineError.corruptManifest(path: place.manifest.path, reason: "is not there: the stage is not done")
        }
        return manifest
    }

    fileprivate func facts(of stage: StagePlan, in plan: Plan) throws -> [String: ContentDigest] {
        let manifest = try manifest(of: stage, in: plan)
        var facts: [String: ContentDigest] = [:]
        for artefact in manifest.artefacts { facts["artefact \(artefact.name)"] = artefact.sha256 }
        for (training, digest) in manifest.states {
            facts[training.isEmpty ? "state" : "state \(training)"] = digest
        }
        // By their shortest exact digits: two numbers are one text only when they are equal to the last bit.
        facts["rows"] = ContentDigest(of: try JSONValue(encoding: manifest.rows).canonicalText)
        facts["metrics"] = ContentDigest(of: try JSONValue(encoding: manifest.metrics).canonicalText)
        return facts
    }
}

extension ResumeCertificate: CustomStringConvertible {
    /// A line for each stage, and the verdict.
    public var description: String {
        let lines = stages.map { stage in
            let count = killCount(of: stage)
            let names = stage.differences.keys.sorted().joined(separator: ", ")
            let verdict = names.isEmpty ? "\(stage.digests.count) digests equal" : "differs in \(names)"
            return "\(stage.name): killed \(counted(count, "time")), \(verdict)"
        }
        let verdict =
            isPassed
            ? "passed: after \(kills.count { !$0.missed }) kills the run is the uninterrupted one, bit for bit"
            : "failed: \(run) is not proven to be \(reference)"
        return (lines + [verdict]).joined(separator: "\n")
    }
}
