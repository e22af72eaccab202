// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation

struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says which keys an experiment file may have, and what each of them means.",
        discussion: """
            'passerby keys' lists those of the file, 'passerby keys adapt' those of a kind of stage, 'passerby keys adapt.eps' \
            says all of one: its meaning, unit, range, default, and the paper's symbol. docs/experiment.md has them all.
            """)

    @Argument(help: "A key, or keys joined by dots; those of stages stand below their kind.")
    var place = ""

    @Option(help: ArgumentHelp("The method whose keys are meant; the kind's first without it.", valueName: "name"))
    var method: String?

    @Flag(help: "Print one JSON document.")
    var json = false

    @Flag(help: "Print all keys as the tables of docs/experiment.md.")
    var markdown = false

    mutating func validate() throws {
        guard !markdown || (place.isEmpty && method == nil && !json) else {
            throw ValidationError("--markdown prints all keys; allowed: it alone")
        }
    }

    func run() throws {
        let reference = ExperimentReference()
        if markdown {
            print(reference.markdown, terminator: "")
            return
        }
        let found = try reference.place(place, method: method)
        if json { try printJSON(found) } else { print(found) }
    }
}

struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the JSON Schema of experiment files, for editors and other programs.",
        discussion: "It is docs/experiment.schema.json; JSON Schema, draft 2020-12.")

    func run() throws { try printJSON(ExperimentSchema().document) }
}
