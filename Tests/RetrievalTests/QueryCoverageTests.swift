// SPDX-License-Identifier: MIT

import Randomness
import Testing
import Vocabulary

@testable import Retrieval

@Suite struct `How many queries can be scored` {
    /// Query 0 has matches by both cameras, query 1 by its own only, twice, and query 2 none.
    @Test(arguments: [
        (RankingProtocol.market1501, 1, 3), (.visda2020, 1, 3), (.visda2020Textbook, 1, 3), (.vehicleid, 2, 0),
    ])
    func `is counted by hand`(rankingProtocol: RankingProtocol, scored: Int, sameCamera: Int) {
        let coverage = QueryCoverage(
            QuerySightings(sightings([1, 2, 3], [0, 1, 0])),
            GallerySightings(sightings([1, 1, 2, 2, 4], [0, 1, 1, 1, 0])), under: rankingProtocol)
        #expect(coverage.queryCount == 3)
        #expect(coverage.scoredCount == scored)
        #expect(coverage.sameCameraCount == sameCamera)
    }

    @Test(arguments: RankingProtocol.allCases)
    func `is what a ranking scores, whatever the distances`(rankingProtocol: RankingProtocol) throws {
        var stream = RandomKey(seed: 4).stream("coverage")
        for _ in 0..<20 {
            func drawn(_ count: Int) -> [Sighting] {
                // From −1, junk.
                sightings((0..<count).map { _ in stream.below(13) - 1 }, (0..<count).map { _ in stream.below(2) })
            }
            let (query, gallery) = (QuerySightings(drawn(9)), GallerySightings(drawn(14)))
            let values = (0..<9 * 14).map { _ in Float(stream.normal()) }
            let distances = try DistanceMatrix(values, rowCount: 9, columnCount: 14)
            let coverage = QueryCoverage(query, gallery, under: rankingProtocol)
            let metrics = try? evaluate(distances, query: query, gallery: gallery, under: rankingProtocol)
            #expect(coverage.scoredCount == metrics.map { $0.queryCount - $0.skippedCount } ?? 0)
        }
    }
}
