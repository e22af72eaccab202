// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import passerby

/// The short version of `scripts/check-starts`, which starts every file with its own network and its own weights: here one of
/// each shape begins with a ResNet-18, on images of 32 pixels.
@Suite struct `An experiment with published settings` {
    @Test(arguments: ["spcl/vehicleid2veri", "spcl/usl-personx", "cluster-contrast/usl-msmt17"])
    func `starts on a miniature of its datasets`(name: String) throws {
        let home = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", home.appendingPathComponent("scripts/check-starts").path, "--small", name]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PASSERBY_PROGRAM": try TemporaryHome.program().path]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        #expect(text.hasPrefix("started \(name) ") && text.contains(" mAP "), "\(text)")
    }
}
