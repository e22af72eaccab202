// SPDX-License-Identifier: MIT

public import Foundation
public import Pipeline
internal import Configuration
internal import Data
internal import Tensor

/// An experiment on its way from a file to a result.
public struct Launch {
    /// Whether a run begins anew or goes on.
    public enum Start: Sendable {
        case new
        /// The newest unfinished run with the same plan.
        case resume
    }

    private let experiment: Experiment
    private let dataFolder: String
    private let output: any ProgressOutput

    /// - Parameters:
    ///   - dataFolder: The folder of all datasets.
    ///   - output: Where progress is shown.
    public init(_ experiment: Experiment, dataFolder: String, output: any ProgressOutput) {
        self.experiment = experiment
        self.dataFolder = dataFolder
        self.output = output
    }

    /// The plan; reads the datasets' folders, or takes a drawn world's parameters, and starts nothing.
    public func plan() throws -> Plan {
        if case .synthetic = experiment.data.location {
            return try experiment.plan(dataDigest: ContentDigest(of: experiment.data.root(in: "")))
        }
        let root = try experiment.data.root(in: dataFolder)
        return try experiment.plan(dataDigest: Datasets(experiment.data, root: root).digest(below: root))
    }

    /// Runs the stages.
    ///
    /// - Parameters:
    ///   - logs: The folder of all runs.
    ///   - until: The last stage to run; nil for all.
    /// - Returns: The run's folder and its result.
    /// - Throws: `DataError` before anything is written where datasets are missing; `PipelineError`, `Interrupted`
    ///   and the methods' errors from the stages, after which the run can be resumed.
    public func run(
        _ start: Start, logs: URL, until: String?, interruption: Interruption, threads: Int
    ) throws -> (folder: RunFolder, result: RunResult) {
        try Engine.prepare(threads: threads)
        let root = try experiment.data.root(in: dataFolder)
        let plan = try self.plan()
        if let until { _ = try plan.stage(named: until) }
        if case .synthetic(let world) = experiment.data.location { try draw(world, to: root, interruption) }
        let workspace = Workspace(experiment: experiment, datasets: try Datasets(experiment.data, root: root))
        let folder = switch start {
        case .new: try RunFolder.create(in: logs, plan: plan, experiment: experiment.document.yamlText)
        case .resume: try RunFolder.resumable(in: logs, plan: plan)
        }
        let orchestrator = Orchestrator(
            plan: plan, runFolder: folder, stages: experiment.runnableStages(plan, workspace), until: until,
            output: output, interruption: interruption)
        return (folder, try orchestrator.run())
    }

    private func draw(_ world: SyntheticWorld, to root: String, _ interruption: Interruption) throws {
        let progress = ProgressReporter(label: "data", output: output)
        progress.begin(total: world.imageCount, unit: "images")
        try world.write(to: root) { _, _ in progress.advance() }
        try interruption.check()
    }
}
