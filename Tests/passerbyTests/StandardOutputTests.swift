// SPDX-License-Identifier: MIT

import Foundation
import Testing

@Suite struct `A result that cannot be printed` {
    /// A short one is held back to the end, a long one is refused on the way; help is a result too.
    @Test(arguments: [
        ["keys"], ["schema"], ["plan", "tiny.yaml", "--settings"], ["runs", "--json"], ["--version"], ["help", "run"],
    ])
    func `is an error, and has the exit code of a full device`(words: [String]) throws {
        let (code, _, messages) = try TemporaryHome().passerby(words, into: "/dev/full")
        #expect(code == 69)
        #expect(messages == "error: standard output cannot be written: No space left on device\n")
    }

    /// What the command itself came to matters more.
    @Test func `leaves an error of the command what it is`() throws {
        let (code, _, messages) = try TemporaryHome().passerby(["plan", "no.yaml"], into: "/dev/full")
        #expect(code == 64 && messages.hasPrefix("error: no experiment 'no.yaml'"), "\(messages)")
    }
}
