// SPDX-License-Identifier: MIT

internal import Foundation

/// Slurm's own commands.
struct SlurmCommands {
    /// A job, or jobs of an array that stand alike: `12_[3-8]`.
    struct Entry: Equatable {
        /// The number that submitting it came to.
        let job: String
        let name: String
        /// Slurm's word: `PENDING`.
        let state: String
        /// The folder that it was submitted for.
        let folder: String

        /// - Parameter line: As `squeue --format=%F|%i|%T|%Z` prints it; nil for anything else.
        init?(_ line: Substring) {
            // The folder last: it may hold anything.
            let parts = line.split(separator: "|" as Character, maxSplits: 3, omittingEmptySubsequences: false).map(
                String.init)
            guard parts.count == 4 else { return nil }
            (job, name, state, folder) = (parts[0], parts[1], parts[2], parts[3])
        }
    }

    /// What commands are given of the environment.
    let environment: [String: String]

    /// Everything that waits or runs.
    func queue() throws -> [Entry] {
        try run(["squeue", "--noheader", "--format=%F|%i|%T|%Z"]).split(whereSeparator: \.isNewline).compactMap { Entry($0) }
    }

    /// Submits a script.
    ///
    /// - Parameters:
    ///   - jobs: Those at a time; nil for what the script says.
    ///   - predecessor: The number of jobs that must end before; nil for none.
    /// - Returns: Its number.
    func submit(_ script: URL, jobs: Int?, after predecessor: String?) throws -> String {
        let words =
            ["sbatch", "--parsable"] + (jobs.map { ["--array=1-\($0)"] } ?? [])
            + (predecessor.map { ["--dependency=afterany:\($0)"] } ?? []) + [script.path]
        let output = try run(words)
        // Of several clusters it says which: `12;north`.
        let number = output.prefix { $0.isNumber }
        guard !number.isEmpty else { throw SlurmError.refused(command: "sbatch", code: 0, message: output) }
        return String(number)
    }

    /// What a command prints.
    ///
    /// - Throws: ``SlurmError``.
    private func run(_ words: [String]) throws -> String {
        let command = words[0]
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        let places = folders.map { URL(fileURLWithPath: String($0)).appendingPathComponent(command) }
        guard let program = places.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            throw SlurmError.noSlurm(command: command)
        }
        let process = Process()
        process.executableURL = program
        process.arguments = Array(words.dropFirst())
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let (output, messages) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, messages)
        try process.run()
        // One after the other: what goes to standard error are a few lines, which fit into a pipe.
        let text = Self.text(of: output)
        let message = Self.text(of: messages)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw SlurmError.refused(command: command, code: process.terminationStatus, message: message)
        }
        return text
    }

    private static func text(of pipe: Pipe) -> String {
        String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
