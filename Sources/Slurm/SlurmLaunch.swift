// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline

/// Hands work to Slurm: as an array of jobs that share it.
public struct SlurmLaunch {
    /// What became of the script.
    public enum ScriptState: Sendable, Equatable {
        case written
        /// It is as this program wrote it.
        case upToDate
        /// Somebody has edited it, and it was left alone.
        case edited
    }

    private let work: SlurmWork
    private let slurm: SlurmCommands

    /// - Parameter environment: That of Slurm's commands, and so of jobs.
    public init(of work: SlurmWork, environment: [String: String]) {
        self.work = work
        slurm = SlurmCommands(environment: environment)
    }

    /// Numbers of jobs, one a line, in the order in which they were submitted.
    var jobsFile: URL { work.folder.appendingPathComponent("jobs.txt") }

    /// Jobs at a time where nobody says: one for each part that is left, and no more than these.
    private static let usualJobs = 8

    /// How many jobs to ask for where nobody says.
    ///
    /// - Parameter left: Parts of the work that have not ended.
    public static func jobCount(left: Int) -> Int { min(max(left, 1), usualJobs) }

    /// Puts the script in its place, unless there is one that was edited.
    ///
    /// - Parameters:
    ///   - workingFolder: Where a job changes to, as a shell has to be given it.
    ///   - command: The worker's command line, likewise.
    ///   - isRewriting: Whether an edited one is lost.
    public func writeScript(jobs: Int, workingFolder: String, command: String, isRewriting: Bool) throws -> ScriptState {
        let new = SlurmScript(of: work, jobs: jobs, folder: workingFolder, command: command).text
        try DurableFile.makeFolders(work.folder)
        if DurableFile.lstatSucceeds(work.script), !isRewriting {
            let old = try? String(contentsOf: work.script, encoding: .utf8)
            if old == new { return .upToDate }
            guard let old, SlurmScript.isUnedited(old) else { return .edited }
        }
        try DurableFile.replace(work.script, with: Data(new.utf8), isShared: true)
        return .written
    }

    /// Submits the script, as often as the chain has links, unless jobs of the work wait or run.
    ///
    /// - Parameters:
    ///   - jobs: Those at a time; nil for what the script says.
    ///   - isAdding: Whether jobs are submitted beside those that are there.
    /// - Throws: ``SlurmError``, after which links that were submitted before stay; `PipelineError.locked` where another is
    ///   submitting.
    public func submit(jobs: Int?, isAdding: Bool) throws -> SlurmSubmission {
        let lock = try ProcessLock(work.folder.appendingPathComponent("submit.lock"), now: RunClock.system.now())
        defer { withExtendedLifetime(lock) {} }
        let known = try recordedJobs()
        let queued = try slurm.queue().filter { known.contains($0.job) || $0.folder == work.folder.path }
        var submitted: [String] = []
        if queued.isEmpty || isAdding {
            let record = try AppendFile(jobsFile)
            for _ in 0..<work.settings.chain {
                let number = try slurm.submit(work.script, jobs: jobs, after: submitted.last)
                try record.append(Data("\(number)\n".utf8))
                try record.synchronise()
                submitted.append(number)
            }
        }
        return SlurmSubmission(
            script: work.script.path, submitted: submitted, queued: queued.map { .init(job: $0.name, state: $0.state) })
    }

    private func recordedJobs() throws -> Set<String> {
        guard DurableFile.lstatSucceeds(jobsFile) else { return [] }
        let text = try String(decoding: DurableFile.contents(of: jobsFile), as: UTF8.self)
        return Set(text.split(whereSeparator: \.isNewline).map(String.init))
    }
}

/// What handing work to Slurm came to: the JSON document of `--launcher slurm --json`.
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
