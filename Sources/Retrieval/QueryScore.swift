// SPDX-License-Identifier: MIT

internal import Machine
public import Randomness

// Shapes: Q queries · G gallery rows.

/// What the ranking of one query is worth.
public struct QueryScore: Sendable, Equatable {
    public let averagePrecision: Double
    /// Matches divided by the rank of the last of them.
    public let inverseNegativePenalty: Double
    /// The rank of the first match, from 1, among the rows that count; nothing where all matches lie beyond the protocol's
    /// cut.
    public let firstHit: Double?

    /// - Parameter outcomes: In each draw of the gallery, one or more; figures are their means.
    init(_ outcomes: [QueryOutcome]) {
        func mean(_ value: (QueryOutcome) -> Double) -> Double {
            outcomes.reduce(0) { $0 + value($1) } / Double(outcomes.count)
        }
        averagePrecision = mean(\.averagePrecision)
        inverseNegativePenalty = mean(\.inverseNegativePenalty)
        let hits = outcomes.compactMap(\.firstHit)
        firstHit = hits.count == outcomes.count ? mean { Double(($0.firstHit ?? 0) + 1) } : nil
    }
}

/// What each query of a ranking is worth, `[Q]`; nothing where it is junk or there is nothing to be found. Their means are
/// the numbers of ``evaluate(_:query:gallery:under:key:)``.
///
/// - Parameters: As there.
/// - Throws: ``RetrievalError/countsDiffer(what:expected:found:)``.
/// - Complexity: As there.
public func queryScores(
    _ distances: DistanceMatrix, query: QuerySightings, gallery: GallerySightings,
    under rankingProtocol: RankingProtocol, key: RandomKey = RandomKey(seed: 1)
) throws(RetrievalError) -> [QueryScore?] {
    let evaluation = try Evaluation(distances, query: query, gallery: gallery, workers: .all)
    let draws = evaluation.outcomes(under: rankingProtocol, key: key)
    var scores = [QueryScore?](repeating: nil, count: distances.rowCount)
    for (place, row) in evaluation.rows.enumerated() {
        let outcomes = draws.compactMap { $0[place] }
        if !outcomes.isEmpty { scores[row] = QueryScore(outcomes) }
    }
    return scores
}
