// SPDX-License-Identifier: MIT

import Configuration
import Testing

@testable import Sweeps

@Suite struct `The median rule` {
    private let rule = PrunerChoice.Rule.median(startup: 3, after: 2)

    /// At epoch 1 the others have 1, 3 and 5: a best of 2 is below their median, and one of 3 is not.
    @Test func `gives up what has not come to the others' median yet`() {
        let others: [[Int: Double]] = [[0: 9, 1: 1], [1: 5], [1: 3, 2: 0]]
        #expect(rule.givesUp([0: 0, 1: 2], among: others, better: .maximize))
        #expect(!rule.givesUp([0: 0, 1: 3], among: others, better: .maximize))
        // Its best counts, which may be an earlier one.
        #expect(!rule.givesUp([0: 4, 1: 0], among: others, better: .maximize))
        // Of an even number the mean of the two in the middle: (3 + 5)/2.
        #expect(rule.givesUp([1: 3.9], among: others + [[1: 6]], better: .maximize))
        #expect(!rule.givesUp([1: 4], among: others + [[1: 6]], better: .maximize))
    }

    @Test func `waits for others, and for epochs`() {
        let others: [[Int: Double]] = [[0: 9, 1: 9], [0: 9, 1: 9], [0: 9]]
        #expect(!rule.givesUp([1: 0], among: others, better: .maximize))
        #expect(!rule.givesUp([0: 0], among: others, better: .maximize))
        #expect(!rule.givesUp([:], among: others, better: .maximize))
    }

    @Test func `has less for the better where less is better`() {
        let others: [[Int: Double]] = [[1: 1], [1: 5], [1: 3]]
        #expect(rule.givesUp([1: 4], among: others, better: .minimize))
        #expect(!rule.givesUp([1: 2], among: others, better: .minimize))
    }
}

@Suite struct `Successive halving` {
    private let rule = PrunerChoice.Rule.asha(reduction: 3, first: 1)

    /// Of six at the rung of one epoch the best two go on.
    @Test func `lets one in three go on at each rung`() {
        let others: [[Int: Double]] = [[0: 1], [0: 2], [0: 3], [0: 4], [0: 5]]
        #expect(!rule.givesUp([0: 4.5], among: others, better: .maximize))
        #expect(rule.givesUp([0: 3.5], among: others, better: .maximize))
        #expect(!rule.givesUp([0: 1.5], among: others, better: .minimize))
    }

    /// Of three the best one goes on; two are none to choose one in three from.
    @Test func `lets the first go on`() {
        #expect(!rule.givesUp([0: 1], among: [], better: .maximize))
        #expect(!rule.givesUp([0: 1], among: [[0: 2]], better: .maximize))
        #expect(rule.givesUp([0: 1], among: [[0: 2], [0: 0]], better: .maximize))
        #expect(!rule.givesUp([0: 3], among: [[0: 2], [0: 0]], better: .maximize))
    }

    /// Rungs are at 1, 3 and 9 epochs; with values at every second epoch the fourth is the first at the second rung.
    @Test func `asks at rungs alone, and at the first value after each`() {
        let others = [[Int: Double]](repeating: [0: 9, 1: 9, 2: 9, 3: 9], count: 2)
        #expect(rule.givesUp([0: 0], among: others, better: .maximize))
        #expect(!rule.givesUp([0: 9, 1: 0], among: others, better: .maximize))
        #expect(rule.givesUp([0: 9, 1: 0, 2: 0], among: others, better: .maximize))
        #expect(rule.givesUp([1: 9, 3: 0], among: others, better: .maximize))
        #expect(!rule.givesUp([0: 9, 1: 9, 2: 9, 3: 0], among: others, better: .maximize))
    }

    /// Of 27 trials whose value says from the first epoch on how good they are, in the worst order: each is better than all
    /// before and none is given up. In the best order only the first two go on, by sevens fewer than half.
    @Test func `gives up most of the bad ones`() {
        func left(_ order: [Int]) -> Int {
            var seen: [[Int: Double]] = []
            var left = 0
            for quality in order {
                var values: [Int: Double] = [:]
                for epoch in 0..<9 {
                    values[epoch] = Double(quality)
                    if rule.givesUp(values, among: seen, better: .maximize) { break }
                }
                if values.count == 9 { left += 1 }
                seen.append(values)
            }
            return left
        }
        #expect(left(Array(0..<27)) == 27)
        #expect(left((0..<27).reversed()) == 2)
        #expect(left((0..<27).map { $0 * 7 % 27 }) <= 13)
    }
}
