// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import passerby

@Suite struct `The command why` {
    @Test func `says of an experiment that was never run that nothing is there to compare with`() throws {
        let home = try TemporaryHome()
        let (code, output, messages) = try home.passerby(["why", "tiny.yaml", "direct", "seed=2"])
        let text = String(decoding: output, as: UTF8.self)
        #expect(code == 0 && text.contains("'direct'") && messages.isEmpty, "\(text)\(messages)")
    }

    @Test func `names the stages where it is asked for one that there is not`() throws {
        let home = try TemporaryHome()
        let (code, _, messages) = try home.passerby(["why", "tiny.yaml", "adopt"])
        #expect(code == 64 && messages.contains("no stage 'adopt'; the stages are direct, translate"), "\(messages)")
    }
}
