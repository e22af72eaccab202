// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline

/// Runs one trial of a sweep, or goes on with it; `sweep` starts it in a process of its own.
struct Trial: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs a sweep's trial until it is done, or until standard input ends.", shouldDisplay: false)

    @OptionGroup var arguments: ExperimentArguments
    @OptionGroup var logs: LogsArgument
    @OptionGroup var threads: ThreadsArgument

    @Option(help: "What the run is filed under instead of the experiment's name.")
    var filedUnder: String

    @Flag(help: "Go on with a run that was begun with other threads, libraries or processors; its results say so.")
    var otherMachine = false

    func run() throws {
        let interruption = Interruption.fromSignals()
        Thread.detachNewThread {
            // Its other end is held by who started this, and closed with that, however it ends.
            _ = try? FileHandle.standardInput.readToEnd()
            interruption.request(.terminate)
        }
        let launch = try arguments.launch(filedUnder: filedUnder)
        let device = launch.device
        _ = try launch.run(
            .resumeOrNew, logs: logs.folder, until: nil, interruption: interruption,
            calibration: { CalibrationCache(threads: $0, on: device) }, request: arguments.request(),
            under: ConditionsOffer(
                threads: nil, usualThreads: threads.count, facts: machineFacts(on: device), acceptsOthers: otherMachine))
    }
}
