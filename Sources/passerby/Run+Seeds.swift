// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Tables

extension Run {
    /// Runs the experiment once with each seed, and shows means and deviations.
    func run(seeds: [Int]) throws {
        try logs.checkWritable()
        let wanted = seeds.map { [arguments.name] + arguments.overrides + ["seed=\($0)"] }
        let states = try SeededRuns(logs, threads).complete(wanted) { StandardError().write("run: \($0)\n") }
        let endCommand = try arguments.launch().endCommand
        var reasons: [String] = []
        let ended = try states.compactMap { state -> (name: RunName, plan: Plan, result: RunResult)? in
            guard case .done(let folder, let result, let isNew) = state else {
                if let reason = state.obstacle { reasons.append(reason) }
                return nil
            }
            if isNew { tell(endCommand, of: folder) }
            return (RunName(experiment: result.experiment, run: result.run), try folder.plan(), result)
        }
        let groups = RunGroups(ended)
        if json { try printJSON(groups) } else { print("\n\(groups.text(.text))", terminator: "") }
        if let reason = reasons.first {
            throw CommandError.seedsMissing(count: reasons.count, all: wanted.count, reason: reason)
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
        guard logStyle == .auto else {
            throw ValidationError("--seeds and --log-style do not go together; runs of several seeds write plain lines")
        }
        if let given = arguments.overrides.first(where: { $0.hasPrefix("seed=") }) {
            throw ValidationError("--seeds and \(given) do not go together")
        }
    }
}

extension SeededRuns {
    /// Those that a command's arguments ask for.
    init(_ logs: LogsArgument, _ threads: ThreadsArgument, acceptsOtherMachine: Bool = false) {
        self.init(
            logs: logs.folder, threads: threads.count, acceptsOtherMachine: acceptsOtherMachine,
            interruption: .fromSignals()
        ) {
            try ExperimentArguments.parse($0).launch()
        }
    }
}
