// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import Machine

@Suite struct `Threads that share a computation` {
    @Test(arguments: [1, 3, 8]) func `give the values in the order of the tasks`(count: Int) {
        #expect(Workers(count: count).map(100) { $0 * $0 } == (0..<100).map { $0 * $0 })
        #expect(Workers(count: count).map(0) { $0 }.isEmpty)
        let runs = Workers(count: count).mapRows(10, runsOf: 4, scratch: {}) { rows, _ in rows }
        #expect(runs == [0..<4, 4..<8, 8..<10])
    }

    @Test func `keep values that are nothing`() {
        let odd = Workers(count: 2).map(4) { task -> Int? in task % 2 == 0 ? nil : task }
        #expect(odd == [nil, 1, nil, 3])
    }

    /// Each thread makes its scratch once, and counts its tasks there.
    @Test func `are no more than was said, however many the machine could run`() {
        let made = Atomic<Int>(0)
        let counts = Workers(count: 2).map(50, scratch: { made.add(1, ordering: .relaxed).newValue }) { _, thread in thread }
        #expect(counts.count == 50 && Set(counts).isSubset(of: [1, 2]))
        #expect((1...2).contains(made.load(ordering: .relaxed)))
    }

    @Test func `are as many as there are processors that this process may use`() {
        #expect(Workers.all.count == min(Processors.available, 64))
    }
}
