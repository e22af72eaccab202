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
}
