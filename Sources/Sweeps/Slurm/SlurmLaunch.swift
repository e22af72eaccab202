// SPDX-License-Identifier: MIT

public import Foundation
internal import Pipeline

/// Hands a sweep to Slurm: as an array of jobs that are workers on its folder.
///
/// `LOGS/sweeps/NAME/slurm/` holds the script, the numbers of jobs that were submitted, and what they say.
public struct SlurmLaunch {
    /// What became of the script.
    public enum ScriptState: Sendable, Equatable {
        case written
        /// It is as this program wrote it.
        case upToDate
        /// Somebody has edited it, and it was left alone.
        case edited
    }

    private let study: Study
    private let slurm: Slurm

    /// - Parameters:
    ///   - study: One that was begun.
    ///   - environment: That of Slurm's commands, and so of jobs.
    public init(of study: Study, environment: [String: String]) {
        self.study = study
        slurm = Slurm(environment: environment)
    }

    private var folder: URL { study.folder.url.appendingPathComponent("slurm") }
    /// The path of the batch script.
    public var script: URL { folder.appendingPathComponent("sweep.sh") }
    /// Numbers of jobs, one a line, in the order in which they were submitted.
    var jobsFile: URL { folder.appendingPathComponent("jobs.txt") }

    /// Jobs at a time where nobody says: one for each trial that has not ended, and no more than these.
    private static let usualJobs = 8

    /// How many jobs to ask for where nobody says.
    ///
    /// - Parameter left: Trials that have not ended.
    public static func jobCount(left: Int) -> Int { min(max(left, 1), usualJobs) }

    /// Puts the script in its place, unless there is one that was edited.
    ///
    /// - Parameters:
    ///   - workingFolder: Where a job changes to, as a shell has to be given it.
    ///   - command: The worker's command line, likewise.
    ///   - isRewriting: Whether an edited one is lost.
    public func writeScript(jobs: Int, workingFolder: String, command: String, isRewriting: Bool) throws -> ScriptState {
        let new = SlurmScript(of: study.sweep, jobs: jobs, folder: workingFolder, command: command, output: folder.path).text
        try DurableFile.makeFolders(folder)
        if DurableFile.lstatSucceeds(script), !isRewriting {
            let old = try? String(contentsOf: script, encoding: .utf8)
            if old == new { return .upToDate }
            guard let old, SlurmScript.isUnedited(old) else { return .edited }
        }
        try DurableFile.replace(script, with: Data(new.utf8))
        return .written
    }

    /// Submits the script, as often as the sweep's chain has links, unless jobs of the sweep wait or run.
    ///
    /// - Parameters:
    ///   - jobs: Those at a time; nil for what the script says.
    ///   - isAdding: Whether jobs are submitted beside those that are there.
    /// - Throws: ``SweepError/noSlurm(command:)``, ``SweepError/slurmRefused(command:code:message:)``, after which links
    ///   that were submitted before stay; `PipelineError.locked` where another is submitting.
    public func submit(jobs: Int?, isAdding: Bool) throws -> SlurmSubmission {
        let lock = try ProcessLock(folder.appendingPathComponent("submit.lock"), now: study.now)
        defer { withExtendedLifetime(lock) {} }
        let known = try recordedJobs()
        let queued = try slurm.queue().filter { known.contains($0.job) || $0.folder == folder.path }
        var submitted: [String] = []
        if queued.isEmpty || isAdding {
            let record = try AppendFile(jobsFile)
            for _ in 0..<study.sweep.slurm.chain {
                let number = try slurm.submit(script, jobs: jobs, after: submitted.last)
                try record.append(Data("\(number)\n".utf8))
                try record.synchronise()
                submitted.append(number)
            }
        }
        return SlurmSubmission(
            script: script.path, submitted: submitted, queued: queued.map { .init(job: $0.name, state: $0.state) })
    }

    private func recordedJobs() throws -> Set<String> {
        guard DurableFile.lstatSucceeds(jobsFile) else { return [] }
        guard let text = try? String(contentsOf: jobsFile, encoding: .utf8) else {
            throw PipelineError.corruptFile(path: jobsFile.path, reason: "cannot be read")
        }
        return Set(text.split(whereSeparator: \.isNewline).map(String.init))
    }
}

/// What handing a sweep to Slurm came to: the JSON document of `passerby sweep --launcher slurm --json`.
public struct SlurmSubmission: Sendable, Equatable, Encodable {
    /// Jobs that were there before, those of an array that stand alike together.
    public struct Queued: Sendable, Equatable, Encodable {
        /// As `squeue` names it: `12_[3-8]`.
        public let job: String
        public let state: String
    }

    /// The path of the batch script.
    public let script: String
    /// Numbers of jobs, each of which begins when the one before has ended.
    public let submitted: [String]
    public let queued: [Queued]
}
