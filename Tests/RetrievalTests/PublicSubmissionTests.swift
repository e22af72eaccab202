// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Retrieval

/// VisDA-2020's validation set by its public lists, which lie beside the checkout where they are at all, scored against
/// what `Fixtures/make_visda2020.py` computed.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: PublicValidation.folder)))
struct `VisDA-2020's validation set` {
    @Test(arguments: [RankingProtocol.visda2020, .visda2020Textbook])
    func `gives the organisers' sample submission its score`(rankingProtocol: RankingProtocol) throws {
        let validation = try PublicValidation()
        let text = try PublicValidation.text("sample_result_validation.txt")
        // The sample's numbers have four digits.
        let rankings = text.split(whereSeparator: \.isNewline).map { line in
            line.split(separator: " ").compactMap { Int($0) }
        }
        #expect(rankings.count == validation.queries.count)
        #expect(rankings.allSatisfy { $0.count == SubmissionFile.depth })
        #expect(rankings[0].prefix(3) == [3536, 2573, 2822])
        // What is not listed comes after what is, by row number.
        let distances = rankings.flatMap { ranking in
            let ranks = Dictionary(uniqueKeysWithValues: ranking.enumerated().map { ($1, $0) })
            return validation.gallery.indices.map { Float(ranks[$0] ?? ranking.count + $0) }
        }
        try validation.expect(distances, PublicValidation.expected().sample, rankingProtocol)
    }

    @Test(arguments: [RankingProtocol.visda2020, .visda2020Textbook])
    func `gives a ranking by formula its score`(rankingProtocol: RankingProtocol) throws {
        let validation = try PublicValidation()
        let distances = validation.queries.enumerated().flatMap { number, query in
            validation.gallery.enumerated().map { row, seen in
                // 24 bits, exact in single precision.
                Float(noise(number, row) - (seen.identity == query.identity ? 500_000 : 0))
            }
        }
        let expected = try PublicValidation.expected()
        let matrix = try DistanceMatrix(
            distances, rowCount: validation.queries.count, columnCount: validation.gallery.count)
        #expect(Array(SubmissionFile(ranking: matrix).rankings[0].prefix(5)) == expected.formulaStart)
        try validation.expect(distances, expected.formula, rankingProtocol)
    }

    private func noise(_ query: Int, _ row: Int) -> Int {
        var value = UInt32(truncatingIfNeeded: query * 7919 + row) &* 2_654_435_761
        value = (value ^ value >> 15) &* 2_246_822_519
        return Int((value ^ value >> 13) >> 8)
    }
}

private struct PublicValidation {
    struct Expected: Decodable {
        struct Score: Decodable {
            let mAP, mINP: Double
            let cmc: [Double]
            let skipped: Int
        }

        let sample, formula: [String: Score]
        let formulaStart: [Int]
    }

    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    static let folder = tests.appendingPathComponent("../../../shared/data/visda2020").standardizedFileURL.path

    let queries: [Sighting]
    let gallery: [Sighting]

    init() throws {
        queries = try Self.sightings("index_validation_query.txt")
        gallery = try Self.sightings("index_validation_gallery.txt")
    }

    func expect(_ distances: [Float], _ scores: [String: Expected.Score], _ rankingProtocol: RankingProtocol) throws {
        let matrix = try DistanceMatrix(distances, rowCount: queries.count, columnCount: gallery.count)
        let metrics = try evaluate(matrix, query: .init(queries), gallery: .init(gallery), under: rankingProtocol)
        let expected = try #require(scores[rankingProtocol.rawValue])
        #expect(Tolerance.metric.accepts(metrics.mAP, expected.mAP))
        #expect(Tolerance.metric.accepts(metrics.mINP, expected.mINP))
        #expect(metrics.cmc.count == expected.cmc.count)
        for (value, wanted) in zip(metrics.cmc, expected.cmc) { #expect(Tolerance.metric.accepts(value, wanted)) }
        #expect(metrics.skippedCount == expected.skipped)
    }

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }

    static func expected() throws -> Expected {
        let file = tests.appendingPathComponent("Fixtures/visda2020.json")
        return try JSONDecoder().decode(Expected.self, from: Data(contentsOf: file))
    }

    private static func sightings(_ name: String) throws -> [Sighting] {
        let seen = try text(name).matches(of: /(?m)^(\d+)_c(\d+)s/).map { match in
            (Int(match.1) ?? -1, Int(match.2) ?? -1)
        }
        return RetrievalTests.sightings(seen.map(\.0), seen.map(\.1))
    }
}
