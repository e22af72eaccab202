// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Retrieval

@Suite struct `The overlap of nearest neighbours` {
    /// Points on a circle, in degrees.
    private func circle(_ degrees: [Double]) throws -> Features<UnitNorm> {
        let values = degrees.flatMap { [Float(cos($0 * .pi / 180)), Float(sin($0 * .pi / 180))] }
        return try Features<Raw>(values, count: degrees.count, dimension: 2).normalised()
    }

    private func overlap(neighbours: Int, probes: Int = 1000) -> NeighbourOverlap {
        var overlap = NeighbourOverlap()
        (overlap.neighbours, overlap.probes) = (neighbours, probes)
        return overlap
    }

    private let pairs: [Double] = [0, 10, 90, 100]

    /// The third of the points at 0, 10, 49 and 100° is nearest to the second, at 39°, and then to the first, at 49°; of
    /// those at 0, 10, 90 and 100° to the fourth, and then to the second. All others have the same neighbours in both.
    @Test(arguments: [(1, 0.75), (2, 0.875), (3, 1), (10, 1)])
    func `is counted by hand`(neighbours: Int, share: Double) throws {
        let found = try overlap(neighbours: neighbours).share(of: circle(pairs), with: circle([0, 10, 49, 100]))
        #expect(found == share)
    }

    /// Each has another partner: 0 with 2 and 1 with 3.
    @Test func `is zero where no neighbour is shared, and one where all are`() throws {
        let search = overlap(neighbours: 1)
        #expect(try search.share(of: circle(pairs), with: circle([0, 90, 10, 100])) == 0)
        #expect(try search.share(of: circle(pairs), with: circle([200, 211, 300, 309])) == 1)
    }

    /// Of four rows the first and the third: the one agrees, the other does not.
    @Test func `looks at rows that are evenly spread`() throws {
        let found = try overlap(neighbours: 1, probes: 2).share(of: circle(pairs), with: circle([0, 10, 49, 100]))
        #expect(found == 0.5)
    }

    /// The first two rows are one image in both: each is the other's neighbour, and not its own.
    @Test func `does not count a row for its own neighbour, nor for its twin's`() throws {
        #expect(try overlap(neighbours: 1).share(of: circle([0, 0, 90, 95]), with: circle([30, 30, 200, 205])) == 1)
    }

    @Test func `is zero where there are no two rows`() throws {
        #expect(try overlap(neighbours: 3).share(of: circle([10]), with: circle([20])) == 0)
    }

    @Test func `asks for the same images, in spaces of any dimension`() throws {
        let wide = try Features<Raw>([1, 0, 0, 0.9, 0.1, 0, 0, 1, 0, 0, 0.9, 0.1], count: 4, dimension: 3).normalised()
        #expect(try overlap(neighbours: 1).share(of: circle(pairs), with: wide) == 1)
        #expect(throws: RetrievalError.countsDiffer(what: "rows", expected: 4, found: 3)) {
            try overlap(neighbours: 1).share(of: circle(pairs), with: circle([0, 10, 20]))
        }
    }
}
