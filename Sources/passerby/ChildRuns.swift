// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline

/// Commands of this program as processes of their own.
struct ChildRuns {
    /// The experiment's name and overrides.
    let experiment: [String]
    let logs: String
    let threads: Int

    /// Runs to the end.
    ///
    /// - Throws: ``CommandError/childFailed(command:code:)``.
    func finish(_ arguments: [String]) throws {
        let process = try start(arguments)
        guard process.terminationReason == .exit, process.terminationStatus == 0 else { throw failure(process) }
    }

    /// Runs until the process ends itself.
    ///
    /// - Returns: Whether it did, or ended before.
    /// - Throws: ``CommandError/childFailed(command:code:)``.
    func untilKilled(at point: KillPoint, _ arguments: [String]) throws -> Bool {
        let process = try start(["--kill-at", "\(point)"] + arguments)
        switch (process.terminationReason, process.terminationStatus) {
        case (.uncaughtSignal, SIGKILL): return true
        case (.exit, 0): return false
        default: throw failure(process)
        }
    }

    /// Measures a stage's steps.
    ///
    /// - Returns: What `passerby calibrate` prints.
    /// - Throws: ``CommandError/childFailed(command:code:)``.
    func calibration(of stage: String) throws -> Data {
        let process = Process()
        let output = Pipe()
        try launch(process, ["calibrate"] + experiment + ["--stage", stage, "--threads", "\(threads)"], output)
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else { throw failure(process) }
        return text
    }

    private func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        let words = ["run"] + experiment + arguments + ["--logs", logs, "--threads", "\(threads)"]
        try launch(process, words, FileHandle.nullDevice)
        process.waitUntilExit()
        return process
    }

    private func launch(_ process: Process, _ arguments: [String], _ output: Any) throws {
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
    }

    private func failure(_ process: Process) -> CommandError {
        .childFailed(
            command: (process.arguments ?? []).joined(separator: " "),
            code: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus)
    }
}
