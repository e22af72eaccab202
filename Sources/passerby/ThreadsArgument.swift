// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Machine

/// The argument that says how many threads compute.
struct ThreadsArgument: ParsableArguments {
    @Option(name: .customLong("threads"), help: "Threads that compute; all processors by default.")
    var count: Int = Processors.available

    mutating func validate() throws {
        guard (1...4096).contains(count) else { throw ValidationError("--threads \(count): allowed is 1 to 4096") }
    }
}
