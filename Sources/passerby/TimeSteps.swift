// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Reporting

/// Measures steps as a run takes them, for comparisons with other programs; `scripts/check-gpu` starts it.
struct TimeSteps: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures steps of stages, one after another on a batch that is there, and prints each as JSON.",
        shouldDisplay: false)

    /// What was measured, or why nothing was.
    private struct Measurement: Encodable {
        var batch: Int?
        var seconds: Double?
        var problem: String?
    }

    @OptionGroup var arguments: ExperimentArguments

    @Option(name: .customLong("stage"), help: "A stage; several may be given.")
    var stages: [String] = []

    @Option(help: "Measure passes of so many images through a network for inference too.", within: Limits.inferenceBatch)
    var pass: Int?

    @Option(help: "Steps between two looks at the clock.", within: Limits.iterations)
    var window = 8

    @OptionGroup var threads: ThreadsArgument

    func run() throws {
        let launch = try arguments.launch()
        try launch.checkDevice()
        for stage in stages {
            try show(stage) {
                try launch.steadySteps(of: stage, window: window, threads: threads.count, peakMemory: peakMemory)
            }
        }
        if let pass {
            try show("pass") {
                try launch.steadyPasses(of: pass, window: window, threads: threads.count, peakMemory: peakMemory)
            }
        }
    }

    /// At once: a stage that hangs takes no others along.
    private func show(_ name: String, _ body: () throws -> StageCost.Steps?) throws {
        try printJSON([name: measured(body)])
        fflush(nil)
    }

    /// One that cannot be measured says why, and leaves the others theirs.
    private func measured(_ body: () throws -> StageCost.Steps?) -> Measurement {
        do {
            guard let steps = try body() else { return Measurement(problem: "the stage trains nothing") }
            return Measurement(batch: steps.batch, seconds: steps.seconds)
        } catch {
            return Measurement(problem: (error as? any ReportedError)?.description ?? "\(error)")
        }
    }
}
