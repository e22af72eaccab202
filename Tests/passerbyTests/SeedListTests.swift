// SPDX-License-Identifier: MIT

import ArgumentParser
import Testing

@testable import passerby

@Suite struct `Seeds of a command line` {
    @Test(arguments: [("1..3", [1, 2, 3]), ("7", [7]), ("1,4,2..4", [1, 4, 2, 3]), ("0", [0])])
    func `are ranges and numbers, each once`(text: String, seeds: [Int]) {
        #expect(SeedList(argument: text)?.seeds == seeds)
    }

    @Test(arguments: ["", "3..1", "1..", "a", "-1", "1..2..3", "1,,2", "1..1000"])
    func `are nothing else`(text: String) { #expect(SeedList(argument: text) == nil) }

    @Test func `do not go together with what belongs to one run`() {
        for words in [["--resume"], ["--fresh"], ["--until", "direct"], ["seed=3"]] {
            let error = #expect(throws: (any Error).self) { _ = try Run.parse(["quickstart", "--seeds", "1..3"] + words) }
            #expect(error.map { Run.message(for: $0).contains("do not go together") } == true, "\(words)")
        }
    }
}
