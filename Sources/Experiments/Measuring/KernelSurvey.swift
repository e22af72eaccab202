// SPDX-License-Identifier: MIT

internal import Foundation
package import Machine
internal import Retrieval
internal import Tensor

/// The ways of multiplying matrices that this machine has, measured.
package struct KernelSurvey {
    /// In order of preference, those of the environment as it is last.
    package let measured: [KernelMeasurement]

    package var choice: KernelChoice? { KernelChoice(among: measured) }

    /// Measures every way for a second or so; one that cannot run here is left out.
    package init() {
        let asked: [String?] = MatrixLibrary.candidates(for: .current) + [nil]
        measured =
            asked.compactMap { Self.measure($0, preload: nil) }
            + [Self.measure(nil, preload: Engine.libraryPath)].compactMap(\.self)
    }

    /// What this process runs.
    package static func own() throws -> KernelMeasurement {
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
