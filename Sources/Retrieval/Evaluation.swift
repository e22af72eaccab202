// SPDX-License-Identifier: MIT

internal import Machine
public import Randomness
internal import Vocabulary

// Shapes: Q queries · G gallery rows.

/// The numbers of a ranking under a named protocol.
///
/// Gallery rows at the same distance are ranked by their index. Junk, identity −1, is left out of both sides: it is not
/// looked for, and it is in nobody's way.
/// - Parameters:
///   - distances: `[Q, G]`.
///   - query: Who is seen in the queries, `[Q]`.
///   - gallery: Who is seen in the gallery, `[G]`.
///   - rankingProtocol: What counts.
///   - key: What the drawn galleries of ``RankingProtocol/vehicleid`` are drawn with; unused by the others.
/// - Throws: ``RetrievalError/countsDiffer(what:expected:found:)``,
///   ``RetrievalError/noQueryHasAMatch(queries:sameCamera:)``.
/// - Complexity: O(Q·G·log P) with P matches per query; no ranking is ever sorted whole.
public func evaluate(
    _ distances: DistanceMatrix, query: QuerySightings, gallery: GallerySightings,
    under rankingProtocol: RankingProtocol, key: RandomKey = RandomKey(seed: 1)
) throws(RetrievalError) -> RankingMetrics {
    let evaluation = try Evaluation(distances, query: query, gallery: gallery, workers: .all)
    return try evaluation.metrics(
        of: evaluation.outcomes(under: rankingProtocol, key: key), maximumRank: rankingProtocol.maximumRank,
        named: rankingProtocol)
}

/// Distances together with who is seen in their rows and columns.
struct Evaluation: Sendable {
    private let distances: DistanceMatrix
    /// The rows of `distances` that count, and who is seen in them.
    let rows: [Int]
    private let query: [Sighting]
    /// The columns that count, and who is seen in them.
    private let columns: [Int]
    private let gallery: [Sighting]
    /// By identity, places in `columns`.
    private let matches: [Identity: [Int32]]
    private let workers: Workers

    init(
        _ distances: DistanceMatrix, query: QuerySightings, gallery: GallerySightings, workers: Workers
    ) throws(RetrievalError) {
        try distances.require(query, gallery)
        self.distances = distances
        let rows = query.sightings.indices.filter { query.sightings[$0].identity != .junk }
        let columns = gallery.sightings.indices.filter { gallery.sightings[$0].identity != .junk }
        let counted = columns.map { gallery.sightings[$0] }
        self.rows = rows
        self.query = rows.map { query.sightings[$0] }
        self.columns = columns
        self.gallery = counted
        self.workers = workers
        matches = Dictionary(grouping: counted.indices.map(Int32.init)) { counted[Int($0)].identity }
    }

    /// What each query that counts is worth in each draw; a gallery that is ranked whole is the only one.
    func outcomes(under rankingProtocol: RankingProtocol, key: RandomKey) -> [[QueryOutcome?]] {
        if let rules = rankingProtocol.wholeGallery { return [wholeGallery(rules)] }
        return drawnGalleries(RankingProtocol.drawCount, key: key)
    }

    /// In the whole gallery, under any rules.
    func wholeGallery(_ rules: WholeGalleryRules) -> [QueryOutcome?] {
        outcomes { row, line in
            QueryOutcome.wholeGallery(
                query[row], matches: matches[query[row].identity] ?? [], distances: line, gallery: gallery,
                rules: rules)
        }
    }

    /// In galleries with one drawn row of each identity.
    private func drawnGalleries(_ drawCount: Int, key: RandomKey) -> [[QueryOutcome?]] {
        let identities = matches.keys.sorted()
        return (0..<drawCount).map { draw in
            var stream = key.stream("retrieval.gallery", epoch: draw)
            let drawn = identities.map { identity in
                let rows = matches[identity] ?? []
                return (identity, Int(rows[stream.below(rows.count)]))
            }
            let match = Dictionary(uniqueKeysWithValues: drawn)
            let rows = drawn.map(\.1)
            return outcomes { row, line in
                match[query[row].identity].map {
                    QueryOutcome.drawnGallery(match: $0, drawn: rows, distances: line)
                }
            }
        }
    }

    private func outcomes(
        _ outcome: @Sendable (Int, UnsafeBufferPointer<Float>) -> QueryOutcome?
    ) -> [QueryOutcome?] {
        workers.mapRows(query.count, runsOf: 16, scratch: {}) { run, _ in
            distances.values.withUnsafeBufferPointer { values in
                run.map { place in
                    let start = rows[place] * distances.columnCount
                    let line = UnsafeBufferPointer(rebasing: values[start..<start + distances.columnCount])
                    guard columns.count < line.count else { return outcome(place, line) }
                    return columns.map { line[$0] }.withUnsafeBufferPointer { outcome(place, $0) }
                }
            }
        }.flatMap { $0 }
    }

    /// Averages over queries and draws; every draw skips the same queries.
    func metrics(
        of draws: [[QueryOutcome?]], maximumRank: Int, named rankingProtocol: RankingProtocol
    ) throws(RetrievalError) -> RankingMetrics {
        let counted = draws.flatMap { $0.compactMap { $0 } }
        guard !counted.isEmpty else {
            let sameCamera = query.reduce(0) { $0 + (matches[$1.identity]?.count ?? 0) }
            throw .noQueryHasAMatch(queries: query.count, sameCamera: sameCamera)
        }
        var firstHits = [Int](repeating: 0, count: maximumRank)
        for case let hit? in counted.map(\.firstHit) where hit < maximumRank { firstHits[hit] += 1 }
        var found = 0
        let share = 1 / Double(counted.count)
        return RankingMetrics(
            rankingProtocol: rankingProtocol,
            mAP: counted.reduce(0) { $0 + $1.averagePrecision } * share,
            mINP: counted.reduce(0) { $0 + $1.inverseNegativePenalty } * share,
            cmc: firstHits.map { hits in
                found += hits
                return Double(found) * share
            },
            queryCount: query.count,
            skippedCount: query.count - counted.count / draws.count,
            junkCount: distances.rowCount - rows.count + distances.columnCount - columns.count
        )
    }
}
