// SPDX-License-Identifier: MIT

import Machine
import Testing
import Vocabulary

@testable import Retrieval

func sightings(_ identities: [Int], _ cameras: [Int]) -> [Sighting] {
    zip(identities, cameras).map { Sighting(identity: Identity(rawValue: $0), camera: Camera(rawValue: $1)) }
}

extension Evaluation {
    /// The numbers under rules that a test chooses.
    fileprivate func metrics(_ rules: WholeGalleryRules) throws -> RankingMetrics {
        try metrics(of: [wholeGallery(rules)], maximumRank: rules.maximumRank, named: .visda2020)
    }
}

@Suite struct `The evaluation of a ranking` {
    /// `d[q, g] = ((7q + 5g) mod 8) + 0.1q`, `[3, 8]`. Query 2's only match shares its camera.
    static let query = QuerySightings(sightings([1, 2, 3], [0, 1, 1]))
    static let gallery = GallerySightings(sightings([1, 1, 2, 2, 3, 1, 2, 0], [0, 1, 0, 1, 1, 2, 2, 0]))

    static func distances() throws -> DistanceMatrix {
        var values: [Float] = []
        for q in 0..<3 {
            for g in 0..<8 { values.append(Float((7 * q + 5 * g) % 8) + 0.1 * Float(q)) }
        }
        return try DistanceMatrix(values, rowCount: 3, columnCount: 8)
    }

    static let goldenRows: [(Int?, Int, [Double], Double)] = [
        (5, 3, [0.5, 1, 1], 0.75), (6, 4, [0.5, 1, 1, 1], 0.558333), (nil, 4, [0.5, 1, 1, 1], 0.558333),
    ]

    @Test(arguments: goldenRows)
    func `cuts before it drops the query's camera`(cut: Int?, rank: Int, cmc: [Double], mAP: Double) throws {
        let evaluation = try Evaluation(
            Self.distances(), query: Self.query, gallery: Self.gallery, workers: .all)
        let metrics = try evaluation.metrics(.init(cut: cut, maximumRank: rank))
        #expect(metrics.cmc == cmc)
        #expect(Tolerance.metric.accepts(metrics.mAP, mAP))
        #expect(metrics.queryCount == 3)
        #expect(metrics.skippedCount == 1)
    }
}

@Suite struct `A ranking protocol` {
    @Test(arguments: 0..<5)
    func `equals the definition on random rankings`(number: Int) throws {
        let example = try Fixture.load().ranking[number]
        let distances = try DistanceMatrix(
            example.distances.values, rowCount: example.queries, columnCount: example.gallery)
        let evaluation = try Evaluation(
            distances, query: .init(sightings(example.queryIdentities, example.queryCameras)),
            gallery: .init(sightings(example.galleryIdentities, example.galleryCameras)),
            workers: Workers(count: 3)
        )
        let metrics = try evaluation.metrics(.init(cut: example.cut, maximumRank: example.maximum))
        #expect(Tolerance.metric.accepts(metrics.mAP, example.mAP))
        #expect(Tolerance.metric.accepts(metrics.mINP, example.mINP))
        #expect(metrics.skippedCount == example.skipped)
        #expect(metrics.cmc.count == example.cmc.count)
        for (value, expected) in zip(metrics.cmc, example.cmc) {
            #expect(Tolerance.metric.accepts(value, expected))
        }
    }

    /// One query of identity 1; hits at rank 1 and at ranks 102 and 103 of 120.
    static func late() throws -> (DistanceMatrix, QuerySightings, GallerySightings) {
        let distances = try DistanceMatrix((0..<120).map { Float($0) }, rowCount: 1, columnCount: 120)
        let identities = (0..<120).map { [0, 101, 102].contains($0) ? 1 : 0 }
        return (
            distances, .init(sightings([1], [0])),
            .init(sightings(identities, Array(repeating: 1, count: 120)))
        )
    }

    @Test func `visda2020 divides by the hits inside its cut, its textbook twin by all`() throws {
        let (distances, query, gallery) = try Self.late()
        let cut = try evaluate(distances, query: query, gallery: gallery, under: .visda2020)
        #expect(cut.mAP == 1)
        #expect(cut.mINP == 1)
        #expect(cut.cmc.count == 50)
        // (1/1 + 2/102 + 3/103)/3 = 0.349578…
        let textbook = try evaluate(distances, query: query, gallery: gallery, under: .visda2020Textbook)
        let byHand: Double = (1 + 2.0 / 102 + 3.0 / 103) / 3
        #expect(Tolerance.metric.accepts(textbook.mAP, byHand))
        #expect(Tolerance.metric.accepts(textbook.mINP, 3.0 / 103))
        let market = try evaluate(distances, query: query, gallery: gallery, under: .market1501)
        #expect(market.mAP == textbook.mAP)
        #expect(market.rankingProtocol == .market1501)
    }

    @Test func `visda2020 counts a query without a hit inside its cut as zero`() throws {
        let distances = try DistanceMatrix((0..<120).map { Float(-$0) }, rowCount: 1, columnCount: 120)
        let (_, query, gallery) = try Self.late()
        // The ranking is reversed: the hits stand at ranks 18, 19 and 120, all beyond a cut at 10.
        let metrics = try Evaluation(distances, query: query, gallery: gallery, workers: .all)
            .metrics(.init(cut: 10, maximumRank: 50))
        #expect(metrics.mAP == 0)
        #expect(metrics.skippedCount == 0)
        #expect(metrics.top10 == 0)
    }

    @Test func `breaks ties by index`() throws {
        // All at distance 0: the match at index 2 stands third, behind the two strangers before it.
        let distances = try DistanceMatrix([0, -0.0, 0, 0], rowCount: 1, columnCount: 4)
        let metrics = try evaluate(
            distances, query: .init(sightings([1], [0])),
            gallery: .init(sightings([2, 3, 1, 4], [1, 1, 1, 1])),
            under: .market1501)
        #expect(Tolerance.metric.accepts(metrics.mAP, 1.0 / 3))
        #expect(metrics.cmc.prefix(3) == [0, 0, 1])
    }

    @Test func `orders negative distances, as camera adjustment makes them`() throws {
        let distances = try DistanceMatrix([-0.2, 0.1, -0.3], rowCount: 1, columnCount: 3)
        let metrics = try evaluate(
            distances, query: .init(sightings([1], [0])), gallery: .init(sightings([1, 2, 3], [1, 1, 1])),
            under: .market1501)
        #expect(metrics.mAP == 0.5)
    }

    @Test func `vehicleid ranks one row of each identity and ignores cameras`() throws {
        // Identity 1 has one row, identity 2 has rows at distances 1 and 3; identity 1 is at 2.
        // With the nearer row drawn, query 1 finds itself second, with the farther one first.
        let distances = try DistanceMatrix([2, 1, 3], rowCount: 1, columnCount: 3)
        let (query, gallery) = (
            QuerySightings(sightings([1], [0])), GallerySightings(sightings([1, 2, 2], [0, 0, 0]))
        )
        let metrics = try evaluate(distances, query: query, gallery: gallery, under: .vehicleid)
        let nearerDrawn = 2 * (1 - metrics.mAP)
        #expect(Tolerance.metric.accepts(nearerDrawn * 10, (nearerDrawn * 10).rounded()))
        #expect(Tolerance.metric.accepts(metrics.top1, 1 - nearerDrawn))
        #expect(nearerDrawn > 0 && nearerDrawn < 1)
        #expect(metrics.top5 == 1)
        #expect(try evaluate(distances, query: query, gallery: gallery, under: .vehicleid) == metrics)
    }

    @Test(arguments: RankingProtocol.allCases)
    func `gives a perfect ranking one`(rankingProtocol: RankingProtocol) throws {
        let identities = (0..<40).map { $0 % 8 + 1 }
        let values = (0..<8).flatMap { q in identities.map { $0 == q + 1 ? Float(0.1) : 1 } }
        let metrics = try evaluate(
            DistanceMatrix(values, rowCount: 8, columnCount: 40),
            query: .init(sightings(Array(1...8), Array(repeating: 0, count: 8))),
            gallery: .init(sightings(identities, Array(repeating: 1, count: 40))), under: rankingProtocol)
        #expect(metrics.mAP == 1 && metrics.mINP == 1 && metrics.top1 == 1)
        #expect(metrics.rankingProtocol == rankingProtocol)
    }
}
