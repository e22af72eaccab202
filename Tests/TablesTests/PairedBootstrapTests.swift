// SPDX-License-Identifier: MIT

import Testing

@testable import Tables

@Suite struct `A paired bootstrap` {
    @Test func `of one value has no width`() {
        let bootstrap = PairedBootstrap(of: [2, 2, 2])
        #expect(bootstrap.mean == 2 && bootstrap.interval == 2...2 && bootstrap.count == 3)
    }

    /// Means of n draws of +1 or −1 deviate by 1 / √n, and the normal interval of 95 % is 1.96 of that to both sides.
    @Test func `has the interval of the normal distribution for many queries`() {
        let count = 400
        let bootstrap = PairedBootstrap(of: (0..<count).map { $0 % 2 == 0 ? 1 : -1 })
        #expect(bootstrap.mean == 0)
        let expected = 1.96 / Double(count).squareRoot()
        // A resampled quantile of 10,000 draws deviates by some hundredths of its value.
        #expect(abs(bootstrap.interval.upperBound - expected) < 0.06 * expected)
        #expect(abs(bootstrap.interval.lowerBound + expected) < 0.06 * expected)
    }

    @Test func `turns its signs with its differences`() {
        let differences = [0.3, 0.5, -0.1, 0.9, 0.2]
        let bootstrap = PairedBootstrap(of: differences)
        let turned = PairedBootstrap(of: differences.map { -$0 })
        #expect(abs(bootstrap.interval.lowerBound + turned.interval.upperBound) < 1e-12)
    }
}
