// SPDX-License-Identifier: MIT

import Randomness
import Retrieval
import Synchronization
import Testing

@testable import Training

/// Rows of 16 values ±¼: products are sums of sixteenths, exact in whatever order, so that distances are exact, and
/// many are equal; every seventh row is there before.
func signs(_ count: Int) throws -> Features<UnitNorm> {
    var stream = RandomKey(seed: 5).stream("test.signs")
    var rows: [[Float]] = []
    for row in 0..<count {
        let drawn: [Float] = (0..<16).map { _ in stream.normal() < 0 ? -0.25 : 0.25 }
        rows.append(row % 7 == 6 ? rows[row / 2] : drawn)
    }
    return try Features<Raw>(rows.flatMap { $0 }, count: count, dimension: 16).normalised()
}

/// 300 rows of 64 drawn values.
func drawnRows() throws -> Features<UnitNorm> {
    var stream = RandomKey(seed: 6).stream("test.rows")
    let values = (0..<300 * 64).map { _ in Float(stream.normal()) }
    return try Features<Raw>(values, count: 300, dimension: 64).normalised()
}

/// Distances are those in double precision, and in order those that the processor's search finds. Who multiplies decides the
/// last bits, and with them the order of what lies that near.
func expectExactDistances(_ found: NeighbourTable, of features: Features<UnitNorm>) throws {
    let exact = try NearestNeighbours(count: found.width).among(features)
    // Sums of 64 products of unit rows: 64 roundings of 2⁻²⁴ at the most, doubled, on each side.
    let tolerance: Float = 4 * 64 * 0x1p-24
    for row in 0..<features.count {
        #expect(zip(found.distances(of: row), exact.distances(of: row)).allSatisfy { abs($0 - $1) <= tolerance })
        for (neighbour, distance) in zip(found.neighbours(of: row), found.distances(of: row)) {
            let apart = zip(features[row], features[Int(neighbour)]).reduce(0.0) { sum, pair in
                sum + (Double(pair.0) - Double(pair.1)) * (Double(pair.0) - Double(pair.1))
            }
            #expect(abs(Float(apart) - distance) <= tolerance)
        }
    }
}

@Suite struct `A search on the device` {
    private func search(holding distances: Int = 1 << 24) -> DeviceSearch {
        var search = DeviceSearch()
        search.distancesHeld = distances
        return search
    }

    /// (1, 0), (0, 1), (1, 0) and (−1, 0) lie 0, 2 or 4 apart; from (0, 1) all others lie 2.
    @Test func `finds a row itself, then the nearest, equal ones by index`() throws {
        let features = try Features<Raw>([1, 0, 0, 1, 1, 0, -1, 0], count: 4, dimension: 2).normalised()
        let table = try search().neighbours(of: features, width: 3, progress: nil)
        #expect((0..<4).map { Array(table.neighbours(of: $0)) } == [[0, 2, 1], [1, 0, 2], [2, 0, 1], [3, 1, 0]])
        #expect((0..<4).map { Array(table.distances(of: $0)) } == [[0, 0, 2], [0, 2, 2], [0, 0, 2], [0, 2, 4]])
    }

    /// Blocks of one row, of a number that does not divide them, of exactly all, and of more than there are.
    @Test(arguments: [1, 95 * 7, 95 * 95, 1 << 24], [1, 2, 20, 95, 200])
    func `finds what the processor's search finds`(distances: Int, width: Int) throws {
        let features = try signs(95)
        let found = try search(holding: distances).neighbours(of: features, width: width, progress: nil)
        #expect(found == (try NearestNeighbours(count: width).among(features)))
    }

    @Test func `of a single row finds that row`() throws {
        let features = try signs(1)
        #expect(
            try search().neighbours(of: features, width: 5, progress: nil) == NearestNeighbours(count: 5).among(features))
    }

    @Test func `finds the same distances where products are rounded`() throws {
        let features = try drawnRows()
        try expectExactDistances(search(holding: 300 * 31).neighbours(of: features, width: 12, progress: nil), of: features)
    }

    @Test(arguments: [ClusteringJaccard.Scale.plain, .relative])
    func `clusters as the processor's search does`(scale: ClusteringJaccard.Scale) throws {
        let features = try signs(95)
        func labels(_ search: SearchStrategy) throws -> ClusterLabels {
            let jaccard = ClusteringJaccard(neighbours: 10, expansion: 3, search: search, scale: scale)
            return try DBSCAN(radius: 0.7, minimumPoints: 2).labels(of: jaccard.distances(of: features, within: 0.7))
        }
        let found = try labels(.delegated(search(holding: 95 * 7)))
        #expect(found.clusterCount > 1)
        #expect(found == (try labels(.exact)))
    }

    @Test func `tells how much of it is done`() throws {
        let shares = Mutex<[Double]>([])
        _ = try search(holding: 10 * 4).neighbours(of: signs(10), width: 2) { share in shares.withLock { $0.append(share) } }
        #expect(shares.withLock { $0 } == [0.4, 0.8, 1])
    }

    @Test func `is left to the processor's own where that is the device`() {
        guard case .exact = SearchStrategy.onDevice else {
            Issue.record("\(SearchStrategy.onDevice)")
            return
        }
    }
}
