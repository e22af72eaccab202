// SPDX-License-Identifier: MIT

package import Foundation
internal import Glibc

/// A command of the user's that is told of a run's end: `on_end:` of an experiment file.
package struct EndCommand {
    private let command: String

    /// - Parameter command: As a shell has it.
    package init(_ command: String) {
        self.command = command
    }

    /// Runs the command with a run's `result.json` on its standard input; what it prints goes to standard error.
    ///
    /// - Returns: What went wrong; nothing where it ended well. A run is not worse for it.
    package func run(with result: URL) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.standardOutput = FileHandle.standardError
        do {
            process.standardInput = try FileHandle(forReadingFrom: result)
            try process.run()
        } catch {
            return "on_end: '\(command)' could not be run: \(error)"
        }
        process.waitUntilExit()
        switch (process.terminationReason, process.terminationStatus) {
        case (.exit, 0): return nil
        case (.exit, let code): return "on_end: '\(command)' ended with exit code \(code)"
        case (_, let signal): return "on_end: '\(command)' was ended by signal \(signal)"
        }
    }
}
