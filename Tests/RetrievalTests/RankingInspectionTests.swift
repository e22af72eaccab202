// SPDX-License-Identifier: MIT

import Testing
import Vocabulary

@testable import Retrieval

@Suite struct `The inspection of a ranking` {
    /// Gallery: identity 1 by cameras 0 and 1, identity 2 by camera 1, junk, identity 2 by camera 0.
    private let gallery = GallerySightings(sightings([1, 1, 2, -1, 2], [0, 1, 1, 0, 0]))

    /// Query 0 is identity 1 by camera 0: row 0 is its own camera's. The order is 3, 0, 2, 1, 4; of what counts 2, 1, 4, so
    /// that its match is second, AP 1/2. Query 1 is identity 2 by camera 0: the order is 2 (right), 4 (its own camera's),
    /// and AP is 1. Query 2 is nobody; query 3 looks for identity 3, of whom there is no row.
    private func inspection(_ rankingProtocol: RankingProtocol = .market1501) throws -> RankingInspection {
        let distances = try DistanceMatrix(
            [
                0.2, 0.6, 0.5, 0.1, 0.9,
                0.7, 0.8, 0.1, 0.9, 0.2,
                0, 0, 0, 0, 0,
                0.1, 0.2, 0.3, 0.4, 0.5,
            ], rowCount: 4, columnCount: 5)
        return try RankingInspection(
            distances, query: QuerySightings(sightings([1, 2, -1, 3], [0, 0, 0, 0])), gallery: gallery,
            under: rankingProtocol)
    }

    @Test func `says what each query is worth, and nothing where it does not count`() throws {
        #expect(try inspection().averagePrecisions == [0.5, 1, nil, nil])
    }

    @Test func `lists the nearest of the best and the worst, and what each is`() throws {
        let lists = try inspection().lists
        #expect(lists.map(\.grade) == [.best, .worst] && lists.map(\.query) == [1, 0])
        #expect(lists.map(\.averagePrecision) == [1, 0.5])
        #expect(lists[0].nearest.map(\.row) == [2, 4, 0, 1, 3] && lists[1].nearest.map(\.row) == [3, 0, 2, 1, 4])
        #expect(lists[0].nearest.map(\.verdict) == [.right, .ignored, .wrong, .wrong, .ignored])
        #expect(lists[1].nearest.map(\.verdict) == [.ignored, .ignored, .wrong, .right, .wrong])
        #expect(lists[1].nearest.map(\.distance) == [0.1, 0.2, 0.5, 0.6, 0.9])
    }

    /// Without cameras the query's own does not matter; junk does not count under any protocol.
    @Test func `goes by the protocol`() throws {
        let list = try #require(inspection(.vehicleid).lists.first { $0.query == 0 })
        #expect(list.nearest.map(\.verdict) == [.ignored, .right, .wrong, .right, .wrong])
    }

    @Test(arguments: RankingProtocol.allCases)
    func `comes to the mean average precision`(rankingProtocol: RankingProtocol) throws {
        let query = QuerySightings(sightings((0..<20).map { $0 % 5 + 1 }, (0..<20).map { $0 % 3 }))
        let gallery = GallerySightings(sightings((0..<60).map { $0 % 6 - 1 }, (0..<60).map { $0 % 4 }))
        let values = (0..<1200).map { Float(($0 * 7919) % 1009) / 1009 }
        let distances = try DistanceMatrix(values, rowCount: 20, columnCount: 60)
        let found = try RankingInspection(distances, query: query, gallery: gallery, under: rankingProtocol)
        let metrics = try evaluate(distances, query: query, gallery: gallery, under: rankingProtocol)
        let counted = found.averagePrecisions.compactMap(\.self)
        #expect(counted.count == metrics.queryCount - metrics.skippedCount)
        #expect(Tolerance.metric.accepts(counted.reduce(0, +) / Double(counted.count), metrics.mAP))
        #expect(found.lists.map(\.nearest.count) == [Int](repeating: 10, count: 9))
    }

    /// Ten queries of value 0.9, 0.8, …: three of each grade. Of seven, two; of one, itself alone.
    @Test(arguments: [
        (10, [0, 1, 2], [3, 4, 5], [7, 8, 9]), (7, [0, 1], [2, 3], [5, 6]), (2, [0], [], [1]), (1, [0], [], []),
        (0, [], [], []),
    ])
    func `shows no query twice`(count: Int, best: [Int], median: [Int], worst: [Int]) {
        let chosen = RankingInspection.chosen(from: (0..<count).map { 0.9 - 0.1 * Double($0) })
        let queries = { (grade: RankingInspection.Grade) in chosen.filter { $0.grade == grade }.map(\.query) }
        #expect(queries(.best) == best && queries(.median) == median && queries(.worst) == worst)
    }

    @Test func `takes the first of equals for the better`() {
        let chosen = RankingInspection.chosen(from: [1, nil, 1, 1, 0])
        #expect(chosen.map(\.query) == [0, 2, 4])
    }
}

@Suite struct `A histogram of distances` {
    /// 0 and 1 are the ends, 0.5 the beginning of the 21st of 40 bins; the pair with junk is in none.
    @Test func `counts pairs by identity and camera`() throws {
        let histogram = DistanceHistogram(
            try DistanceMatrix([0, 0.5, 0.5, 1, 0.25], rowCount: 1, columnCount: 5),
            query: QuerySightings(sightings([1], [0])),
            gallery: GallerySightings(sightings([1, 1, 2, 2, -1], [1, 0, 1, 0, 0])))
        #expect(histogram.lower == 0 && histogram.upper == 1)
        let places = histogram.counts.mapValues { counts in counts.indices.filter { counts[$0] > 0 } }
        #expect(
            places == [
                "same identity, other camera": [0], "same identity, same camera": [20], "other identity, other camera": [20],
                "other identity, same camera": [39],
            ])
        #expect(histogram.counts.values.allSatisfy { $0.count == 40 && $0.reduce(0, +) == 1 })
    }

    @Test func `has all in one bin where all distances are one`() throws {
        let histogram = DistanceHistogram(
            try DistanceMatrix([2, 2], rowCount: 1, columnCount: 2), query: QuerySightings(sightings([1], [0])),
            gallery: GallerySightings(sightings([2, 3], [0, 0])))
        #expect(histogram.counts["other identity, same camera"]?.first == 2)
    }

    /// 2500 queries are too many: every second and a half counts.
    @Test func `counts a thousand queries evenly spread`() throws {
        let histogram = DistanceHistogram(
            try DistanceMatrix([Float](repeating: 1, count: 2500), rowCount: 2500, columnCount: 1),
            query: QuerySightings(sightings([Int](repeating: 1, count: 2500), [Int](repeating: 0, count: 2500))),
            gallery: GallerySightings(sightings([1], [1])))
        #expect(histogram.counts["same identity, other camera"]?.reduce(0, +) == 1000)
    }
}
