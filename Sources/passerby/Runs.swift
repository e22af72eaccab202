// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Reporting
internal import Tables

struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Past runs.",
        discussion: """
            A run is named EXPERIMENT/RUN. The beginning of that is enough where only one run begins so, and so is the end \
            of RUN. 'latest' is the newest run of all, EXPERIMENT/latest the newest of an experiment.
            """,
        subcommands: [
            ListRuns.self, ShowRun.self, ReportRun.self, CompareRuns.self, RemoveRuns.self, CollectGarbage.self,
        ],
        defaultSubcommand: ListRuns.self)
}

struct ListRuns: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists runs, newest first.")

    @Argument(help: "Only runs of this experiment.") var experiment: String?
    @Flag(help: "Count their files: all bytes, and those that are free when the run is removed.") var size = false
    @OptionGroup var logs: LogsArgument
    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let catalogue = RunCatalogue(logs: logs.folder)
        let runs = try catalogue.list(of: experiment, measuring: size)
        if let experiment, runs.isEmpty { try requireExperiment(experiment, catalogue) }
        if json {
            try printJSON(runs)
        } else {
            print(RunTable(runs, columns: .headline), terminator: "")
        }
    }

    /// One that has not been run yet has no runs, which is an answer; a name of nothing has none either, and is a mistake.
    private func requireExperiment(_ name: String, _ catalogue: RunCatalogue) throws {
        let folder = ExperimentFolder(Home().experiments, holding: "experiment")
        guard (try? folder.file(named: name)) == nil else { return }
        // Trials of sweeps are many, and asked for by their sweep.
        let known = Set(try catalogue.list().map(\.run.experiment)).filter { !$0.hasPrefix("sweeps/") }
        throw CommandError.noRuns(of: name, known: known.sorted())
    }
}

struct ShowRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a run: its stages, where each came from, and its results.")

    @Argument(help: "The run.") var name: String
    @OptionGroup var logs: LogsArgument
    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let catalogue = RunCatalogue(logs: logs.folder)
        let details = try catalogue.details(of: catalogue.find(name))
        if json {
            try printJSON(details)
        } else {
            print(details.text(columns: .metrics, headline: .headline), terminator: "")
        }
    }
}

struct ReportRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Writes a run's report anew, from its folder alone: report.html and report/.")

    @Argument(help: "The run.") var name: String
    @OptionGroup var logs: LogsArgument
    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let catalogue = RunCatalogue(logs: logs.folder)
        let run = try catalogue.find(name)
        let folder = catalogue.folder(run)
        try RunReport(of: folder).write()
        if json {
            try printJSON(WrittenReport(run: run, report: folder.reportFile.path))
        } else {
            print("report: \(folder.reportFile.path)")
        }
    }
}

/// Where a report is; the JSON document of `passerby runs report --json`.
private struct WrittenReport: Encodable {
    let run: RunName
    let report: String
}

struct CompareRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compares runs: the resolved settings that differ, and the results.",
        discussion: """
            With --group, finished runs that differ in nothing but their seed make one column: n, mean and standard \
            deviation of every row. An experiment's name then stands for all of its runs.
            """)

    @Argument(help: "Two runs or more; with --group one or more, or experiments.") var runs: [String]
    @Flag(help: "Put runs together that differ in their seed alone.") var group = false
    @Option(help: "How groups are written.") var format = TableFormat.text
    @OptionGroup var logs: LogsArgument
    @Flag(help: "Print one JSON document.") var json = false

    mutating func validate() throws {
        guard group || runs.count > 1 else { throw ValidationError("\(runs.count) run; allowed are two or more") }
    }

    func run() throws {
        let catalogue = RunCatalogue(logs: logs.folder)
        if group {
            let groups = try RunGroups(catalogue.finished(runs))
            return json ? try printJSON(groups) : print(groups.text(format), terminator: "")
        }
        let comparison = try catalogue.comparison(of: runs.map(catalogue.find))
        if json {
            try printJSON(comparison)
        } else {
            print(comparison.text(comparing: .mAP), terminator: "")
        }
    }
}

extension RunCatalogue {
    /// The finished ones of runs, and of experiments that are named instead.
    fileprivate func finished(_ names: [String]) throws -> [(name: RunName, plan: Plan, result: RunResult)] {
        let all = try list()
        let named = try names.flatMap { text in
            let own = all.filter { $0.run.experiment == text && $0.state == .completed }.map(\.run)
            return own.isEmpty ? [try find(text)] : own
        }
        return try named.compactMap { name in
            let folder = folder(name)
            guard let result = try folder.result(), result.status == .completed else { return nil }
            return (name, try folder.plan(), result)
        }
    }
}

struct RemoveRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Removes runs without asking, and the stored stages that no other run has.",
        discussion: "Stops at the first run that a process is working on; the runs named after it stay too.")

    @Argument(help: "The runs.") var runs: [String]
    @OptionGroup var logs: LogsArgument
    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let catalogue = RunCatalogue(logs: logs.folder)
        // All names first: a misspelt one is found before anything is gone.
        let found = try runs.map(catalogue.find)
        var entries = 0
        for run in found { entries += try catalogue.remove(run) }
        if json {
            try printJSON(Removal(runs: found, storedStages: entries))
        } else {
            print(found.map { "removed \($0)" }.joined(separator: "\n"))
            print("\(counted(entries, "stored stage")) went with \(found.count == 1 ? "it" : "them")")
        }
    }
}

struct CollectGarbage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Shows what is on the disk and no run needs, and removes it with --remove.",
        discussion: """
            These are stored results of stages that no run has, what commands that were killed have left of runs and results, \
            drawn worlds that no run of this logs folder has used, and decoded images that no run has opened for a month. All \
            of it is made again when it is needed.
            """)

    @Flag(help: "Remove it.") var remove = false
    @OptionGroup var logs: LogsArgument
    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let home = Home()
        let housekeeping = Housekeeping(
            logs: logs.folder, data: home.data, cache: URL(fileURLWithPath: home.cache + "/decoded"))
        var items = try housekeeping.unneeded()
        if remove { items = try items.filter(housekeeping.remove) }
        if json { return try printJSON(items) }
        for item in items { print("\(item.bytes.byteText)  \(item.description): \(item.path)") }
        let sum = items.reduce(0) { $0 + $1.bytes }.byteText
        switch (items.isEmpty, remove) {
        case (true, _): print("nothing here that no run needs")
        case (_, true): print("removed \(counted(items.count, "thing")), \(sum)")
        case (_, false): print("\(counted(items.count, "thing")), \(sum); nothing was removed: --remove does that")
        }
    }
}

/// What was removed; the JSON document of `passerby runs rm --json`.
private struct Removal: Encodable {
    let runs: [RunName]
    let storedStages: Int

    private enum CodingKeys: String, CodingKey {
        case runs, storedStages = "stored_stages"
    }
}
