// SPDX-License-Identifier: MIT

internal import Dispatch
internal import Synchronization

/// The threads that share a computation; what they compute never depends on how many there are.
package struct Workers: Sendable {
    package let count: Int
    /// How many rows the blocks have that a table is divided into; on this, unlike on the count, rounding
    /// depends.
    package let blockLength: Int

    /// The length that is used wherever no other is asked for: a tile of products of two blocks has 2.25 MiB.
    package static let usualBlockLength = 768

    package init(count: Int, blockLength: Int = Workers.usualBlockLength) {
        self.count = count
        self.blockLength = blockLength
    }

    /// One thread for each of ``Processors/available``, up to OpenBLAS's limit of callers at a time.
    package static var all: Workers {
        Workers(count: min(Processors.available, 64))
    }

    /// Computes one value per task; threads take the next task when they are free.
    ///
    /// - Parameters:
    ///   - taskCount: The number of tasks; one should take milliseconds.
    ///   - scratch: Makes what a thread reuses from task to task.
    ///   - body: Computes the value of one task, which may depend on nothing but the task's number.
    /// - Returns: The values in the order of the tasks.
    package func map<Scratch, Value: Sendable>(
        _ taskCount: Int,
        scratch: @Sendable () -> Scratch,
        _ body: @Sendable (Int, inout Scratch) -> Value
    ) -> [Value] {
        let next = Atomic<Int>(0)
        let values = Mutex<[Value?]>(Array(repeating: nil, count: taskCount))
        DispatchQueue.concurrentPerform(iterations: max(1, min(count, taskCount))) { _ in
            var own = scratch()
            while true {
                let task = next.add(1, ordering: .relaxed).oldValue
                guard task < taskCount else { return }
                let value = body(task, &own)
                values.withLock { $0[task] = value }
            }
        }
        return values.withLock { $0.compactMap { $0 } }
    }

    /// The same where a thread has nothing to reuse.
    package func map<Value: Sendable>(_ taskCount: Int, _ body: @Sendable (Int) -> Value) -> [Value] {
        map(taskCount, scratch: {}) { task, _ in body(task) }
    }

    /// Computes one value per run of at most `length` neighbouring rows.
    package func mapRows<Scratch, Value: Sendable>(
        _ rowCount: Int,
        runsOf length: Int = 256,
        scratch: @Sendable () -> Scratch,
        _ body: @Sendable (Range<Int>, inout Scratch) -> Value
    ) -> [Value] {
        map((rowCount + length - 1) / length, scratch: scratch) { run, own in
            body(run * length..<min(rowCount, (run + 1) * length), &own)
        }
    }
}
