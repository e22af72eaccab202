// SPDX-License-Identifier: MIT

internal import Data
internal import Pipeline
internal import Reporting

/// What an experiment would do, as far as that can be said without its data and weights: no keys, and so nothing of what is
/// there already, and no forecast.
public struct ExperimentOutline: Sendable, Equatable {
    /// A stage without what determines its data.
    struct Stage: Sendable, Equatable, Encodable {
        let name: String
        let method: String
        let settings: JSONValue
        let inputs: [String]
        let outputs: [Artefact]
    }

    private let experiment: String
    private let seed: UInt64
    private let stages: [Stage]
    /// What is not on this machine, and where it was looked for.
    public let missing: String

    /// - Returns: Nothing where the error is not that data or weights are not here.
    /// - Throws: `PipelineError.invalidPlan(reason:)`.
    public init?(_ experiment: Experiment, lacking error: any Error) throws {
        switch error {
        case DataError.missingFolder, InitialWeightsError.notFound: break
        default: return nil
        }
        let plan = try experiment.plan(dataDigest: ContentDigest(of: ""))
        self.experiment = plan.experiment
        seed = plan.seed
        stages = plan.stages.map { stage in
            Stage(
                name: stage.name, method: stage.method, settings: stage.settings, inputs: stage.inputs,
                outputs: stage.outputs)
        }
        missing = "\(error)"
    }
}

extension ExperimentOutline: Encodable {}

extension ExperimentOutline: CustomStringConvertible {
    public var description: String {
        let lines = stages.enumerated().flatMap { number, stage in
            let outputs = stage.outputs.map(\.name)
            return [
                "\(number + 1). \(stage.name) (\(stage.method))",
                "   from \(stage.inputs.joined(separator: ", "))",
                "   to \(outputs.isEmpty ? "the result's rows only" : outputs.joined(separator: ", "))",
            ]
        }
        return (["\(experiment), seed \(seed)"] + lines).joined(separator: "\n")
    }
}
