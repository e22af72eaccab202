// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Configuration
internal import Experiments

/// What the words of a command line mean to the program, beyond what the argument parser says of them.
enum CommandWords {
    /// Looks whether the words in a command's place are commands.
    ///
    /// The parser takes a misspelt one for an argument too many, and behind `help` for no word at all.
    ///
    /// - Parameter words: A command line without the program's name.
    /// - Throws: ``CommandError/unknownCommand(_:nearest:allowed:)``.
    static func check(_ words: ArraySlice<String>) throws(CommandError) {
        let asksForHelp = words.first == "help"
        var command: any ParsableCommand.Type = Passerby.self
        var path: [String] = []
        for word in asksForHelp ? words.dropFirst() : words {
            let commands = command.configuration.subcommands
            guard !commands.isEmpty, !word.hasPrefix("-") else { return }
            if let found = commands.first(where: { $0._commandName == word }) {
                command = found
                path.append(word)
                continue
            }
            // Any word may be an argument of the command that is taken where none is named.
            guard asksForHelp || command.configuration.defaultSubcommand == nil else { return }
            let allowed = commands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
            let whole = { (word: String) in (path + [word]).joined(separator: " ") }
            throw .unknownCommand(whole(word), nearest: nearest(to: word, among: allowed).map(whole), allowed: allowed)
        }
    }

    /// The commands that take settings of an experiment.
    private static let settingCommands: [any ParsableCommand.Type] = [
        Run.self, ShowPlan.self, Why.self, VerifyResume.self,
    ]

    /// What is to be said where somebody has given a setting as an option; nothing where nobody has.
    ///
    /// - Parameter message: What the parser says of the words.
    static func settingHint(_ words: ArraySlice<String>, message: String) -> String? {
        guard settingCommands.contains(where: { $0._commandName == words.first }),
            let option = message.firstMatch(of: /Unknown option '--([A-Za-z0-9_.]+)'/)?.1,
            let place = words.firstIndex(where: { $0 == "--\(option)" || $0.hasPrefix("--\(option)=") })
        else { return nil }
        let own = words[place].split(separator: "=", maxSplits: 1).dropFirst().first.map(String.init)
        let value = own ?? (place + 1 < words.endIndex ? words[place + 1] : "VALUE")
        let reference = ExperimentReference()
        if (try? reference.place(String(option), method: nil)) != nil {
            return "settings are given as \(shellWord("\(option)=\(value)"))"
        }
        let kinds = reference.kindsOfStages(with: String(option))
        guard !kinds.isEmpty else { return nil }
        let settings = kinds.map { shellWord("\($0).\(option)=\(value)") }
        return "settings of stages are given with the stage's name, as \(settings.joined(separator: ", "))"
    }
}
