// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Testing

@testable import passerby

/// What the program says of its own command line.
private struct Tool: Decodable {
    struct Command: Decodable {
        let commandName: String
        let subcommands: [Command]?
        let arguments: [Argument]?
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let kind: String
        let names: [Name]?
    }

    let command: Command

    /// Every option that takes a value, as words that lead to it.
    static func options() throws -> [(command: [String], name: String)] {
        let tool = try JSONDecoder().decode(Tool.self, from: Data(Passerby._dumpHelp().utf8))
        func options(_ command: Command, _ path: [String]) -> [(command: [String], name: String)] {
            let own = (command.arguments ?? []).filter { $0.kind == "option" }.compactMap { argument in
                argument.names?.first { $0.kind == "long" }.map { (command: path, name: $0.name) }
            }
            return own + (command.subcommands ?? []).flatMap { options($0, path + [$0.commandName]) }
        }
        return options(tool.command, [])
    }
}

/// Whether a command line is refused because of this option's value, with exit code 64.
private func refuses(_ option: (command: [String], name: String), _ value: String) -> Bool {
    do {
        _ = try Passerby.parseAsRoot(option.command + ["--\(option.name)=\(value)"])
        return false
    } catch {
        return Passerby.message(for: error).contains("The value '\(value)' is invalid for '--\(option.name)")
            && Passerby.exitCode(for: error).rawValue == 64
    }
}

@Suite struct `Every number of a command line` {
    /// An option that takes no word takes a number, or one of a few words.
    private static let numbers = Result { try Tool.options().filter { refuses($0, "zebra") } }

    @Test func `is found among the options of all commands`() throws {
        let found = try Self.numbers.get().map { ($0.command + [$0.name]).joined(separator: " ") }
        for known in ["cluster k1", "metrics camera-weight", "data synth gap", "extract height", "run threads"] {
            #expect(found.contains(known), "\(found)")
        }
    }

    @Test(arguments: ["9223372036854775808", "-9223372036854775809", "1e39", "1e400", "nan", "inf", "-inf", "-1"])
    func `has a range, and is refused outside it`(text: String) throws {
        for option in try Self.numbers.get() {
            #expect(refuses(option, text), "\(option.command.joined(separator: " ")) --\(option.name)=\(text)")
        }
    }

    /// 2⁶³ − 1, which only a seed may be, and one of the seeds that a run is given.
    @Test func `is bounded from above`() throws {
        for option in try Self.numbers.get()
        where !option.name.hasSuffix("seed") && option.command + [option.name] != ["run", "seeds"] {
            #expect(refuses(option, "\(Int.max)"), "\(option.command.joined(separator: " ")) --\(option.name)")
        }
    }

    @Test func `says its range where it is outside`() throws {
        let error = #expect(throws: (any Error).self) { try Passerby.parseAsRoot(["metrics", "--camera-weight=nan"]) }
        let message = error.map { Passerby.message(for: $0) }
        #expect(message == "The value 'nan' is invalid for '--camera-weight <camera-weight>': allowed: 0 to 10")
    }

    @Test func `may go together with some others only`() {
        let error = #expect(throws: (any Error).self) {
            try Passerby.parseAsRoot(["data", "synth", "x", "--queries", "4", "--target-cameras", "3"])
        }
        let message = error.map { Passerby.message(for: $0) }
        #expect(message == "target.queriesPerIdentity is 4, allowed: 1...3")
    }
}
