// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Reporting

struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Past runs.",
        discussion: """
            A run is named EXPERIMENT/RUN, or by as much of RUN, from its beginning or its end, as tells it apart.
            """,
        subcommands: [ListRuns.self, ShowRun.self, ReportRun.self, CompareRuns.self, RemoveRuns.self],
        defaultSubcommand: ListRuns.self)
}

struct ListRuns: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists runs, newest first.")

    @Argument(help: "Only runs of this experiment.") var experiment: String?
    @Flag(help: "Count their files: all bytes, and those that stay when the run is removed.") var size = false
    @OptionGroup var logs: LogsArgument
    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let runs = try RunCatalogue(logs: logs.folder).list(of: experiment, measuring: size)
        if json {
            try printJSON(runs)
        } else {
            print(RunTable(runs, columns: .headline), terminator: "")
        }
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
        commandName: "compare", abstract: "Compares runs: the resolved settings that differ, and the results.")

    @Argument(help: "Two runs or more.") var runs: [String]
    @OptionGroup var logs: LogsArgument
    @Flag(help: "Print one JSON document.") var json = false

    mutating func validate() throws {
        guard runs.count > 1 else { throw ValidationError("\(runs.count) run; allowed are two or more") }
    }

    func run() throws {
        let catalogue = RunCatalogue(logs: logs.folder)
        let comparison = try catalogue.comparison(of: runs.map(catalogue.find))
        if json {
            try printJSON(comparison)
        } else {
            print(comparison.text(comparing: .mAP), terminator: "")
        }
    }
}

struct RemoveRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Removes runs, without asking, and stored stages that no other run has.",
        discussion: "A run in which a process works is left alone, and those after it in the list too.")

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

/// What was removed; the JSON document of `passerby runs rm --json`.
private struct Removal: Encodable {
    let runs: [RunName]
    let storedStages: Int

    private enum CodingKeys: String, CodingKey {
        case runs, storedStages = "stored_stages"
    }
}
