// SPDX-License-Identifier: MIT

internal import Foundation
internal import Glibc
internal import Pipeline

/// A run in a process of its own, which stops when this process is gone, however that happens.
struct TrialCommand {
    /// An experiment and its overrides, as a command line has them.
    let words: [String]
    /// What the run is called.
    let name: String
    let logs: URL
    let threads: Int
    /// Whether the run may go on under other conditions than it began with.
    var acceptsOtherMachine = false

    /// Runs to the end, from where an earlier process left it.
    ///
    /// - Parameters:
    ///   - messages: Where its standard error goes; nil for that of this process.
    ///   - environment: What it has besides, or instead of, this process's own.
    ///   - isEnough: Asked again and again whether the run is to be given up.
    /// - Returns: Whether it was not.
    /// - Throws: ``ChildRunError``; `Interrupted` once the process has kept its state after a request to stop.
    func run(
        messages: FileHandle? = nil, environment: [String: String] = [:], _ interruption: Interruption,
        isEnough: () throws -> Bool = { false }
    ) throws -> Bool {
        // What the child reads: nothing, until the other end is closed with this process. Other children do not hold it
        // open.
        let lifeline = Pipe()
        let descriptor = lifeline.fileHandleForWriting.fileDescriptor
        _ = fcntl(descriptor, F_SETFD, fcntl(descriptor, F_GETFD) | FD_CLOEXEC)
        let child = try ChildProcess(
            ["trial"] + words + ["--filed-under", name, "--logs", logs.path, "--threads", "\(threads)"]
                + (acceptsOtherMachine ? ["--other-machine"] : []),
            input: lifeline, output: FileHandle.nullDevice, messages: messages, environment: environment)
        let end = try child.wait(interruption, isEnough: isEnough)
        withExtendedLifetime(lifeline) {}
        if end == .stopped { return false }
        guard end == .done else { throw child.failure(end) }
        return true
    }
}

extension Interruption {
    /// Waits for other processes.
    ///
    /// - Throws: `Interrupted`.
    func wait(while isBusy: () -> Bool) throws {
        while isBusy() {
            try check()
            // Soon enough for who presses Ctrl-C, and no load beside what is waited for.
            Thread.sleep(forTimeInterval: 0.1)
        }
    }
}
