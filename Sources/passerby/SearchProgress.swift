// SPDX-License-Identifier: MIT

internal import Pipeline
internal import Retrieval

/// Shows how far a search is while it runs. A search tells from any thread and not always in order.
func withSearchProgress<Value>(_ label: String, _ body: (@escaping ProgressHandler) throws -> Value) rethrows -> Value {
    let progress = ProgressReporter(label: label, output: StandardError())
    progress.begin(total: 100, unit: "%")
    defer { progress.finish() }
    return try body { progress.reach($0) }
}
