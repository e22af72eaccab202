// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Every command of docs/tutorial.md in its order, with the program that was built with the tests and a few steps of a few
/// images. `scripts/check-tutorial` alone does the same in full, on a fresh clone.
@Suite struct `The tutorial` {
    @Test func `does what it says, to a table and a report`() throws {
        let home = try TemporaryHome()
        let launcher = home.url.appendingPathComponent("passerby")
        try smaller(try TemporaryHome.program().path).write(to: launcher, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: launcher.path)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("scripts/check-tutorial")
        process.arguments = ["--in", home.url.path]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PASSERBY_HOME": home.url.path, "XDG_CACHE_HOME": home.url.path]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        #expect(text.contains("check-tutorial: every command of the tutorial has done what it says"), "\(text)")
        // It says which setting makes the stage run again.
        #expect(text.contains("adapt.eps") && text.contains("0.5"), "\(text)")
    }

    /// The program, with small numbers in place of the tutorial's.
    private func smaller(_ program: String) -> String {
        """
        #!/usr/bin/env bash
        small=(pretrain.epochs=1 pretrain.iterations=2 pretrain.batch=8 pretrain.warmup=0 "pretrain.milestones=[]"
            adapt.epochs=1 adapt.iterations=2 adapt.batch=8 adapt.k1=6 adapt.k2=2 adapt.min_samples=2
            postprocess.rerank.k1=6 postprocess.rerank.k2=2 image.height=32 image.width=32)
        case "$1 $2" in
        "data synth")
            exec '\(program)' data synth "$3" --source-identities 6 --source-images 6 --source-cameras 3 \\
                --target-identities 6 --fewest-images 4 --most-images 6 --singletons 2 --validation-identities 4 \\
                --gallery 4 --distractors 4 --target-cameras 3 --width 32 --height 32 ;;
        "run "*) exec '\(program)' "$@" "${small[@]}" ;;
        "plan "*) exec '\(program)' "$@" "${small[@]}" --no-calibration ;;
        "why "*) exec '\(program)' "$@" "${small[@]}" ;;
        *) exec '\(program)' "$@" ;;
        esac

        """
    }
}
