// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import passerby

@Suite struct `The command that imports` {
    let home: TemporaryHome
    private let command = ["--", "python", "examples/spcl_train_usl.py", "-d", "market1501", "--dropout", "0.5"]
    private let leftOut = "--dropout 0.5: there is no dropout here, and results differ"

    init() throws {
        home = try TemporaryHome()
    }

    @Test func `prints the experiment, and nothing else`() throws {
        let printed = try home.passerby(["import"] + command)
        let text = String(decoding: printed.output, as: UTF8.self)
        #expect(printed.code == 0 && printed.messages.isEmpty)
        #expect(text.hasPrefix("# Imported from SpCL: spcl_train_usl.py -d market1501 --dropout 0.5\n"))
        #expect(text.contains("#   \(leftOut)\n") && text.hasSuffix("images_per_norm_group: 16\n"))
    }

    @Test func `writes an experiment that has a plan, and says what it left out`() throws {
        let written = try home.passerby(["import", "--out", "mine.yaml"] + command)
        #expect(written.code == 0 && written.messages == "not taken over: \(leftOut)\n")
        #expect(String(decoding: written.output, as: UTF8.self).hasPrefix("mine.yaml: "))
        let plan = try home.passerby(["plan", "mine.yaml"])
        #expect(
            plan.code == 0 && String(decoding: plan.output, as: UTF8.self).contains("1. adapt (spcl)"), "\(plan.messages)")
    }

    @Test func `leaves a file that is there unless told`() throws {
        let file = home.url.appendingPathComponent("mine.yaml")
        try "mine".write(to: file, atomically: true, encoding: .utf8)
        let refused = try home.passerby(["import", "--out", "mine.yaml"] + command)
        #expect(refused.code == 64)
        #expect(refused.messages == "error: --out mine.yaml: it is there already; --force replaces it\n")
        #expect(try String(contentsOf: file, encoding: .utf8) == "mine")
        #expect(try home.passerby(["import", "--force", "--out", "mine.yaml"] + command).code == 0)
        #expect(try String(contentsOf: file, encoding: .utf8).hasPrefix("# Imported from SpCL"))
    }

    @Test func `writes nothing where something is wrong`() throws {
        let refused = try home.passerby(["import", "--out", "mine.yaml"] + command + ["--iters", "0"])
        #expect(refused.code == 64)
        #expect(refused.messages == "error: --iters 0: found 0; allowed: 1 to 1000000 (adapt.iterations)\n")
        #expect(!FileManager.default.fileExists(atPath: home.url.appendingPathComponent("mine.yaml").path))
    }

    @Test func `takes a file or a command, and not both`() throws {
        for (words, report) in [
            (["import"], "give a file, or a command behind '--'"),
            (["import", "config.yaml"] + command, "a file and a command behind '--' exclude each other"),
        ] {
            let refused = try home.passerby(words)
            #expect(refused.code == 64 && refused.messages.hasPrefix("Error: \(report)\n"), "\(refused.messages)")
        }
        let missing = try home.passerby(["import", "config.yaml"])
        #expect(missing.code == 64)
        #expect(missing.messages == "error: config.yaml:1:1: cannot read 'config.yaml': No such file or directory\n")
    }
}
