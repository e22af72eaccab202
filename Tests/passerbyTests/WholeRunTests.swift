// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Pipeline
import Testing

@testable import passerby

@Suite(.serialized) struct `The program, run for real,` {
    let home: TemporaryHome

    init() throws {
        home = try TemporaryHome()
    }

    private func rows(_ output: Data) throws -> [ResultRow] {
        try JSONDecoder().decode(RunResult.self, from: output).rows
    }

    /// A network of resnet18 takes 43 MiB; a file may have one, as on a device that is full then.
    @Test func `says what it could not write and how to go on, and comes to the same results`() throws {
        let words = ["run", "tiny.yaml", "--until", "direct", "--threads", "1", "--json"]
        let full = try home.passerby(words, limit: 1024)
        #expect(full.code == 75, "\(full.messages)")
        #expect(full.messages.contains(": cannot be written: File too large"))
        #expect(full.messages.contains("continue with: "))
        #expect(full.messages.contains("run tiny.yaml --until direct --threads 1 --json --resume\n"))
        let other = try home.passerby(["run", "tiny.yaml", "--until", "direct", "--threads", "2", "--resume"])
        #expect(other.code == 64 && other.messages.contains("begun with --threads 1, and --threads 2 gives other bits"))
        // Without a number: the run has its own.
        let resumed = try home.passerby(["run", "tiny.yaml", "--until", "direct", "--json", "--resume"])
        #expect(resumed.code == 0, "\(resumed.messages)")
        let run = try JSONDecoder().decode(RunResult.self, from: resumed.output).run
        let conditions = try RunFolder(url: home.logs.appendingPathComponent("tiny/\(run)")).conditions()
        #expect(conditions?.threads == 1 && conditions?.facts["processor"] != nil && conditions?.notes == [])
        let fresh = try home.passerby(words + ["--fresh"])
        #expect(try rows(resumed.output) == rows(fresh.output))
    }

    /// Killed within the second epoch of its first stage, whose state it keeps at every other step.
    @Test func `names the unfinished run that it does not go on with`() throws {
        let words = ["run", "tiny.yaml", "--until", "direct", "--threads", "1"]
        let killed = try home.passerby(words + ["--kill-at", "direct:8:0:2"])
        #expect(killed.code == 9 && !killed.messages.contains("note: "), "\(killed.messages)")
        let run = try #require(try RunCatalogue(logs: home.logs).list().first?.run)
        do {
            // While somebody is at it, there is nothing to do but to wait.
            let lock = try ProcessLock(RunCatalogue(logs: home.logs).folder(run).lockFile, now: 5)
            let held = try home.passerby(words + ["--resume"])
            #expect(held.code == 75 && held.messages.contains(": in use by process "), "\(held.messages)")
            #expect(!held.messages.contains("continue with"))
            withExtendedLifetime(lock) {}
        }
        let note = try Regex(
            "note: \(run) is unfinished \\(direct, epoch [01](, step [0-9]+)?\\); --resume goes on with it\n")
        let begun = try home.passerby(words)
        #expect(begun.code == 0 && begun.messages.contains(note), "\(begun.messages)")
        // Its stage is in the store now, and nothing is left to go on with.
        let again = try home.passerby(words)
        #expect(again.code == 0 && !again.messages.contains("is unfinished"), "\(again.messages)")
    }

    /// Under the experiment's name, wherever the folder lies.
    @Test func `runs a past run's own file again`() throws {
        let words = ["--until", "direct", "--threads", "1", "--json"]
        let first = try home.passerby(["run", "tiny.yaml", "seed=2"] + words)
        let past = try JSONDecoder().decode(RunResult.self, from: first.output)
        let kept = try String(
            contentsOf: home.logs.appendingPathComponent("tiny/\(past.run)/experiment.yaml"), encoding: .utf8)
        for origin in ["# override 'seed=2'", "# tiny.yaml:10", "# default"] { #expect(kept.contains(origin), "\(kept)") }
        let copied = home.url.appendingPathComponent("copied")
        try FileManager.default.copyItem(at: home.logs.appendingPathComponent("tiny/\(past.run)"), to: copied)
        let again = try home.passerby(["run", copied.path + "/experiment.yaml", "--fresh"] + words)
        let result = try JSONDecoder().decode(RunResult.self, from: again.output)
        #expect(result.experiment == "tiny" && result.rows == past.rows && result.stages.map(\.reused) == [false])
    }
}

@Suite(.serialized) struct `A run's result` {
    let home: TemporaryHome

    init() throws {
        home = try TemporaryHome()
    }

    @Test func `says what made it, and is handed to the user's command`() throws {
        let words = ["seed=3", "on_end=cat >> told; echo told"]
        let (code, output, messages) = try home.passerby(
            ["run", "tiny.yaml"] + words + ["--until", "direct", "--threads", "1", "--json"])
        #expect(code == 0, "\(messages)")
        let provenance = try #require(try JSONDecoder().decode(RunResult.self, from: output).provenance)
        #expect(provenance.seed == 3 && provenance.threads == 1 && provenance.machine["libtorch"] != nil)
        #expect(provenance.request.overrides == words && provenance.request.file == "tiny.yaml")
        #expect(
            Array(provenance.request.command.dropFirst()) == ["run", "tiny.yaml"] + words + [
                "--until", "direct", "--threads", "1", "--json",
            ])
        // Its page can be written anew, from the folder alone.
        let run = try JSONDecoder().decode(RunResult.self, from: output).run
        let page = home.logs.appendingPathComponent("tiny/\(run)/report.html")
        let written = try Data(contentsOf: page)
        try FileManager.default.removeItem(at: page)
        let report = try home.passerby(["runs", "report", run])
        #expect(report.code == 0 && String(decoding: report.output, as: UTF8.self) == "report: \(page.path)\n")
        #expect(try Data(contentsOf: page) == written)
        // A run that stops at a stage is one that goes on: nobody is told.
        let told = home.url.appendingPathComponent("told")
        #expect(!FileManager.default.fileExists(atPath: told.path))
        // One that fails is told of: here a state cannot be written.
        let failing = try home.passerby(["run", "tiny.yaml", "on_end=cat > told", "--threads", "1"], limit: 1024)
        #expect(failing.code == 75)
        let result = try JSONDecoder().decode(RunResult.self, from: Data(contentsOf: told))
        #expect(result.status == .failed && result.error?.contains("cannot be written") == true)
    }

    @Test func `is of a program that says its version`() throws {
        let (code, output, _) = try home.passerby(["--version"])
        let text = String(decoding: output, as: UTF8.self)
        #expect(code == 0 && text.hasPrefix("passerby \(Version.number)\nlibtorch "), "\(text)")
    }
}

@Suite struct `The command that goes on with a run` {
    private let given = ["x.yaml", "seed=2", "--logs", "/l", "--until", "adapt", "--threads", "3", "--no-wait", "--json"]

    @Test(arguments: [[], ["--fresh"], ["--resume"], ["--resume", "--other-machine"]])
    func `repeats what was given, and resumes what has a folder`(start: [String]) throws {
        let run = try Run.parse(given + start)
        #expect(Array(run.continuation(isBegun: true).dropFirst()) == ["run"] + given + ["--resume"])
        #expect(Array(run.continuation(isBegun: false).dropFirst()) == ["run"] + given + start)
    }

    @Test func `says nothing that was not given`() throws {
        #expect(Array(try Run.parse(["x"]).continuation(isBegun: true).dropFirst()) == ["run", "x", "--resume"])
    }
}
