// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import passerby

/// The short version of `scripts/check-starts`, which starts every file with its own networks and their weights: here one of
/// each shape begins with a ResNet-18, on images of 32 pixels. The submission has every stage of the VisDA-2020 report, and
/// the script reads what it would send in.
@Suite struct `An experiment with published settings` {
    @Test(arguments: ["spcl/vehicleid2veri", "spcl/usl-personx", "cluster-contrast/usl-msmt17", "visda/submission"])
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
        #expect(text.contains("\nstarted \(name) ") && text.contains(" mAP "), "\(text)")
        if name == "visda/submission" { #expect(text.contains("a submission of 12 lines"), "\(text)") }
    }
}
