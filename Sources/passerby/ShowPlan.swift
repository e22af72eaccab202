// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline

struct ShowPlan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Shows the stages of an experiment, what goes in and what comes out.",
        discussion: "Starts nothing and writes nothing.")

    @OptionGroup var arguments: ExperimentArguments

    @Flag(help: "Print the plan as one JSON document.")
    var json = false

    func run() throws {
        let plan = try Launch(
            try arguments.experiment(), dataFolder: Home().data.path, weightFolders: Home().weightFolders,
            output: StandardError()).plan()
        if json {
            try printJSON(plan)
            return
        }
        print("\(plan.experiment), seed \(plan.seed)")
        for (number, stage) in plan.stages.enumerated() {
            print("\(number + 1). \(stage.name) (\(stage.method))")
            print("   from \(stage.inputs.joined(separator: ", "))")
            let outputs = stage.outputs.map(\.name)
            print("   to \(outputs.isEmpty ? "the result's rows only" : outputs.joined(separator: ", "))")
            print("   key \(plan.key(of: stage))")
        }
    }
}
