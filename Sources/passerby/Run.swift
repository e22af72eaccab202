// SPDX-License-Identifier: MIT

public import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Reporting

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs an experiment, stage by stage.",
        discussion: """
            Everything that a run makes is in logs/NAME/RUN/. Interrupt it with Ctrl-C; the same command with --resume \
            goes on. A stage that another run has computed from the same settings and data is taken from there; \
            --fresh computes it again. Exit codes: 0 done, 64 wrong usage or experiment file, 65 bad data \
            or a training that cannot go on, 69 something needed is missing, 70 a defect of ours, 75 interrupted and resumable.
            """)

    @OptionGroup var arguments: ExperimentArguments

    @OptionGroup var logs: LogsArgument

    @Flag(help: "Go on with the newest unfinished run of the same experiment and settings.")
    var resume = false

    @Flag(help: "Compute every stage, even where another run has its result already.")
    var fresh = false

    @Flag(help: "End at once where another process is computing a stage that this run needs, and do not wait for it.")
    var noWait = false

    @Option(help: ArgumentHelp("The last stage to run.", valueName: "stage"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "Run with each of these seeds, such as 1..3 or 1,4,7, and show means and deviations. Finished runs are not repeated.",
            valueName: "seeds"))
    var seeds: SeedList?

    @OptionGroup var threads: ThreadsArgument

    @Flag(help: "Go on with a run that was begun with other threads, libraries or processors; its results say so.")
    var otherMachine = false

    @Option(
        help: ArgumentHelp(
            "How it says what it is doing: auto, a living line on a terminal and plain lines elsewhere; plain; or classic, "
                + "lines in fixed fields for grep.", valueName: "style"))
    var logStyle = LogStyle.auto

    @Flag(help: "Print the result as one JSON document.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "End this process with SIGKILL: see verify-resume.", valueName: "stage:boundary:milliseconds:stride",
            visibility: .hidden),
        transform: { text in
            guard let point = KillPoint(text) else {
                throw ValidationError("'\(text)': allowed is STAGE:BOUNDARY:MILLISECONDS:STRIDE")
            }
            return point
        })
    var killAt: KillPoint?

    mutating func validate() throws {
        guard !resume || !fresh else { throw ValidationError("--resume and --fresh exclude each other") }
        guard !otherMachine || resume || seeds != nil else { throw ValidationError("--other-machine belongs to --resume") }
        try checkSeeds()
    }

    func run() throws {
        if let seeds { return try run(seeds: seeds.seeds) }
        let interruption = Interruption.fromSignals()
        let launch = try arguments.launch(output: StandardError(style: logStyle))
        let device = launch.device
        try logs.checkWritable()
        let request = try arguments.request()
        var begun: RunFolder?
        // Not of a run that is to be killed: its end is none.
        defer { if killAt == nil { tell(launch.endCommand, of: begun) } }
        do {
            let (folder, result) = try launch.run(
                resume ? .resume : fresh ? .fresh : .new, logs: logs.folder, until: until,
                whenBusy: noWait ? .leave : .wait, interruption: interruption,
                calibration: { CalibrationCache(threads: $0, on: device) }, killPoint: killAt,
                leaving: { StandardError().write("note: \(Self.words(of: $0, in: $1)); --resume goes on with it\n") },
                begun: { begun = $0 }, request: request,
                under: ConditionsOffer(
                    threads: threads.given, usualThreads: threads.count, facts: machineFacts(on: device),
                    acceptsOthers: otherMachine))
            try show(result, in: folder)
        } catch  where Failure(error)?.kind == .resumable && !Self.isHeld(begun, error) {
            let words = continuation(isBegun: begun != nil)
            StandardError().write("continue with: \(words.map(shellWord).joined(separator: " "))\n")
            throw error
        }
    }

    /// Whether another process is at work on this very run: its command would say the same again.
    private static func isHeld(_ folder: RunFolder?, _ error: any Error) -> Bool {
        guard case PipelineError.locked(let path, _) = error else { return false }
        return path == folder?.lockFile.path
    }

    /// What is left of a run that has stopped.
    private static func words(of point: StageStatus.ResumePoint, in stage: String) -> String {
        let place = [point.part.isEmpty ? stage : "\(stage), \(point.part)", "epoch \(point.epoch)"]
        return "\(point.run) is unfinished ("
            + (place + (point.step.map { ["step \($0)"] } ?? [])).joined(separator: ", ") + ")"
    }

    /// The command that goes on as this one would have. The run itself keeps its number of threads, whether it began
    /// fresh, and that it may go on under other conditions.
    ///
    /// - Parameter isBegun: Whether there is a run's folder; without one there is nothing to resume.
    func continuation(isBegun: Bool) -> [String] {
        var words = [Home().command, "run", arguments.name] + arguments.overrides
        if let path = logs.path { words += ["--logs", path] }
        if let until { words += ["--until", until] }
        if let count = threads.given { words += ["--threads", "\(count)"] }
        if noWait { words.append("--no-wait") }
        if logStyle != .auto { words += ["--log-style", logStyle.rawValue] }
        if json { words.append("--json") }
        if isBegun { return words + ["--resume"] }
        if resume { words.append("--resume") }
        if otherMachine { words.append("--other-machine") }
        if fresh { words.append("--fresh") }
        return words
    }

    /// Tells the user's command of a run that came to its end, well or not. One that was interrupted goes on.
    func tell(_ command: EndCommand?, of folder: RunFolder?) {
        guard let command, let folder, let status = try? folder.result()?.status else { return }
        guard [.completed, .failed].contains(status), let problem = command.run(with: folder.resultFile) else { return }
        StandardError().write("warning: \(problem)\n")
    }

    private func show(_ result: RunResult, in folder: RunFolder) throws {
        if json {
            print(try String(contentsOf: folder.resultFile, encoding: .utf8))
        } else {
            let documents = try folder.documents().map { "\($0.lastPathComponent): \($0.path)\n" }.joined()
            let made = result.provenance.map { "made by \($0)\n" } ?? ""
            let hasReport = FileManager.default.fileExists(atPath: folder.reportFile.path)
            let report = hasReport ? "report: \(folder.reportFile.path)\n" : ""
            print("\n\(ResultTable(result.rows))\n\(result.noteText)\(documents)\(made)\(report)results: \(folder.url.path)")
        }
    }
}

extension LogStyle: ExpressibleByArgument {}

/// A word as a shell has to be given it.
func shellWord(_ word: String) -> String {
    let plain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=+:,".contains($0) }
    return plain ? word : "'\(word.replacing("'", with: "'\\''"))'"
}
