// SPDX-License-Identifier: MIT

import Foundation
import Testing

@Suite struct `The variable PASSERBY_DEVICE` {
    @Test func `names a device, or the program does not begin`() throws {
        let home = try TemporaryHome()
        let words = ["plan", "tiny.yaml", "--no-calibration"]
        let refused = try home.passerby(words, environment: ["PASSERBY_DEVICE": "gpu"])
        #expect(refused.code == 64)
        #expect(
            refused.messages
                == "error: PASSERBY_DEVICE is 'gpu'; allowed: auto, cpu, cuda, cuda:N (did you mean 'cuda'?)\n")
        // It decides nothing where the device is named.
        for (words, device) in [(words + ["device=cpu"], "gpu"), (words, "cpu"), (words, "auto"), (words, "")] {
            let (code, _, messages) = try home.passerby(words, environment: ["PASSERBY_DEVICE": device])
            #expect(code == 0, "\(device): \(messages)")
        }
    }
    /// More cards than a machine has.
    @Test func `is told of by a plan where a run would not begin, measured or not`() throws {
        let home = try TemporaryHome()
        for words in [["plan", "tiny.yaml"], ["plan", "tiny.yaml", "--no-calibration"]] {
            let (code, _, messages) = try home.passerby(words, environment: ["PASSERBY_DEVICE": "cuda:63"])
            #expect(code == 0)
            #expect(
                messages.hasPrefix("note: a run would not begin here, and nothing is measured. device 'cuda:63'"),
                "\(messages)")
        }
    }
}
