// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Tensor

/// Measures a few steps of one stage; `plan` starts it in a process of its own.
struct Calibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures a few steps of a stage, and prints what they took as JSON.", shouldDisplay: false)

    @OptionGroup var arguments: ExperimentArguments

    @Option(help: "The stage.")
    var stage: String

    @OptionGroup var threads: ThreadsArgument

    func run() throws {
        try printJSON(arguments.launch().rehearse(stage, threads: threads.count, peakMemory: peakMemory))
    }
}

extension CalibrationCache {
    /// In the user's cache folder.
    init(threads: Int, on device: Device) {
        self.init(
            folder: URL(fileURLWithPath: Home().cache + "/calibration"),
            machine: machineFacts(threads: threads, on: device))
    }
}
