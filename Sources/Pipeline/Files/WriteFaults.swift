// SPDX-License-Identifier: MIT

internal import Glibc
internal import Synchronization

/// Failures that a test puts into this module's writing, by count and not by chance.
final class WriteFaults: Sendable {
    /// Those that operations of the current task meet; nil outside tests.
    @TaskLocal static var current: WriteFaults?

    private let counter = Atomic<Int>(0)
    private let code: Int32
    private let isStruck: @Sendable (Int) -> Bool

    /// Failures at some of the operations.
    ///
    /// - Parameters:
    ///   - code: What the system says.
    ///   - isStruck: Whether the operation of this number, from 1, fails.
    init(code: Int32 = EIO, where isStruck: @escaping @Sendable (Int) -> Bool) {
        self.code = code
        self.isStruck = isStruck
    }

    /// How many operations there were.
    var count: Int { counter.load(ordering: .relaxed) }

    /// Counts an operation, and fails it where it is one of those.
    static func strike(_ operation: String, _ path: String) throws {
        guard let faults = current else { return }
        let number = faults.counter.add(1, ordering: .relaxed).newValue
        guard faults.isStruck(number) else { return }
        throw DurableFile.failure(operation, path, code: faults.code)
    }
}
