// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Machine
internal import Pipeline
internal import Reporting
internal import Sweeps

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Tries values of an experiment's settings, and ranks them.",
        discussion: """
            A sweep is a YAML file in experiments/sweeps/: an experiment, a space of settings, and what to rank trials by. \
            'passerby sweep NAME' runs it, and goes on with it however it was ended.
            """,
        subcommands: [RunSweep.self, ShowSweep.self, BestOfSweep.self, ReportSweep.self], defaultSubcommand: RunSweep.self)
}

/// The arguments that name a sweep.
struct SweepArguments: ParsableArguments {
    @Argument(help: "A sweep: experiments/sweeps/NAME.yaml, or the path of a YAML file.")
    var name: String

    @Argument(
        help: ArgumentHelp("Values that replace the file's, such as budget.trials=10.", valueName: "key=value"))
    var replacements: [String] = []

    @OptionGroup var logs: LogsArgument

    func sweep() throws -> Sweep {
        let (path, name) = try ExperimentFolder(Home().experiments.appendingPathComponent("sweeps"), holding: "sweep")
            .file(named: name)
        return try Sweep(path: path, name: name, overrides: replacements).withLastingPaths
    }

    func study(_ interruption: Interruption = Interruption()) throws -> Study {
        Study(try sweep(), logs: logs.folder, interruption: interruption)
    }
}

struct RunSweep: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a sweep, or goes on with it.",
        discussion: """
            Each trial is an ordinary run, filed under sweeps/NAME/TRIAL, in a process of its own; trials share the stages \
            that their settings do not touch. Interrupt it with Ctrl-C, or kill it: the same command goes on, within an epoch \
            too, and runs no trial twice. A trial that fails is shown at once, and the others go on. Exit codes: 0 every \
            trial has ended and one has a result, 64 wrong usage or file, 65 no trial has a result, 75 unfinished; the same \
            command goes on. With '--launcher slurm' jobs of a cluster do the work, and this command ends with 0 once they \
            wait in its queue.
            """)

    @OptionGroup var arguments: SweepArguments
    @OptionGroup var threads: ThreadsArgument

    @Option(help: "Trials that are worked on at a time; they divide the threads.", within: Limits.trialWorkers)
    var workers = 1

    @Option(help: "Begin no other trial after so many have failed.", within: Limits.failures)
    var failFast: Int?

    @Flag(help: "Go on with runs that were begun with other threads, libraries or processors; their results say so.")
    var otherMachine = false

    @Flag(help: "Begin trials again that failed.")
    var retry = false

    @Flag(help: "Exit with 0 too where other commands work on all that is left, as jobs of a cluster do.")
    var join = false

    @OptionGroup(title: "Slurm") var slurm: SlurmArguments

    @Flag(help: "Print the trials as one JSON document, or what was submitted.")
    var json = false

    func run() throws {
        let interruption = Interruption.fromSignals()
        let study = try arguments.study(interruption)
        let swept = try SweptExperiment(study.sweep)
        try arguments.logs.checkWritable()
        try study.begin(identity: swept.identity, experiment: swept.text)
        let say = { @Sendable (text: String) in StandardError().write("sweep \(study.sweep.name): \(text)\n") }
        if retry { say("begins \(counted(try study.retryFailed(), "failed trial")) again") }
        if slurm.launcher == .slurm, let left = try report(study, named: arguments.name).left {
            return try slurm.launch(study.slurmWork, left: left, worker: wordsOfWorker, threads: threads.given, asJSON: json)
        }
        say(
            "\(counted(study.sweep.trialCount, "trial")) at most; what a trial's runs say is in "
                + "\(study.folder.url.path)/TRIAL/messages.txt")
        let worker = SweepWorker(
            on: study, threads: max(1, threads.count / workers), acceptsOtherMachine: otherMachine, failureLimit: failFast,
            interruption: interruption, say: say)
        do {
            try worker.work(workers: workers, cards: workers > 1 ? GraphicsCard.visible : [])
        } catch {
            // What ended the sweep is what is said, whatever else fails.
            if let report = try? report(study, named: arguments.name) {
                let page = writePage(of: report, study, say)
                if case SweepError.manyFailures = error {
                    // With the last of all trials the sweep has ended as it would have anyway.
                    guard report.left != nil else { return try end(report, page: page) }
                    try show(report, page: page)
                }
                if Failure(error)?.kind == .resumable { say("\(report.counts); the same command goes on") }
            }
            throw error
        }
        let report = try report(study, named: arguments.name)
        try end(report, page: writePage(of: report, study, say))
    }

    /// A sweep does not fail where its page does.
    ///
    /// - Returns: The page; nil where there is none.
    private func writePage(of report: SweepReport, _ study: Study, _ say: (String) -> Void) -> URL? {
        do {
            try SweepPage(report, of: study, report.figure).write()
            return study.folder.pageFile
        } catch {
            say("there is no page of this sweep: \(error)")
            return nil
        }
    }

    /// What a job of a cluster is called with, as this command was.
    private var wordsOfWorker: [String] {
        ["sweep", "run", arguments.name] + arguments.replacements + [
            "--logs", arguments.logs.folder.standardizedFileURL.path,
        ]
            + (workers > 1 ? ["--workers", "\(workers)"] : []) + (failFast.map { ["--fail-fast", "\($0)"] } ?? [])
            + (otherMachine ? ["--other-machine"] : []) + ["--join"]
    }

    private func show(_ report: SweepReport, page: URL?) throws {
        guard !json else { return try printJSON(report) }
        let line = page.map { "report: \($0.path)\n" } ?? ""
        print(report.text(.text, report.figure) + line, terminator: "")
    }

    private func end(_ report: SweepReport, page: URL?) throws {
        try show(report, page: page)
        let states = report.trials.map(\.trial.state)
        let running = states.filter { $0 == .running }.count
        guard running == 0 else {
            if join { return }
            throw SweepError.unfinished(sweep: arguments.name, count: running)
        }
        guard report.best != nil else { throw SweepError.nothingComplete(sweep: arguments.name, failed: states.count) }
    }
}

struct ShowSweep: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows a sweep's trials, the best first; starts nothing.")

    @OptionGroup var arguments: SweepArguments
    @Option(help: "How the trials are written; with csv all digits, for programs.") var format = TableFormat.text
    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let report = try report(arguments.study(), named: arguments.name)
        if json {
            try printJSON(report)
        } else {
            print(report.text(format, report.figure), terminator: "")
        }
    }
}

struct ReportSweep: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Writes sweep.html anew: trials, charts, and the importance of settings.",
        discussion: "A sweep writes it when its command ends; this does at any time, and starts nothing.")

    @OptionGroup var arguments: SweepArguments
    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let study = try arguments.study()
        let report = try report(study, named: arguments.name)
        try SweepPage(report, of: study, report.figure).write()
        let page = study.folder.pageFile.path
        if json {
            try printJSON(["sweep": report.sweep, "report": page])
        } else {
            print("report: \(page)")
        }
    }
}

struct BestOfSweep: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "best", abstract: "Prints the best trial's settings, as a command line has them.",
        discussion: """
            First the sweep's fixed ones, without which the experiment would be another, then those that it varies. Exit code \
            75 where no trial is complete yet.
            """)

    @OptionGroup var arguments: SweepArguments
    @Flag(help: "Print the settings that the sweep varies, and not those that it fixes.") var variedOnly = false
    @Flag(help: "Print the trial as one JSON document.") var json = false

    func run() throws {
        let study = try arguments.study()
        let report = try report(study, named: arguments.name)
        guard let best = report.best else { throw SweepError.noneYet(sweep: report.sweep) }
        if json {
            try printJSON(best)
        } else {
            let fixed = variedOnly ? [] : study.sweep.fixed.map(\.assignment)
            print((fixed + best.trial.assignments).map(shellWord).joined(separator: " "))
        }
    }
}

/// - Parameter name: What the user calls the sweep, by its name or by its file, for hints that can be copied.
private func report(_ study: Study, named name: String) throws -> SweepReport {
    do {
        return SweepReport(study, try study.record()) { trial in
            ProcessLock.liveHolder(in: study.folder.lockFile(of: trial)) != nil
        }
    } catch SweepError.notBegun(_, let folder) {
        throw SweepError.notBegun(sweep: name, folder: folder)
    }
}

extension SweepReport {
    /// How the objective's values are shown.
    fileprivate var figure: FigureColumn { .named(objective.figure) }
}
