// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Testing

@testable import passerby

/// A logs folder with two runs that have not begun, removed with the test.
private final class LogsFolder {
    let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
    let runs = ["20260131-094500.000-00ab", "20260131-094501.000-1234"]

    init() throws {
        for run in runs {
            let folder = path + "/visda/base/" + run
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("{}".utf8).write(to: URL(fileURLWithPath: folder + "/plan.json"))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var left: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path + "/visda/base")) ?? []).sorted()
    }
}

@Suite struct `passerby runs` {
    @Test func `removes the runs that are named, by their ends too`() throws {
        let logs = try LogsFolder()
        try RemoveRuns.parse(["1234", "--logs", logs.path]).run()
        #expect(logs.left == [logs.runs[0]])
        try RemoveRuns.parse(["visda/base/\(logs.runs[0])", "--logs", logs.path, "--json"]).run()
        #expect(!FileManager.default.fileExists(atPath: logs.path + "/visda"))
    }

    @Test func `removes nothing where one of the names is none`() throws {
        let logs = try LogsFolder()
        let error = #expect(throws: (any Error).self) {
            try RemoveRuns.parse([logs.runs[0], "4321", "--logs", logs.path]).run()
        }
        #expect(error.flatMap { Failure($0) }?.code == 64)
        #expect(error.map { "\($0)" }?.hasSuffix("no run '4321'; 'passerby runs list' shows them") == true)
        #expect(logs.left == logs.runs)
    }

    @Test func `lists no runs of what is no experiment`() throws {
        let logs = try LogsFolder()
        let error = #expect(throws: (any Error).self) { try ListRuns.parse(["vista", "--logs", logs.path]).run() }
        let failure = error.flatMap { Failure($0) }
        #expect(failure?.code == 64 && failure?.message == "no runs of 'vista'; there are runs of: visda/base")
    }

    /// Neither has been worked on, nor has it a plan that can be read.
    @Test(arguments: [
        ("4321", 64, "no run '4321'; 'passerby runs list' shows them"),
        ("1234", 65, "/plan.json: key 'experiment' is missing"),
    ])
    func `reports on a run that there is`(name: String, code: Int32, message: String) throws {
        let logs = try LogsFolder()
        let error = #expect(throws: (any Error).self) { try ReportRun.parse([name, "--logs", logs.path]).run() }
        #expect(error.flatMap { Failure($0) }?.code == code)
        #expect(error.map { "\($0)" }?.hasSuffix(message) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func `compares two runs or more`() {
        let error = #expect(throws: (any Error).self) { _ = try CompareRuns.parse(["1234"]) }
        #expect(error.map { CompareRuns.message(for: $0).contains("1 run; allowed are two or more") } == true)
    }
}

@Suite struct `passerby runs gc` {
    @Test func `removes what no run needs, after having shown it`() throws {
        let home = try TemporaryHome()
        let (code, _, messages) = try home.passerby(
            ["run", "tiny.yaml", "--until", "direct", "direct.epochs=1", "direct.iterations=1", "--threads", "1"])
        #expect(code == 0, "\(messages)")
        #expect(
            String(decoding: try home.passerby(["runs", "gc"]).output, as: UTF8.self) == "nothing here that no run needs\n")
        try FileManager.default.removeItem(at: home.logs.appendingPathComponent("tiny"))
        let shown = String(decoding: try home.passerby(["runs", "gc"]).output, as: UTF8.self)
        #expect(shown.contains("result of direct (source-pretraining), which no run holds: "))
        #expect(shown.contains("drawn world that no run has: "))
        #expect(shown.hasSuffix("; nothing was removed: --remove does that\n") && shown.contains("2 things, "))
        #expect(String(decoding: try home.passerby(["runs", "gc"]).output, as: UTF8.self) == shown)
        let removed = String(decoding: try home.passerby(["runs", "gc", "--remove"]).output, as: UTF8.self)
        #expect(removed.contains("removed 2 things, "))
        let left = try FileManager.default.contentsOfDirectory(
            atPath: home.url.appendingPathComponent("data/synthetic").path)
        #expect(left.isEmpty)
        #expect(
            String(decoding: try home.passerby(["runs", "gc"]).output, as: UTF8.self) == "nothing here that no run needs\n")
    }
}

@Suite struct `passerby run` {
    @Test func `goes on or begins afresh, not both`() {
        let error = #expect(throws: (any Error).self) { _ = try Run.parse(["quickstart", "--resume", "--fresh"]) }
        #expect(error.map { Run.message(for: $0).contains("--resume and --fresh exclude each other") } == true)
    }
}
