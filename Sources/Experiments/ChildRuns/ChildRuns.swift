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
    /// - Throws: ``ChildRunError/failed(command:code:)``, ``ChildRunError/killed(command:signal:)``.
    func finish(_ arguments: [String]) throws {
        let child = try run(arguments)
        let end = try child.wait(interruption)
        guard end == .done else { throw child.failure(end) }
    }

    /// Runs until the process ends itself.
    ///
    /// - Returns: Whether it did, or had ended the stage before.
    /// - Throws: ``ChildRunError/failed(command:code:)``, ``ChildRunError/killed(command:signal:)``.
    func untilKilled(at point: KillPoint, _ arguments: [String]) throws -> Bool {
        let child = try run(["--kill-at", "\(point)", "--until", point.stage] + arguments)
        switch try child.wait(interruption) {
        case .killed(SIGKILL): return true
        // The stage ended before.
        case .done: return false
        case let end: throw child.failure(end)
        }
    }

    /// Measures a stage's steps.
    ///
    /// - Returns: What `passerby calibrate` prints.
    /// - Throws: ``ChildRunError/failed(command:code:)``.
    func calibration(of stage: String) throws -> Data {
        let output = Pipe()
        let child = try ChildProcess(
            ["calibrate"] + experiment + ["--stage", stage, "--threads", "\(threads)"], output: output)
        // A few hundred bytes: they fit into the pipe.
        let end = try child.wait(interruption)
        let text = output.fileHandleForReading.readDataToEndOfFile()
        guard end == .done else { throw child.failure(end) }
        return text
    }

    private func run(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(
            ["run"] + experiment + arguments + ["--logs", logs, "--threads", "\(threads)"], output: FileHandle.nullDevice)
    }
}
