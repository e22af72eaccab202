// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// `scripts/check-gpu` with a program that hangs, ignores what asks it to end, and has started another in a process group of its
/// own, as `verify-resume` starts runs. On a card such a one would spoil the timings of whoever comes next.
@Suite struct `A check of a card` {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("card-\(UUID().uuidString)")
    private var numbers: URL { folder.appendingPathComponent("numbers") }

    @Test func `ends at its limit with all that it has started, and keeps what it has said`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        // Long enough for a machine that is busy to have started all of it.
        let check = try start(limit: 20)
        check.waitUntilExit()
        #expect(check.terminationStatus == 1)
        try expectNothingIsLeft()
        let said = try said()
        #expect(said.resume.map(\.holds) == [false, true])
        #expect(said.resume[0].text.contains("which is all it had; it had said: at it"))
        #expect((1..<60).contains(said.seconds["resume"] ?? 0))
    }

    /// 128 and the number of the signal, as of a program that a shell sees end by it.
    @Test(arguments: [SIGINT, SIGTERM])
    func `ends with all that it has started when it is asked to`(number: Int32) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let check = try start(limit: 600)
        while check.isRunning, try started().count < 2 { usleep(20000) }
        kill(check.processIdentifier, number)
        check.waitUntilExit()
        #expect(check.terminationStatus == 128 + number)
        try expectNothingIsLeft()
        let said = try said()
        #expect(said.resume[0].text == "the check was stopped")
        #expect(said.graphs.map(\.text) == ["left out, as the check was stopped"])
    }

    private func start(limit: Int) throws -> Process {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let program = folder.appendingPathComponent("program")
        let text = """
            #!/bin/bash
            set -m
            trap '' INT TERM
            sleep 300 &
            echo "at it" >&2
            printf '%s\\n' $! $$ >>\(numbers.path)
            sleep 300
            """
        try text.write(to: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
        let home = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", home.appendingPathComponent("scripts/check-gpu").path, "--device", "cpu", "--parts", "resume,graphs",
            "--limit", "\(limit)", "--out", folder.path,
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(["PASSERBY_PROGRAM": program.path]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// The numbers of the program and of what it has started.
    private func started() throws -> [String] {
        guard FileManager.default.fileExists(atPath: numbers.path) else { return [] }
        return try String(contentsOf: numbers, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Who has ended may wait to be looked at by the first process, as `Z`.
    private func expectNothingIsLeft() throws {
        let started = try started()
        #expect(started.count == 2)
        for number in started {
            let state = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
            #expect(state?.contains(") Z ") ?? true, "\(number): \(state ?? "")")
        }
    }

    private func said() throws -> Said {
        try JSONDecoder().decode(Said.self, from: Data(contentsOf: folder.appendingPathComponent("check-gpu.json")))
    }

    private struct Said: Decodable {
        struct Line: Decodable {
            var text: String
            var holds: Bool
        }

        var seconds: [String: Double]
        var resume: [Line]
        var graphs: [Line]
    }
}
