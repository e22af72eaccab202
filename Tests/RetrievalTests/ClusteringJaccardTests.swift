// SPDX-License-Identifier: MIT

import Machine
import Testing

@testable import Retrieval

@Suite struct `The clustering Jaccard distance` {
    @Test func `equals the reference on the values of the MMT+ document`() throws {
        let distances = try ClusteringJaccard(neighbours: 5, expansion: 2).distances(
            of: GoldenFeatures.visda())
        expectEqual(
            (0..<12).map { distances[0, $0] },
            [
                0, 1, 0.91968, 0.73684, 0.66667, 0.94901, 1, 1, 1, 1, 0.75630, 0.66667,
            ])
        let labels = DBSCAN(radius: 0.6, minimumPoints: 3).labels(of: distances)
        #expect(labels.values == [-1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func `equals the reference on the values of the SpCL document`() throws {
        let distances = try ClusteringJaccard(neighbours: 6, expansion: 3).distances(
            of: GoldenFeatures.spcl())
        expectEqual(
            (0..<24).map { distances[0, $0] },
            [
                0, 0.647538, 0.624931, 0.732284, 0.972273, 0.895811, 0.996223, 0.983105, 0.995230, 0.982286,
                0.996223,
                0.895811, 0.978374, 0.624931, 0.624931, 0.831709, 0.470799, 0.720499, 0.868000, 0.895811,
                0.982286,
                0.987991, 0.996223, 0.982286,
            ])
        let all = (0..<24).flatMap { row in (0..<24).map { distances[row, $0] } }
        #expect(abs(all.reduce(0, +) - 469.20215) < 1e-3)
        #expect(all.count { $0 == 1 } == 38)
    }

    /// Seven columns instead of six, and distances divided by the row's largest.
    @Test func `equals the reference on the values of the MMT document`() throws {
        let distances = try ClusteringJaccard(neighbours: 6, expansion: 3, scale: .relative).distances(
            of: GoldenFeatures.spcl())
        expectEqual((0..<5).map { distances[0, $0] }, [0, 0.614409, 0.543626, 0.647369, 0.888968])
        let sum = (0..<24).reduce(Float(0)) { sum, row in (0..<24).reduce(sum) { $0 + distances[row, $1] } }
        #expect(abs(sum - 434.38177) < 1e-3)
    }

    static let goldenLabels: [(Float, [Int])] = [
        (0.5, [-1, -1, 0, 0, -1, -1, 2, 1, -1, 1, 2, -1, -1, 0, 0, -1, -1, 0, -1, -1, 1, 2, -1, 1]),
        (0.6, [-1, -1, 0, 0, -1, -1, 1, 1, -1, 1, 1, -1, -1, 0, 0, -1, -1, 0, -1, -1, 1, 1, -1, 1]),
        (0.8, Array(repeating: 0, count: 24)),
    ]

    @Test(arguments: goldenLabels)
    func `gives DBSCAN the reference's labels`(radius: Float, expected: [Int]) throws {
        let distances = try ClusteringJaccard(neighbours: 6, expansion: 3).distances(
            of: GoldenFeatures.spcl())
        #expect(DBSCAN(radius: radius, minimumPoints: 4).labels(of: distances).values == expected)
    }
}

@Suite struct `The clustering Jaccard distance of random features` {
    @Test(arguments: 0..<6)
    func `equals the dense definition, and scikit-learn finds the same clusters`(number: Int) throws {
        let example = try Fixture.load().clustering[number]
        let distances = try ClusteringJaccard(neighbours: example.k1, expansion: example.k2)
            .distances(of: example.unitFeatures())
        let rows = 0..<example.count
        expectEqual(rows.flatMap { i in rows.map { distances[i, $0] } }, example.jaccard.values)
        let labels = DBSCAN(radius: example.radius, minimumPoints: example.minimum).labels(of: distances)
        #expect(labels.values == example.labels)
    }

    static let shapes = [
        (30, 3, 5, 8, 3), (41, 41, 7, 10, 4), (25, 2, 16, 25, 6), (25, 5, 3, 60, 6), (33, 4, 9, 1, 1),
    ]

    @Test(arguments: shapes)
    func `equals its obvious twin`(count: Int, identities: Int, dimension: Int, k1: Int, k2: Int) throws {
        let features = try clusteredRows(count: count, identities: identities, dimension: dimension, seed: 7)
            .normalised()
        let distances = try ClusteringJaccard(neighbours: k1, expansion: k2).distances(of: features)
        let expected = ObviousJaccard(k1: k1, k2: k2).distances(of: features)
        for row in 0..<count {
            expectEqual((0..<count).map { distances[row, $0] }, expected[row].map { Float($0) })
        }
    }

    /// On this scale all rows are in order, so that k₂ reaches beyond k₁ + 1.
    @Test(arguments: [(40, 5, 4, 9), (40, 5, 4, 3), (33, 4, 1, 40), (30, 3, 40, 2)])
    func `equals its obvious twin on a relative scale`(count: Int, identities: Int, k1: Int, k2: Int) throws {
        let features = try clusteredRows(count: count, identities: identities, dimension: 6, seed: 8).normalised()
        let distances = try ClusteringJaccard(neighbours: k1, expansion: k2, scale: .relative).distances(of: features)
        let expected = ObviousJaccard(k1: k1, k2: k2, variant: .relative).distances(of: features)
        for row in 0..<count {
            expectEqual((0..<count).map { distances[row, $0] }, expected[row].map { Float($0) })
        }
    }

    @Test func `has the same bits on any number of threads`() throws {
        let features = try clusteredRows(count: 200, identities: 12, dimension: 24, seed: 3).normalised()
        let tables = try [1, 2, 5].map { threads in
            var jaccard = ClusteringJaccard(neighbours: 15, expansion: 4)
            jaccard.workers = Workers(count: threads, blockLength: 32)
            return try jaccard.distances(of: features)
        }
        for row in 0..<200 {
            for table in tables.dropFirst() {
                #expect(table.neighbours(of: row) == tables[0].neighbours(of: row))
                #expect(table.distances(of: row) == tables[0].distances(of: row))
            }
        }
    }

    @Test(arguments: [7, 64, 1000])
    func `does not depend on the blocks it is computed in`(blockLength: Int) throws {
        let example = try Fixture.load().clustering[1]
        var jaccard = ClusteringJaccard(neighbours: example.k1, expansion: example.k2)
        jaccard.workers = Workers(count: 3, blockLength: blockLength)
        let distances = try jaccard.distances(of: example.unitFeatures())
        let rows = 0..<example.count
        expectEqual(rows.flatMap { i in rows.map { distances[i, $0] } }, example.jaccard.values)
    }

    @Test func `follows its rows when they are put in another order`() throws {
        let features = try clusteredRows(count: 40, identities: 4, dimension: 6, seed: 11)
        let order = (0..<40).map { ($0 * 17 + 5) % 40 }
        let moved = try Features<Raw>(order.flatMap { features[$0] }, count: 40, dimension: 6)
        let jaccard = ClusteringJaccard(neighbours: 9, expansion: 3)
        let (before, after) = try (
            jaccard.distances(of: features.normalised()), jaccard.distances(of: moved.normalised())
        )
        for row in 0..<40 {
            expectEqual((0..<40).map { after[row, $0] }, (0..<40).map { before[order[row], order[$0]] })
        }
    }

    @Test func `keeps only pairs within the radius, and all of them`() throws {
        let example = try Fixture.load().clustering[2]
        let jaccard = ClusteringJaccard(neighbours: example.k1, expansion: example.k2)
        let all = try jaccard.distances(of: example.unitFeatures())
        let near = try jaccard.distances(of: example.unitFeatures(), within: 0.5)
        #expect(near.pairCount < all.pairCount)
        for row in 0..<example.count {
            let kept = zip(all.neighbours(of: row), all.distances(of: row)).filter { $0.1 <= 0.5 }
            #expect(Array(near.neighbours(of: row)) == kept.map(\.0))
            #expect(Array(near.distances(of: row)) == kept.map(\.1))
        }
    }
}

@Suite struct `The clustering Jaccard distance at the edges` {
    @Test func `of one row has no pairs`() throws {
        let features = try Features<Raw>([3, 4], count: 1, dimension: 2).normalised()
        let distances = try ClusteringJaccard(neighbours: 30, expansion: 6).distances(of: features)
        #expect(distances.count == 1)
        #expect(distances.pairCount == 0)
        #expect(DBSCAN(radius: 0.6, minimumPoints: 1).labels(of: distances).values == [0])
        #expect(DBSCAN(radius: 0.6, minimumPoints: 2).labels(of: distances).values == [-1])
    }

    @Test func `of equal rows is zero while all of them are neighbours`() throws {
        // Five equal rows, k₁ = 5: everybody's set is all five, every weight 1/5, every overlap 1.
        let features = try Features<Raw>(Array(repeating: 0.3, count: 5 * 7), count: 5, dimension: 7)
            .normalised()
        let distances = try ClusteringJaccard(neighbours: 5, expansion: 2).distances(of: features)
        for row in 0..<5 { expectEqual((0..<5).map { distances[row, $0] }, [0, 0, 0, 0, 0]) }
    }

    @Test func `of more equal rows than neighbours is that of ties broken by row number`() throws {
        let features = try Features<Raw>(Array(repeating: 1, count: 12 * 3), count: 12, dimension: 3)
            .normalised()
        let distances = try ClusteringJaccard(neighbours: 4, expansion: 2).distances(of: features)
        let expected = ObviousJaccard(k1: 4, k2: 2).distances(of: features)
        for row in 0..<12 {
            expectEqual((0..<12).map { distances[row, $0] }, expected[row].map { Float($0) })
        }
    }
}
