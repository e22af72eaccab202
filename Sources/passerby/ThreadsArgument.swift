// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Machine

/// How many threads compute where nobody says.
let usualThreadCount = Processors.available

/// The argument that says how many threads compute.
struct ThreadsArgument: ParsableArguments {
    @Option(
        name: .customLong("threads"),
        help: "Threads that compute. Without it all processors; a resumed run keeps its number.",
        within: Limits.threads)
    var given: Int?

    /// The number for what is begun anew.
    var count: Int { given ?? usualThreadCount }
}
