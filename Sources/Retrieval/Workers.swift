// SPDX-License-Identifier: MIT

internal import Dispatch
internal import Machine
internal import Synchronization

/// The threads that share a computation; what they compute never depends on how many there are.
struct Workers: Sendable {
    let count: Int
    /// How many rows the blocks have that a table is divided into; on this, unlike on the count, rounding
    /// depends.
    var blockLength = 768

    /// One thread per core that this process may use, up to OpenBLAS's limit of callers at a time.
    static var all: Workers {
        Workers(count: min(Processors.available, 64))
    }

    /// Computes one value per task; threads take the next task when they are free.
    ///
    /// - Parameters:
    ///   - taskCount: The number of tasks; one should take milliseconds.
    ///   - scratch: Makes what a thread reuses from task to task.
    ///   - body: Computes the value of one task, which may depend on nothing but the task's number.
    /// - Returns: The values in the order of the tasks.
    func map<Scratch, Value: Sendable>(
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

    /// Computes one value per run of at most `length` neighbouring rows.
    func mapRows<Scratch, Value: Sendable>(
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
