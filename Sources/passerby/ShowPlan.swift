// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline

struct ShowPlan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Shows the stages of an experiment, and which a run would run, reuse or resume.",
        discussion: """
            Starts nothing and writes nothing. 'reuse' is what another run has left; 'resume' is where --resume would \
            go on. 'passerby why NAME STAGE' says why a stage would run again.
            """)

    @OptionGroup var arguments: ExperimentArguments
    @OptionGroup var logs: LogsArgument

    @Flag(help: "As for a run that reuses nothing.")
    var fresh = false

    @Flag(help: "Print the plan as one JSON document.")
    var json = false

    func run() throws {
        let launch = try arguments.launch()
        let status = try launch.status(fresh ? .fresh : .new, logs: logs.folder)
        if json {
            try printJSON(status)
        } else {
            print(status)
        }
    }
}
