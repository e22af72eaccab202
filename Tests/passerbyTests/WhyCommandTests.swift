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

    /// A device that is none is named with the option as the override that it stands for.
    @Test func `takes the device as the other commands do`() throws {
        let home = try TemporaryHome()
        let (code, output, messages) = try home.passerby(["why", "tiny.yaml", "direct", "--device", "cpu"])
        #expect(code == 0 && String(decoding: output, as: UTF8.self).contains("'direct'"), "\(messages)")
        let (refused, _, reason) = try home.passerby(["why", "tiny.yaml", "direct", "--device", "gpu"])
        #expect(refused == 64 && reason.contains("override 'device=gpu'"), "\(refused) \(reason)")
    }

    @Test func `names the stages where it is asked for one that there is not`() throws {
        let home = try TemporaryHome()
        let (code, _, messages) = try home.passerby(["why", "tiny.yaml", "adopt"])
        #expect(code == 64 && messages.contains("no stage 'adopt'; the stages are direct, translate"), "\(messages)")
    }
}
