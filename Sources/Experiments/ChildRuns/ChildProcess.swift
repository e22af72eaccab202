// SPDX-License-Identifier: MIT

internal import Foundation
internal import Glibc
internal import Pipeline

/// A command of this program as a process of its own.
struct ChildProcess {
    /// How it ended.
    enum End: Equatable {
        case done
        case failed(code: Int32)
        case killed(signal: Int32)
        /// It was asked to stop, as nobody wanted more of it.
        case stopped
    }

    private let process = Process()
    private let arguments: [String]

    /// Starts the process.
    ///
    /// - Parameters:
    ///   - input: What it reads; nil for what this process reads.
    ///   - messages: Where its standard error goes; nil for that of this process.
    ///   - environment: What it has besides, or instead of, this process's own.
    init(
        _ arguments: [String], input: Pipe? = nil, output: Any, messages: FileHandle? = nil,
        environment: [String: String] = [:]
    ) throws {
        self.arguments = arguments
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let input { process.standardInput = input }
        process.standardOutput = output
        if let messages { process.standardError = messages }
        try process.run()
    }

    /// Waits, and hands on the request to stop: a child has a process group of its own.
    ///
    /// - Parameter isEnough: Asked again and again whether the child is to stop.
    /// - Throws: `Interrupted` once the child has ended after such a request; what `isEnough` throws, likewise.
    func wait(_ interruption: Interruption, isEnough: () throws -> Bool = { false }) throws -> End {
        while process.isRunning, interruption.signal == nil {
            do {
                if try isEnough() {
                    stop(SIGTERM)
                    return .stopped
                }
            } catch {
                stop(SIGTERM)
                throw error
            }
            // Often enough for a child of a few seconds, and no load beside one of hours.
            Thread.sleep(forTimeInterval: 0.05)
        }
        if let signal = interruption.signal {
            stop(signal.rawValue)
            try interruption.check()
        }
        switch (process.terminationReason, process.terminationStatus) {
        case (.exit, 0): return .done
        case (.exit, let code): return .failed(code: code)
        case (_, let signal): return .killed(signal: signal)
        }
    }

    private func stop(_ signal: Int32) {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
    }

    /// The error of an end that is not the work's.
    func failure(_ end: End) -> ChildRunError {
        let command = arguments.joined(separator: " ")
        switch end {
        case .done, .stopped: preconditionFailure("'passerby \(command)' did its work")
        case .failed(let code): return .failed(command: command, code: code)
        case .killed(let signal): return .killed(command: command, signal: signal)
        }
    }
}
