// SPDX-License-Identifier: MIT

import Testing
import Vocabulary

@testable import Retrieval

@Suite struct `The score of a query` {
    /// Query 0 is identity 1 by camera 0. Gallery: identity 1 by camera 0 (ignored), 2, 1, 3, 1, in the order of distances.
    /// Of what counts its matches are second and fourth: AP (1/2 + 2/4)/2 = 1/2, INP 2/4, first hit 2. Query 1 is junk,
    /// query 2 has nobody to find.
    private let query = QuerySightings(sightings([1, -1, 9], [0, 0, 0]))
    private let gallery = GallerySightings(sightings([1, 2, 1, 3, 1], [0, 1, 1, 1, 2]))
    private let distances: DistanceMatrix

    init() throws {
        distances = try DistanceMatrix(
            [0.1, 0.2, 0.3, 0.4, 0.5, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1], rowCount: 3, columnCount: 5)
    }

    @Test func `has its precision, its penalty and its first hit`() throws {
        let scores = try queryScores(distances, query: query, gallery: gallery, under: .market1501)
        let score = try #require(scores[0])
        #expect(score.averagePrecision == 0.5 && score.inverseNegativePenalty == 0.5 && score.firstHit == 2)
        #expect(scores[1] == nil && scores[2] == nil)
    }

    /// The 101st row is the first match, which VisDA-2020's cut leaves out: worth nothing, but not skipped.
    @Test func `has no first hit where all lie beyond the cut`() throws {
        let far = GallerySightings(sightings([Int](repeating: 2, count: 100) + [1], [Int](repeating: 1, count: 101)))
        let line = try DistanceMatrix((0..<101).map(Float.init), rowCount: 1, columnCount: 101)
        let one = QuerySightings(sightings([1], [0]))
        let cut = try #require(queryScores(line, query: one, gallery: far, under: .visda2020)[0])
        #expect(cut.averagePrecision == 0 && cut.firstHit == nil)
        let whole = try #require(queryScores(line, query: one, gallery: far, under: .visda2020Textbook)[0])
        #expect(whole.averagePrecision == 1.0 / 101 && whole.firstHit == 101)
    }

    @Test(arguments: RankingProtocol.allCases)
    func `comes to the numbers of the whole`(rankingProtocol: RankingProtocol) throws {
        let query = QuerySightings(sightings((0..<20).map { $0 % 5 + 1 }, (0..<20).map { $0 % 3 }))
        let gallery = GallerySightings(sightings((0..<60).map { $0 % 6 - 1 }, (0..<60).map { $0 % 4 }))
        let values = (0..<1200).map { Float(($0 * 7919) % 1009) / 1009 }
        let distances = try DistanceMatrix(values, rowCount: 20, columnCount: 60)
        let scores = try queryScores(distances, query: query, gallery: gallery, under: rankingProtocol).compactMap(\.self)
        let metrics = try evaluate(distances, query: query, gallery: gallery, under: rankingProtocol)
        let count = Double(scores.count)
        #expect(scores.count == metrics.queryCount - metrics.skippedCount)
        #expect(Tolerance.metric.accepts(scores.reduce(0) { $0 + $1.averagePrecision } / count, metrics.mAP))
        #expect(Tolerance.metric.accepts(scores.reduce(0) { $0 + $1.inverseNegativePenalty } / count, metrics.mINP))
        guard rankingProtocol.wholeGallery != nil else { return }
        #expect(Tolerance.metric.accepts(Double(scores.count { $0.firstHit == 1 }) / count, metrics.top1))
    }

    @Test func `is refused of sightings that are too few`() {
        #expect(throws: RetrievalError.countsDiffer(what: "sightings of the gallery", expected: 5, found: 1)) {
            try queryScores(distances, query: query, gallery: GallerySightings(sightings([1], [0])), under: .market1501)
        }
    }

    @Test func `stands beside a list of what is nearest, which says what each is`() throws {
        let lists = try RankLists(distances, query: query, gallery: gallery, under: .market1501, depth: 3).lists
        #expect(lists[0].map(\.row) == [0, 1, 2])
        #expect(lists[0].map(\.verdict) == [.ignored, .wrong, .right])
        #expect(lists[0].map(\.distance) == [0.1, 0.2, 0.3])
        // At equal distances by their places.
        #expect(lists[2].map(\.row) == [0, 1, 2])
        let whole = try RankLists(distances, query: query, gallery: gallery, under: .vehicleid, depth: 100).lists
        #expect(whole[0].map(\.verdict) == [.right, .wrong, .right, .wrong, .right])
        #expect(throws: RetrievalError.countsDiffer(what: "sightings of the queries", expected: 3, found: 2)) {
            try RankLists(
                distances, query: QuerySightings(sightings([1, 1], [0, 0])), gallery: gallery, under: .market1501, depth: 1)
        }
    }
}
