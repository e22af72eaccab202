// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline
package import Retrieval
package import Vocabulary

/// What becomes of each query of a feature file, to be written for other programs: as JSON, or as CSV where the path ends
/// so.
///
/// Queries and gallery rows are counted from 0, as in the feature file with all its junk; ranks from 1.
package struct RankingRecords {
    /// How the names of files end.
    package static let endings = [FileEnding.csv, .json]

    private let distances: DistanceMatrix
    private let set: RetrievalSet
    private let scoring: ScoringParameters

    /// - Parameter distances: Between the rows of `set`, `[Q, G]`.
    package init(of distances: DistanceMatrix, _ set: RetrievalSet, _ scoring: ScoringParameters) {
        self.distances = distances
        self.set = set
        self.scoring = scoring
    }

    /// Writes the nearest gallery rows of every query, and what each is to it: `right`, `wrong`, or `ignored` where it
    /// counts as nothing.
    ///
    /// - Parameter depth: Rows of each query, at least 1.
    /// - Throws: `RetrievalError`, device errors; nothing is left half-written.
    package func writeRanks(depth: Int, to path: String) throws {
        let lists = try RankLists(
            distances, query: set.querySightings, gallery: set.gallerySightings, under: scoring.rankingProtocol, depth: depth
        ).lists
        let queries = lists.enumerated().map { place, list in
            RankedQuery(
                sought(place),
                rows: list.enumerated().map { rank, row in
                    RankedQuery.Row(
                        rank: rank + 1, gallery: set.galleryRows?[row.row] ?? row.row, distance: row.distance,
                        verdict: row.verdict)
                })
        }
        try write(queries, columns: "query,rank,gallery,distance,verdict", to: path) { query in
            query.rows.map { "\(query.sought.query),\($0.rank),\($0.gallery),\($0.distance),\($0.verdict.rawValue)" }
        }
    }

    /// Writes what each query is worth; figures are empty where there is nothing to be found.
    ///
    /// - Throws: As ``writeRanks(depth:to:)``.
    package func writeScores(to path: String) throws {
        let scores = try queryScores(
            distances, query: set.querySightings, gallery: set.gallerySightings, under: scoring.rankingProtocol)
        let queries = scores.enumerated().map { place, score in ScoredQuery(sought(place), score) }
        try write(queries, columns: "query,identity,camera,ap,inp,first_hit", to: path) { query in
            let figures = [query.score?.averagePrecision, query.score?.inverseNegativePenalty, query.score?.firstHit]
            let cells = figures.map { $0.map(Self.text) ?? "" }
            let camera = query.sought.camera.map(String.init) ?? ""
            return [(["\(query.sought.query)", "\(query.sought.identity)", camera] + cells).joined(separator: ",")]
        }
    }

    private func sought(_ place: Int) -> SoughtQuery {
        SoughtQuery(
            query: set.queryRows?[place] ?? place, identity: set.querySightings.sightings[place].identity.rawValue,
            camera: set.query.cameras?[place].rawValue)
    }

    /// A whole number without a point, as ranks are.
    private static func text(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }

    private func write<Query: Encodable>(
        _ queries: [Query], columns: String, to path: String, lines: (Query) -> [String]
    ) throws {
        let content: Data
        if FileEnding.csv.isOf(path) {
            content = Data(([columns] + queries.flatMap(lines)).map { $0 + "\n" }.joined().utf8)
        } else {
            content = try JSONFile.encoder().encode(Document(scoring: scoring, queries: queries)) + Data("\n".utf8)
        }
        try content.write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}

private struct Document<Query: Encodable>: Encodable {
    let scoring: ScoringParameters
    let queries: [Query]
}

/// Who is sought: the query's row in the file, and what the file says of it.
private struct SoughtQuery {
    let query: Int
    let identity: Int
    let camera: Int?

    enum Key: String, CodingKey {
        case query, identity, camera
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(query, forKey: .query)
        try container.encode(identity, forKey: .identity)
        try container.encode(camera, forKey: .camera)
    }
}

private struct RankedQuery: Encodable {
    struct Row: Encodable {
        let rank: Int
        let gallery: Int
        let distance: Float
        let verdict: RankingInspection.Verdict
    }

    let sought: SoughtQuery
    let rows: [Row]

    init(_ sought: SoughtQuery, rows: [Row]) {
        self.sought = sought
        self.rows = rows
    }

    private enum Key: String, CodingKey {
        case rows
    }

    func encode(to encoder: any Encoder) throws {
        try sought.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(rows, forKey: .rows)
    }
}

private struct ScoredQuery: Encodable {
    let sought: SoughtQuery
    let score: QueryScore?

    init(_ sought: SoughtQuery, _ score: QueryScore?) {
        self.sought = sought
        self.score = score
    }

    private enum Key: String, CodingKey {
        case averagePrecision = "ap"
        case inverseNegativePenalty = "inp"
        case firstHit = "first_hit"
    }

    func encode(to encoder: any Encoder) throws {
        try sought.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(score?.averagePrecision, forKey: .averagePrecision)
        try container.encode(score?.inverseNegativePenalty, forKey: .inverseNegativePenalty)
        try container.encode(score?.firstHit, forKey: .firstHit)
    }
}
