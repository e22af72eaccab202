// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Retrieval

/// How much memory a command may take; it says what it will need before it starts, and refuses what cannot fit.
struct MemoryArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The most memory to take, in MiB; what the machine, or the control group of the job, has free by default.",
            valueName: "MiB"), within: Limits.mebibytes)
    var memory: Int?

    /// The program itself counts too.
    ///
    /// - Parameter work: What needs it, such as `12936 rows of 2048`.
    func check(_ forecast: MemoryForecast, for work: String) throws {
        let program = peakMemory()
        // While a file is read, its features are there twice; the rest is made after that.
        let other = program + max(0, 2 * forecast.features - forecast.total)
        let allowed = memory.map { $0 * 1_048_576 } ?? freeMemory() + program
        let needed = mebibytes(forecast.total + other)
        StandardError().write("\(work): about \(needed) of memory, \(mebibytes(allowed)) free\n")
        try forecast.requireFit(into: allowed, besides: other)
    }

    private func mebibytes(_ bytes: Int) -> String { "\((bytes + 1_048_575) / 1_048_576) MiB" }
}
