// SPDX-License-Identifier: MIT

import Foundation

/// A value that threads share, and on whose changes they can wait.
///
/// `Mutex` has no condition variable. The class is `Sendable` because every access to `state` holds the lock,
/// and because the value is `Sendable` itself, so that nothing in it can be changed from outside.
final class Monitor<State: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var state: State

    init(_ state: State) {
        self.state = state
    }

    /// Reads or changes the value, then wakes all that wait.
    func change<Result>(_ body: (inout State) -> Result) -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return body(&state)
    }

    /// Waits until `body` answers, asking again after each change.
    func wait<Result>(for body: (inout State) -> Result?) -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        while true {
            if let result = body(&state) { return result }
            condition.wait()
        }
    }
}
