// SPDX-License-Identifier: MIT

internal import Pipeline

/// What an experiment would do, as far as that can be said without its data and weights: no keys, and so nothing of what is
/// there already, and no forecast.
public struct ExperimentOutline: Sendable, Equatable {
    private let experiment: String
    private let seed: UInt64
    private let stages: [StagePlan]
    /// What is not on this machine, and where it was looked for.
    public let missing: String

    /// - Returns: Nothing where the error is not that data or weights are not here.
    /// - Throws: `PipelineError.invalidPlan(reason:)`.
    public init?(_ experiment: Experiment, lacking error: any Error) throws {
        guard MissingInputsError.missing(error) != nil else { return nil }
        let plan = try experiment.plan(dataDigest: ContentDigest(of: ""))
        self.experiment = plan.experiment
        seed = plan.seed
        stages = plan.stages
        missing = "\(error)"
    }
}

extension ExperimentOutline: Encodable {}

extension ExperimentOutline: CustomStringConvertible {
    public var description: String {
        let lines = stages.enumerated().flatMap { number, stage in
            ["\(number + 1). \(stage.name) (\(stage.method))"] + stage.flow
        }
        return (["\(experiment), seed \(seed)"] + lines).joined(separator: "\n")
    }
}
