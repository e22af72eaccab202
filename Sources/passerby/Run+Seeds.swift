// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Reporting
internal import Tables

extension Run {
    /// Runs the experiment once with each seed, and shows means and deviations.
    func run(seeds: [Int]) throws {
        try logs.checkWritable()
        let runs = SeededRuns(logs: logs.folder, threads: threads.count, interruption: .fromSignals()) {
            try ExperimentArguments.parse($0).launch()
        }
        let wanted = seeds.map { [arguments.name] + arguments.overrides + ["seed=\($0)"] }
        let before = try wanted.map(runs.state)
        let failures = try runs.complete(wanted) { StandardError().write("run: \($0)\n") }
        let ended = try zip(before, wanted).compactMap { before, words -> (name: RunName, plan: Plan, result: RunResult)? in
            guard case .done(let folder, let result) = try runs.state(of: words) else { return nil }
            if case .notRun = before { tell(try arguments.launch().endCommand, of: folder) }
            return (RunName(experiment: result.experiment, run: result.run), try folder.plan(), result)
        }
        let groups = RunGroups(ended)
        if json { try printJSON(groups) } else { print("\n\(groups.text(.text))", terminator: "") }
        guard ended.count == wanted.count else {
            let impossible = before.compactMap { if case .impossible(let reason) = $0 { reason } else { nil } }
            let reasons = failures.values.sorted() + impossible
            throw CommandError.seedsMissing(
                count: wanted.count - ended.count, all: wanted.count, reason: reasons.first ?? "")
        }
    }

    /// What belongs to one run makes no sense for several.
    func checkSeeds() throws {
        guard seeds != nil else { return }
        let others = [
            ("--resume", resume), ("--fresh", fresh), ("--no-wait", noWait), ("--until", until != nil),
            ("--other-machine", otherMachine), ("--kill-at", killAt != nil),
        ]
        if let (name, _) = others.first(where: \.1) {
            throw ValidationError("--seeds and \(name) do not go together; the command with --seeds goes on by itself")
        }
        if let given = arguments.overrides.first(where: { $0.hasPrefix("seed=") }) {
            throw ValidationError("--seeds and \(given) do not go together")
        }
    }
}
