// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Slurm

/// Where the runs of a sweep or a table are made.
enum Launcher: String, CaseIterable, ExpressibleByArgument {
    /// In this process.
    case local
    /// In jobs of a cluster.
    case slurm
}

/// The arguments that hand the work of a command to Slurm.
struct SlurmArguments: ParsableArguments {
    @Option(help: "Where runs are made: in this command, or in jobs of a Slurm cluster.")
    var launcher = Launcher.local

    @Option(
        help: "Slurm: jobs at a time; by default one for each trial or run that is left, and at most 8.",
        within: Limits.trialWorkers)
    var jobs: Int?

    @Flag(help: "Slurm: write the script, to be read or edited, and submit nothing.")
    var scriptOnly = false

    @Flag(help: "Slurm: write the script anew, though it was edited.")
    var rewriteScript = false

    @Flag(help: "Slurm: submit jobs beside those that wait or run already.")
    var add = false

    func validate() throws {
        guard launcher != .slurm else { return }
        let words = [
            jobs.map { _ in "--jobs" }, scriptOnly ? "--script-only" : nil, rewriteScript ? "--rewrite-script" : nil,
            add ? "--add" : nil,
        ]
        if let word = words.compactMap({ $0 }).first { throw ValidationError("'\(word)' needs '--launcher slurm'.") }
    }

    /// Writes the script and submits it.
    ///
    /// - Parameters:
    ///   - left: Trials or runs that have not ended.
    ///   - worker: The words of a worker's command line after the program's, and its threads where somebody said.
    func launch(_ work: SlurmWork, left: Int, worker: [String], threads: Int?, asJSON: Bool) throws {
        let launch = SlurmLaunch(of: work, environment: Home().environmentOfJobs)
        let count = threads.map { "\($0)" } ?? "\"${SLURM_CPUS_ON_NODE:-$(nproc)}\""
        let command = (Home().commandOfJobs + worker).map(shellWord).joined(separator: " ") + " --threads \(count)"
        let state = try launch.writeScript(
            jobs: jobs ?? SlurmLaunch.jobCount(left: left),
            workingFolder: shellWord(FileManager.default.currentDirectoryPath),
            command: command, isRewriting: rewriteScript)
        if state == .edited {
            StandardError().write(
                "note: \(work.script.path) was edited and is left as it is; --rewrite-script writes it anew\n")
        }
        guard !scriptOnly else {
            if asJSON { try printJSON(["script": work.script.path]) } else { print("script: \(work.script.path)") }
            return
        }
        let submission = try launch.submit(jobs: jobs, isAdding: add)
        if asJSON { try printJSON(submission) } else { print(submission.text(work)) }
    }
}

extension Home {
    /// What a job calls this program by: the launcher, which prepares its machine, or without one the program itself.
    fileprivate var commandOfJobs: [String] {
        isLaunched
            ? [folder.appendingPathComponent("passerby").standardizedFileURL.path]
            : [
                "env", "PASSERBY_HOME=\(folder.standardizedFileURL.path)",
                URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path,
            ]
    }

    /// This process's environment, without what the launcher has chosen for this machine's processor.
    fileprivate var environmentOfJobs: [String: String] {
        let environment = ProcessInfo.processInfo.environment
        guard isLaunched else { return environment }
        return environment.filter { !["LD_PRELOAD", "OPENBLAS_CORETYPE"].contains($0.key) }
    }

    private var isLaunched: Bool { ProcessInfo.processInfo.environment["PASSERBY_COMMAND"] != nil }
}

extension SlurmSubmission {
    fileprivate func text(_ work: SlurmWork) -> String {
        let there = queued.map { "\($0.job) \($0.state)" }.joined(separator: ", ")
        guard !submitted.isEmpty else {
            return """
                nothing was submitted, as jobs of this \(work.kind) are there: \(there)
                --add submits more beside them; 'squeue' shows them, and 'scancel' ends them
                """
        }
        let after = submitted.dropFirst().map { "\($0) after that" }
        let beside = queued.isEmpty ? "" : ", beside \(there)"
        return """
            submitted: job \((submitted.prefix(1) + after).joined(separator: ", "))\(beside)
            script: \(script)
            watch: squeue --jobs=\(submitted.joined(separator: ",")); \(work.statusCommand); \
            tail -f \(shellWord(work.folder.path))/\(submitted[0])_*.txt
            end: scancel \(submitted.joined(separator: " ")); \(work.parts) keep their state, and the same command goes on
            """
    }
}
