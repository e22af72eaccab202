// SPDX-License-Identifier: MIT

internal import Foundation
package import Pipeline

/// Commands of this program as processes of their own.
package struct ChildRuns {
    private let experiment: [String]
    private let logs: String
    private let threads: Int
    private let interruption: Interruption

    /// - Parameters:
    ///   - experiment: The experiment's name and overrides.
    ///   - interruption: What asks this process to stop; a child has a process group of its own and is told by us.
    package init(experiment: [String], logs: String, threads: Int, interruption: Interruption) {
        self.experiment = experiment
        self.logs = logs
        self.threads = threads
        self.interruption = interruption
    }

    /// Runs to the end.
    ///
    /// - Throws: ``ChildRunError/failed(command:code:)``.
    func finish(_ arguments: [String]) throws {
        let process = try start(arguments)
        guard process.terminationReason == .exit, process.terminationStatus == 0 else { throw failure(process) }
    }

    /// Runs until the process ends itself.
    ///
    /// - Returns: Whether it did, or had ended the stage before.
    /// - Throws: ``ChildRunError/failed(command:code:)``, ``ChildRunError/killed(command:signal:)``.
    func untilKilled(at point: KillPoint, _ arguments: [String]) throws -> Bool {
        let process = try start(["--kill-at", "\(point)", "--until", point.stage] + arguments)
        switch (process.terminationReason, process.terminationStatus) {
        case (.uncaughtSignal, SIGKILL): return true
        // The stage ended before.
        case (.exit, 0): return false
        default: throw failure(process)
        }
    }

    /// Measures a stage's steps.
    ///
    /// - Returns: What `passerby calibrate` prints.
    /// - Throws: ``ChildRunError/failed(command:code:)``.
    func calibration(of stage: String) throws -> Data {
        let process = Process()
        let output = Pipe()
        try launch(process, ["calibrate"] + experiment + ["--stage", stage, "--threads", "\(threads)"], output)
        // A few hundred bytes: they fit into the pipe.
        try wait(for: process)
        let text = output.fileHandleForReading.readDataToEndOfFile()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else { throw failure(process) }
        return text
    }

    private func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        let words = ["run"] + experiment + arguments + ["--logs", logs, "--threads", "\(threads)"]
        try launch(process, words, FileHandle.nullDevice)
        try wait(for: process)
        return process
    }

    /// Waits, and hands on the request to stop.
    ///
    /// - Throws: `Interrupted` once the child has ended after such a request.
    private func wait(for process: Process) throws {
        while process.isRunning, interruption.signal == nil { Thread.sleep(forTimeInterval: 0.05) }
        guard let signal = interruption.signal else { return }
        kill(process.processIdentifier, signal.rawValue)
        process.waitUntilExit()
        try interruption.check()
    }

    private func launch(_ process: Process, _ arguments: [String], _ output: Any) throws {
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
    }

    private func failure(_ process: Process) -> ChildRunError {
        let command = (process.arguments ?? []).joined(separator: " ")
        return process.terminationReason == .exit
            ? .failed(command: command, code: process.terminationStatus)
            : .killed(command: command, signal: process.terminationStatus)
    }
}
