// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline

struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says why a stage would run again: which field differs, from what to what, and where it is written.",
        discussion: "Compares with the finished run that is nearest; what differs in a stage's inputs is said too.")

    @Argument(help: "An experiment: experiments/NAME.yaml, or the path of a YAML file.") var name: String
    @Argument(help: "The stage.") var stage: String
    @Argument(help: ArgumentHelp("Values that replace the file's, such as seed=2.", valueName: "key=value"))
    var overrides: [String] = []
    @OptionGroup var device: DeviceArgument
    @OptionGroup var logs: LogsArgument
    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        // The stage stands between them, so that a group of them cannot be among this command's arguments.
        let arguments = try ExperimentArguments.parse([name] + overrides + device.overrides)
        let plan = try arguments.launch().plan()
        let places = try arguments.places()
        let answer = Answer(
            status: PlanStatus(of: plan, logs: logs.folder).stages.first { $0.plan.name == stage }?.status,
            explanation: try plan.explanation(of: stage, logs: logs.folder) { places.place(stage: $0, field: $1) })
        if json {
            try printJSON(answer)
        } else {
            print(answer.text)
        }
    }
}

/// What would be done and why; the JSON document of `passerby why --json`.
private struct Answer: Encodable {
    let status: StageStatus?
    let explanation: StageExplanation

    var text: String {
        guard let status else { return "\(explanation)" }
        if case .reuse = status { return "'\(explanation.stage)' would not run: \(status)" }
        return "\(explanation)"
    }

    private enum CodingKeys: String, CodingKey {
        case status, explanation
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(status.map { "\($0)" }, forKey: .status)
        try container.encode(explanation, forKey: .explanation)
    }
}
