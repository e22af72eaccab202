// SPDX-License-Identifier: MIT

internal import Pipeline
internal import Retrieval
internal import Synchronization

/// Shows how far a search is while it runs. A search tells from any thread and not always in order.
func withSearchProgress<Value>(_ label: String, _ body: (@escaping ProgressHandler) throws -> Value) rethrows -> Value {
    let bar = Bar(label)
    defer { bar.finish() }
    return try body { bar.show($0) }
}

/// A reporter behind a lock, counting percents.
private final class Bar: Sendable {
    private struct State {
        let reporter: ProgressReporter
        var percent = 0
    }

    private let state: Mutex<State>

    init(_ label: String) {
        state = Mutex(
            State(
                reporter: {
                    let reporter = ProgressReporter(label: label, output: StandardError())
                    reporter.begin(total: 100, unit: "%")
                    return reporter
                }()))
    }

    func show(_ share: Double) {
        state.withLock { state in
            let percent = Int(100 * share)
            guard percent > state.percent else { return }
            state.reporter.advance(by: percent - state.percent)
            state.percent = percent
        }
    }

    func finish() {
        state.withLock { $0.reporter.finish() }
    }
}
