// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Foundation
internal import Machine
internal import Retrieval
internal import Tensor

/// Measures the ways of multiplying matrices, each in a process of its own; the launcher keeps the outcome.
struct Kernels: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures which matrix kernels are the fastest here, and writes what to set for them.",
        shouldDisplay: false)

    @Option(help: "The file to write, as lines for a shell.") var out: String?
    @Flag(help: "Measure what this process runs, and print it as JSON.") var own = false

    func run() throws {
        if own {
            try printJSON(try KernelSurvey.own())
            return
        }
        let survey = KernelSurvey()
        guard let choice = survey.choice else { throw CommandError.noRightKernels(survey.measured.map(\.kernels)) }
        let text = choice.environment(libtorch: Engine.libraryPath)
        guard let out else {
            print(text, terminator: "")
            return
        }
        let file = URL(fileURLWithPath: out)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw CommandError.unwritable(path: out, reason: error.localizedDescription)
        }
    }
}

/// The ways of multiplying matrices that this machine has, measured.
struct KernelSurvey {
    /// In order of preference, those of the environment as it is last.
    let measured: [KernelMeasurement]

    var choice: KernelChoice? { KernelChoice(among: measured) }

    /// Measures every way for a second or so; one that cannot run here is left out.
    init() {
        let asked: [String?] = MatrixLibrary.candidates(for: .current) + [nil]
        measured = asked.compactMap { Self.measure($0, preload: nil) }
            + [Self.measure(nil, preload: Engine.libraryPath)].compactMap(\.self)
    }

    /// What this process runs.
    static func own() throws -> KernelMeasurement {
        try Engine.prepare(threads: Processors.available)
        let library = MatrixLibrary.current
        let rate = library.measuredRate()
        return KernelMeasurement(
            asked: ProcessInfo.processInfo.environment[MatrixLibrary.variable].flatMap { $0.isEmpty ? nil : $0 },
            library: Engine.matrixLibrary == Engine.libraryPath ? .libtorch : .openblas, kernels: library.coreType,
            retrieval: rate.best, training: try Engine.measuredMatrixRate(), isRight: rate.isRight)
    }

    /// What another process of this program runs in another environment; nil where it could not.
    private static func measure(_ kernels: String?, preload: String?) -> KernelMeasurement? {
        let process = Process()
        let output = Pipe()
        var environment = ProcessInfo.processInfo.environment
        environment[MatrixLibrary.variable] = kernels
        environment["LD_PRELOAD"] = preload
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["kernels", "--own"]
        process.environment = environment
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        // Kernels of another processor's end the process; that is an answer too.
        guard (try? process.run()) != nil else { return nil }
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try? JSONDecoder().decode(KernelMeasurement.self, from: text)
    }
}
