// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Foundation
internal import Pipeline

@main
struct Passerby: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passerby",
        abstract: "Runs experiments in domain-adaptive object re-identification.",
        discussion: """
            An experiment is a YAML file in experiments/: datasets, backbone, image size and stages. \
            'passerby run quickstart' draws a small world and trains the whole pipeline on it in minutes.
            """,
        subcommands: [
            Run.self, ShowPlan.self, Why.self, Keys.self, Schema.self, Runs.self, ListExperiments.self,
            SweepCommand.self, Reproduce.self, Trial.self, VerifyResume.self, DataCommand.self, WeightsCommand.self,
            Import.self, Extract.self, Evaluate.self, Metrics.self,
            Cluster.self, Doctor.self, Calibrate.self, TimeSteps.self, Kernels.self,
        ])

    @Flag(help: "Print the version, and the revision of the sources.")
    var version = false

    func run() throws {
        guard version else { throw CleanExit.helpRequest(self) }
        print(Version.text)
    }

    /// Parses and runs; errors of ours become one message and the exit code that their kind stands for.
    static func main() {
        do {
            try CommandWords.check(CommandLine.arguments.dropFirst())
            var command = try parseAsRoot()
            try command.run()
            try StandardOutput.finish()
        } catch {
            end(error)
        }
    }

    private static func end(_ error: any Error) -> Never {
        if let failure = Failure(error) { end(failure) }
        guard exitCode(for: error).isSuccess else { endUnparsed(error) }
        // Help is a result too, and it may be lost like any other.
        print(fullMessage(for: error))
        do {
            try StandardOutput.finish()
        } catch {
            end(error)
        }
        Foundation.exit(0)
    }

    /// For what the argument parser has found.
    private static func endUnparsed(_ error: any Error) -> Never {
        let message = fullMessage(for: error)
        guard let hint = CommandWords.settingHint(CommandLine.arguments.dropFirst(), message: message) else {
            exit(withError: error)
        }
        StandardError().write("\(message)\n\(hint)\n")
        Foundation.exit(exitCode(for: error).rawValue)
    }

    private static func end(_ failure: Failure) -> Never {
        StandardError().write("error: \(failure.message)\n")
        Foundation.exit(failure.code)
    }
}
