// SPDX-License-Identifier: MIT

import Randomness
import Testing
import Vocabulary

@testable import Retrieval

@Suite struct `Junk` {
    /// One query of identity 1. Nearest is what the argument says, second the match: a stranger or the background before
    /// it leaves precision 1/2, junk leaves 1.
    @Test(arguments: [(-1, 1.0, 1), (0, 0.5, 0), (2, 0.5, 0)])
    func `is in nobody's way, while the background is`(identity: Int, mAP: Double, junk: Int) throws {
        for rankingProtocol in RankingProtocol.allCases {
            let metrics = try evaluate(
                DistanceMatrix([0.1, 0.2], rowCount: 1, columnCount: 2), query: .init(sightings([1], [0])),
                gallery: .init(sightings([identity, 1], [1, 1])), under: rankingProtocol)
            #expect(metrics.mAP == mAP, "\(rankingProtocol)")
            #expect(metrics.junkCount == junk, "\(rankingProtocol)")
        }
    }

    /// A query of −1 would find the gallery's −1 at once, and is not asked.
    @Test func `is not looked for`() throws {
        let metrics = try evaluate(
            DistanceMatrix([0, 1, 2, 1, 2, 0], rowCount: 2, columnCount: 3), query: .init(sightings([-1, 1], [0, 0])),
            gallery: .init(sightings([-1, 2, 1], [1, 1, 1])), under: .market1501)
        #expect(metrics.mAP == 1)
        #expect(metrics.queryCount == 1)
        #expect(metrics.skippedCount == 0)
        #expect(metrics.junkCount == 2)
    }

    /// Nobody is left to find once junk is gone.
    @Test func `is no match`() {
        #expect(throws: RetrievalError.noQueryHasAMatch(queries: 0, sameCamera: 0)) {
            try evaluate(
                DistanceMatrix([0], rowCount: 1, columnCount: 1), query: .init(sightings([-1], [0])),
                gallery: .init(sightings([-1], [1])), under: .market1501)
        }
        let seen = sightings([-1, -1], [0, 1])
        for rankingProtocol in RankingProtocol.allCases {
            #expect(!rankingProtocol.isMatch(seen[1], for: seen[0]), "\(rankingProtocol)")
        }
    }

    @Test(arguments: RankingProtocol.allCases)
    func `counts as if its rows were not there`(rankingProtocol: RankingProtocol) throws {
        var random = RandomKey(seed: 7).stream("junk")
        let (queries, rows) = ((0..<6).map { $0 % 4 - 1 }, (0..<150).map { _ in random.below(5) - 1 })
        let values = (0..<queries.count * rows.count).map { _ in Float(random.uniform()) }
        let cameras = rows.map { _ in random.below(3) }
        let kept = (queries: queries.indices.filter { queries[$0] >= 0 }, rows: rows.indices.filter { rows[$0] >= 0 })
        let whole = try evaluate(
            DistanceMatrix(values, rowCount: queries.count, columnCount: rows.count),
            query: .init(sightings(queries, queries.map { _ in 0 })), gallery: .init(sightings(rows, cameras)),
            under: rankingProtocol)
        let part = try evaluate(
            DistanceMatrix(
                kept.queries.flatMap { query in kept.rows.map { values[query * rows.count + $0] } },
                rowCount: kept.queries.count, columnCount: kept.rows.count),
            query: .init(sightings(kept.queries.map { queries[$0] }, kept.queries.map { _ in 0 })),
            gallery: .init(sightings(kept.rows.map { rows[$0] }, kept.rows.map { cameras[$0] })), under: rankingProtocol)
        #expect(part.junkCount == 0 && whole.junkCount > 0)
        #expect(whole == part.leavingOut(junk: queries.count - kept.queries.count + rows.count - kept.rows.count))
    }

    /// Rows 0 and 1 are one person in one cluster; the junk beside them would halve the purity.
    @Test func `is left out of a cluster's agreement`() throws {
        let identities = [1, 1, -1, -1].map(Identity.init(rawValue:))
        let agreement = try ClusterAgreement(of: ClusterLabels(values: [0, 0, 0, 0]), with: identities)
        #expect(agreement.purity == 1)
        #expect(agreement.pairwisePrecision == 1)
        #expect(agreement.pairwiseRecall == 1)
    }

    @Test func `leaves the gallery's own row numbers in a submission`() throws {
        let file = SubmissionFile(
            ranking: try DistanceMatrix([0.3, 0.1, 0.2], rowCount: 1, columnCount: 3), rows: [0, 2, 5])
        #expect(file.rankings == [[2, 5, 0]])
    }
}

@Suite struct `A forecast of memory beyond any machine` {
    @Test func `is a number that can still be compared`() {
        let file = InvertedFile(probeCount: 10_000, key: RandomKey(seed: 1))
        let all: [MemoryForecast] = [
            .clustering(count: .max >> 8, dimension: .max >> 8, neighbours: 10_000),
            .approximateClustering(count: .max >> 8, dimension: 4096, neighbours: 10_000, file: file),
            .kMeans(count: 1, dimension: .max >> 4, clusterCount: 1_000_000),
            .ranking(queryCount: .max >> 4, galleryCount: .max >> 4, dimension: .max >> 4),
            .reRanking(queryCount: .max >> 8, galleryCount: .max >> 8, dimension: 1, neighbours: 10_000),
        ]
        for forecast in all {
            #expect(forecast.total >= 1_000_000_000_000_000_000)
            #expect(throws: RetrievalError.self) { try forecast.requireFit(into: 1 << 50) }
        }
    }
}
