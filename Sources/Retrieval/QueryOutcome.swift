// SPDX-License-Identifier: MIT

// Shapes: Q queries · G gallery rows.

/// What the ranking of one query is worth.
struct QueryOutcome: Sendable, Equatable {
    let averagePrecision: Double
    let inverseNegativePenalty: Double
    /// The zero-based rank of the first match, among the rows that count.
    let firstHit: Int?

    /// - Parameter hits: The zero-based ranks of the matches, among the rows that count, ascending.
    init(hits: [Int]) {
        guard let last = hits.last else {
            (averagePrecision, inverseNegativePenalty, firstHit) = (0, 0, nil)
            return
        }
        let precisions = hits.enumerated().map { Double($0.offset + 1) / Double($0.element + 1) }
        averagePrecision = precisions.reduce(0, +) / Double(hits.count)
        inverseNegativePenalty = Double(hits.count) / Double(last + 1)
        firstHit = hits[0]
    }

    /// The outcome of a query whose whole gallery is ranked.
    ///
    /// - Parameters:
    ///   - query: Who is sought.
    ///   - matches: All gallery rows of that identity.
    ///   - distances: Of the query to the gallery, `[G]`.
    /// - Returns: `nil` where every match shares the query's camera, or there is none.
    static func wholeGallery(
        _ query: Sighting, matches: [Int32], distances: UnsafeBufferPointer<Float>, gallery: [Sighting],
        rules: WholeGalleryRules
    ) -> QueryOutcome? {
        func isJunk(_ row: Int32) -> Bool { rules.isJunk(gallery[Int(row)], for: query) }
        guard matches.contains(where: { !isJunk($0) }) else { return nil }
        var junk = 0
        var hits: [Int] = []
        for (row, rank) in ranks(of: matches, in: distances) where rank < rules.cut ?? .max {
            if isJunk(row) { junk += 1 } else { hits.append(rank - junk) }
        }
        return QueryOutcome(hits: hits)
    }

    /// The outcome of a query whose gallery holds one drawn row of each identity.
    ///
    /// - Parameters:
    ///   - match: The drawn row of the query's identity.
    ///   - drawn: All drawn rows.
    static func drawnGallery(match: Int, drawn: [Int], distances: UnsafeBufferPointer<Float>) -> QueryOutcome {
        let order = rankOrder(distances[match], match)
        return QueryOutcome(hits: [drawn.count { rankOrder(distances[$0], $0) < order }])
    }
}
