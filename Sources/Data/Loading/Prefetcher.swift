// SPDX-License-Identifier: MIT

import Foundation

/// Makes numbered elements on worker threads, a bounded number ahead of their consumer, and hands them out in
/// order.
///
/// The threads hold the shared state but not the prefetcher, so that they stop when a consumer drops it
/// half-way.
final class Prefetcher<Element: Sendable>: Sendable {
    private struct State: Sendable {
        var nextToMake = 0
        var nextToTake = 0
        var made: [Int: Result<Element, DataError>] = [:]
        var isStopped = false
    }

    private let count: Int
    private let monitor = Monitor(State())

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - count: The number of elements.
    ///   - workers: The number of threads, positive.
    ///   - ahead: The most elements that are in the making or made and not yet taken, positive.
    ///   - make: Makes the element of a position.
    init(
        count: Int, workers: Int, ahead: Int, make: @escaping @Sendable (Int) throws(DataError) -> Element
    ) {
        precondition(workers > 0 && ahead > 0, "\(workers) threads working \(ahead) ahead make nothing")
        self.count = count
        let monitor = monitor
        for _ in 0..<min(workers, count) {
            Thread.detachNewThread {
                while let position = Self.claim(in: monitor, count: count, ahead: ahead) {
                    let element = Result { () throws(DataError) in try make(position) }
                    monitor.change { $0.made[position] = element }
                }
            }
        }
    }

    deinit {
        stop()
    }

    /// The next element in order, or nil after the last.
    ///
    /// - Throws: The error of the element, in its turn: which error is thrown does not depend on the threads.
    func next() throws(DataError) -> Element? {
        let count = count
        let outcome = monitor.wait { state -> Result<Element, DataError>?? in
            if state.isStopped || state.nextToTake == count { return .some(nil) }
            guard let element = state.made.removeValue(forKey: state.nextToTake) else { return nil }
            state.nextToTake += 1
            return element
        }
        if case .failure = outcome { stop() }
        return try outcome?.get()
    }

    private func stop() {
        monitor.change { state in
            state.isStopped = true
            state.made = [:]
        }
    }

    /// Waits until there is something to make and room for it; nil ends the thread.
    private static func claim(in monitor: Monitor<State>, count: Int, ahead: Int) -> Int? {
        monitor.wait { state -> Int?? in
            if state.isStopped || state.nextToMake == count { return .some(nil) }
            guard state.nextToMake < state.nextToTake + ahead else { return nil }
            state.nextToMake += 1
            return state.nextToMake - 1
        }
    }
}
