// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Configuration
internal import Foundation

struct ListExperiments: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiments", abstract: "Lists the experiments in experiments/, and what each of them is for.",
        discussion: "'passerby plan NAME' shows the stages of one, 'passerby plan NAME --settings' all that it says.")

    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let folder = ExperimentFolder(Home().experiments, holding: "experiment")
        let found = try folder.names.map { name in
            let path = try folder.file(named: name).path
            return Listed(name: name, description: Self.description(of: path), file: path)
        }
        if json {
            try printJSON(found)
        } else {
            let width = found.map(\.name.count).max() ?? 0
            for item in found {
                let name = item.name.padding(toLength: width, withPad: " ", startingAt: 0)
                print(item.description.map { "\(name)  \($0)" } ?? item.name)
            }
        }
    }

    /// What the file says of itself, or what it extends. One that cannot be read is listed all the same, without words:
    /// what is wrong with it is told to whoever runs it.
    private static func description(of path: String) -> String? {
        guard let node = (try? Document.load(path))?["description"], case .scalar(.text(let text)) = node.value else {
            return nil
        }
        return text
    }

    private struct Listed: Encodable {
        let name: String
        let description: String?
        let file: String
    }
}
