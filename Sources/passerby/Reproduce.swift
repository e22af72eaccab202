// SPDX-License-Identifier: MIT

public import ArgumentParser
internal import Configuration
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Slurm
internal import Tables

extension TablePreset: ExpressibleByArgument {}
extension TableFormat: ExpressibleByArgument {}

struct Reproduce: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs what is missing of a paper's table, and prints ours beside the published figures.",
        discussion: """
            A table is a YAML file in experiments/tables/: rows, their published figures, and the experiments that reproduce \
            them. Each is an ordinary run under its own name, which is taken as it is where it has been run before; runs share \
            their stages. Interrupt it with Ctrl-C, or kill it: the same command goes on. A run that fails is shown at once, \
            and the others go on. Several commands may work on a table at a time: each takes the runs that nobody is at. Exit \
            codes: 0 the table is whole, 1 a row stays below the published one by more than the table tolerates, 64 wrong \
            usage or file, 75 rows are missing; the same command goes on. With '--launcher slurm' jobs of a cluster do the \
            work, and this command ends with 0 once they wait in its queue.
            """)

    @Argument(help: "A table: experiments/tables/NAME.yaml, or the path of a YAML file.")
    var name: String

    @Argument(
        help: ArgumentHelp(
            "Values that replace the file's, such as slurm.options.partition=gpu.", valueName: "key=value"))
    var replacements: [String] = []

    @Option(help: "The experiments of the publication, or their twins on a drawn world.")
    var preset = TablePreset.paper

    @Option(help: "Run every experiment with the seeds 1 to so many.", within: Limits.tableSeeds)
    var seeds = 1

    @Flag(help: "Run nothing; show what is there, and what is missing.")
    var plan = false

    @Option(help: "How the table is written.")
    var format = TableFormat.text

    @Flag(help: "Go on with runs that were begun with other threads, libraries or processors; their results say so.")
    var otherMachine = false

    @Flag(help: "Exit with 0 too where other commands work on all that is left, as jobs of a cluster do.")
    var join = false

    @OptionGroup(title: "Slurm") var slurm: SlurmArguments

    @Flag(help: "Print the table as one JSON document, or what was submitted.")
    var json = false

    @OptionGroup var logs: LogsArgument
    @OptionGroup var threads: ThreadsArgument

    func validate() throws {
        guard plan, slurm.launcher == .slurm else { return }
        throw ValidationError("'--plan' and '--launcher slurm' do not go together.")
    }

    func run() throws {
        let table = try table()
        let wanted = table.experiments(of: preset).flatMap { experiment in
            (1...seeds).map { words(experiment.value, $0) }
        }
        guard !wanted.isEmpty else { throw CommandError.emptyTable(table: name, preset: preset.rawValue) }
        let runs = SeededRuns(logs, threads, acceptsOtherMachine: otherMachine)
        if !plan { try logs.checkWritable() }
        if slurm.launcher == .slurm {
            let left = try wanted.map(runs.state).count { $0.obstacle != nil }
            if left > 0 { return try submit(table, left: left) }
        }
        let states =
            try plan
            ? wanted.map(runs.state) : runs.complete(wanted) { StandardError().write("reproduce \(name): \($0)\n") }
        let found = try Dictionary(uniqueKeysWithValues: zip(wanted, states.map(tableRun)))
        let report = try TableReport(table, preset, seeds: Array(1...seeds)) { experiment, seed in
            guard let run = found[words(experiment, seed)] else { preconditionFailure("\(experiment) was not asked for") }
            return run
        }
        if json { try printJSON(report) } else { print(report.text(format), terminator: "") }
        try end(report, states)
    }

    private func tableRun(_ state: SeededRuns.State) throws -> TableRun {
        guard case .done(let folder, let result, _) = state else {
            return .missing(reason: state.obstacle ?? "not run yet")
        }
        return .done(result, precisions: try folder.averagePrecisions())
    }

    /// Hands the runs to jobs, each called as this command was.
    private func submit(_ table: PaperTable, left: Int) throws {
        let asked =
            ["reproduce", name] + replacements + (preset == .paper ? [] : ["--preset", preset.rawValue])
            + (seeds == 1 ? [] : ["--seeds", "\(seeds)"])
        let command = ["passerby"] + asked + (logs.path.map { ["--logs", $0] } ?? [])
        let worker =
            asked + (format == .text ? [] : ["--format", format.rawValue])
            + ["--logs", logs.folder.standardizedFileURL.path]
            + (otherMachine ? ["--other-machine"] : []) + ["--join"]
        try slurm.launch(
            table.slurmWork(preset, command: command.map(shellWord).joined(separator: " "), in: logs.folder), left: left,
            worker: worker, threads: threads.given, asJSON: json)
    }

    private func words(_ experiment: String, _ seed: Int) -> [String] { [experiment, "seed=\(seed)"] }

    private func table() throws -> PaperTable {
        let (path, name) = try ExperimentFolder(Home().experiments.appendingPathComponent("tables"), holding: "table")
            .file(named: name)
        return try PaperTable(path: path, name: name, overrides: replacements)
    }

    private func end(_ report: TableReport, _ states: [SeededRuns.State]) throws {
        let missing = report.missing
        for line in report.missingLines { StandardError().write("missing: \(line)\n") }
        if let error = report.absent.first { throw error }
        guard missing.isEmpty else {
            if join, states.allSatisfy(\.isInHand) { return }
            throw plan
                ? TableError.planned(table: name, missing: missing.count, all: states.count)
                : .unfinished(table: name, missing: missing.count, all: states.count)
        }
        guard report.excesses.isEmpty else { throw ExitCode(1) }
    }
}

extension SeededRuns.State {
    /// Whether it is done, or somebody is at it.
    fileprivate var isInHand: Bool {
        switch self {
        case .done, .unfinished(_, _?): true
        case .unfinished, .missing: false
        }
    }
}
