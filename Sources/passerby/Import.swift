// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Vocabulary

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes an experiment file of a Python repository's command line or configuration.",
        usage: """
            passerby import [--out <out>] [--force] <file>
            passerby import [--out <out>] [--force] -- <command> ...
            """,
        discussion: """
            An OpenUnReID config.yaml is given as FILE. A command of SpCL, Cluster Contrast, MMT or the VisDA-2020 solution \
            stands behind '--', as it is typed there: \
            passerby import --out experiments/mine.yaml -- python examples/spcl_train_usl.py -d market1501 --eps 0.5

            The file's header names every option that has no place here and why, and every value that nobody wrote.
            """)

    @Argument(help: "An OpenUnReID config.yaml.") var file: String?
    @Argument(parsing: .postTerminator, help: "A command line, behind '--'.") var command: [String] = []
    @Option(help: "Where the experiment is written; printed where this is left out.") var out: String?
    @Flag(help: "Replace a file that is there.") var force = false

    mutating func validate() throws {
        guard file == nil || command.isEmpty else {
            throw ValidationError("a file and a command behind '--' exclude each other")
        }
        guard file != nil || !command.isEmpty else { throw ValidationError("give a file, or a command behind '--'") }
    }

    func run() throws {
        let output = try out.map {
            try OutputPath(
                $0, option: "--out", inputs: file.map { [$0] } ?? [], endings: FileEnding.yaml, replaces: force)
        }
        let made = try file.map { try ExperimentImport(configuration: $0) } ?? ExperimentImport(command: command)
        guard let output else {
            print(made.text, terminator: "")
            return
        }
        try output.write { try made.text.write(toFile: $0, atomically: true, encoding: .utf8) }
        for line in made.leftOut { StandardError().write("not taken over: \(line)\n") }
        print("\(output.path): \(made.unwritten.count) values that nobody wrote; its header names them")
    }
}
