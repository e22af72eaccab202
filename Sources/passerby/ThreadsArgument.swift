// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Machine

/// The argument that says how many threads compute.
struct ThreadsArgument: ParsableArguments {
    @Option(
        name: .customLong("threads"), help: "Threads that compute; all processors by default.",
        within: Limits.threads)
    var count: Int = Processors.available
}
