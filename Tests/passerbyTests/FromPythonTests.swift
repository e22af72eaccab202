// SPDX-License-Identifier: MIT

import ArgumentParser
import Configuration
import Experiments
import Foundation
import Testing

@testable import passerby

private let home = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

@Suite struct `The page for those who come from Python` {
    private let text: String

    init() throws {
        text = try String(contentsOf: home.appendingPathComponent("docs/from-python.md"), encoding: .utf8)
    }

    /// Every command is one of ours, its experiment is there, and takes the values that are written behind it.
    @Test func `has commands that are understood`() throws {
        let commands = text.matches(of: #/`\./passerby ([^`]+)`/#).map { $0.1.split(separator: " ").map(String.init) }
        #expect(commands.count > 15)
        for words in commands {
            #expect(throws: Never.self, "\(words)") { _ = try Passerby.parseAsRoot(words) }
            guard words[0] == "run" else { continue }
            let path = home.appendingPathComponent("experiments/\(words[1]).yaml").path
            #expect(throws: Never.self, "\(words)") {
                _ = try Experiment(path: path, name: words[1], overrides: Array(words.dropFirst(2)))
            }
        }
    }

    @Test func `has a whole file that is an experiment`() throws {
        let yaml = try #require(text.firstMatch(of: #/```yaml\n([^`]+)```/#)).1
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("visda-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try String(yaml).write(to: file, atomically: true, encoding: .utf8)
        #expect(throws: Never.self) { _ = try Experiment(path: file.path, name: "visda", overrides: []) }
    }
}
