// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

/// What a closure makes of each item, `[N]` in the order of the items, on all cores.
func inParallel<Item: Sendable, Value: Sendable>(_ items: [Item], _ body: @Sendable (Item) -> Value) -> [Value] {
    let values = Mutex<[Value?]>(Array(repeating: nil, count: items.count))
    DispatchQueue.concurrentPerform(iterations: items.count) { row in
        let value = body(items[row])
        values.withLock { $0[row] = value }
    }
    return values.withLock { $0.compactMap { $0 } }
}
