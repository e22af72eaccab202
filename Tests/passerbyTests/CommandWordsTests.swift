// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Testing

@testable import passerby

@Suite struct `A word in a command's place` {
    @Test(arguments: [
        ("rnu", "no command 'rnu'; did you mean 'run'? allowed: run, plan, why, keys, "),
        ("runn quickstart", "no command 'runn'; did you mean 'run'? allowed: run, plan, why, keys, "),
        ("zebra", "no command 'zebra'; allowed: run, plan, why, keys, "),
        ("data chek market1501", "no command 'data chek'; did you mean 'data check'? allowed: list, check, synth"),
        ("help shcema", "no command 'shcema'; did you mean 'schema'? allowed: run, plan, why, keys, "),
        ("help runs lst", "no command 'runs lst'; did you mean 'runs list'? allowed: list, show, report, compare, rm, gc"),
    ])
    func `is a command, or refused with the nearest`(line: String, beginning: String) {
        let words = line.split(separator: " ").map(String.init)
        let error = #expect(throws: CommandError.self) { try CommandWords.check(words[...]) }
        let failure = error.flatMap { Failure($0) }
        #expect(failure?.code == 64 && failure?.message.hasPrefix(beginning) == true, "\(failure?.message ?? "")")
        #expect(failure?.message.contains("trial") == false, "a hidden command is suggested nowhere")
    }

    @Test(arguments: [
        "", "run zebra", "runs zebra", "sweep zebra", "data list", "help", "help data list", "--version", "-h",
    ])
    func `may be an argument, where a command takes some`(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        try CommandWords.check(words[...])
    }

    @Test func `is looked at by the program`() throws {
        let (code, _, messages) = try TemporaryHome().passerby(["rnu", "tiny.yaml"])
        #expect(code == 64 && messages.hasPrefix("error: no command 'rnu'; did you mean 'run'? "), "\(messages)")
    }
}

@Suite struct `A setting that is given as an option` {
    private func hint(_ line: String) -> String? {
        let words = line.split(separator: " ").map(String.init)
        let error = #expect(throws: (any Error).self) { try Passerby.parseAsRoot(words) }
        return error.flatMap { CommandWords.settingHint(words[...], message: Passerby.fullMessage(for: $0)) }
    }

    @Test(arguments: [
        ("run quickstart --seed 2", "seed=2"), ("plan quickstart --seed=2", "seed=2"),
        ("run quickstart --adapt.epochs 3", "adapt.epochs=3"), ("run quickstart --workers", "workers=VALUE"),
    ])
    func `is shown as it is given`(line: String, setting: String) {
        #expect(hint(line) == "settings are given as \(setting)")
    }

    /// What a user of another tool types first.
    @Test func `of stages is shown with every kind that has it`() {
        #expect(
            hint("run quickstart --padding 3")
                == "settings of stages are given with the stage's name, as pretrain.padding=3, translate.padding=3, "
                + "adapt.padding=3")
    }

    @Test(arguments: ["run quickstart --zebra 2", "metrics --seed 2", "run quickstart --threads zebra"])
    func `is told from other mistakes`(line: String) {
        #expect(hint(line) == nil)
    }
}
