// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Machine
internal import Tensor

/// Measures the ways of multiplying matrices, each in a process of its own; the launcher keeps the outcome.
struct Kernels: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures which matrix kernels are the fastest here, and writes what to set for them.",
        shouldDisplay: false)

    @Option(help: "The file to write, as lines for a shell.") var out: String?
    @Flag(help: "Measure what this process runs, and print it as JSON.") var own = false

    func run() throws {
        if own {
            try printJSON(try KernelSurvey.own())
            return
        }
        let survey = KernelSurvey()
        guard let choice = survey.choice else { throw CommandError.noRightKernels(survey.measured.map(\.kernels)) }
        let text = choice.environment(libtorch: Engine.libraryPath)
        guard let out else {
            print(text, terminator: "")
            return
        }
        let file = URL(fileURLWithPath: out)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw CommandError.unwritable(path: out, reason: error.localizedDescription)
        }
    }
}
