// SPDX-License-Identifier: MIT

internal import Vocabulary

// Shapes: Q queries · G gallery rows.

/// How many queries a protocol can score: those with a match in the gallery, wherever it is ranked.
public struct QueryCoverage: Sendable, Equatable {
    public let queryCount: Int
    /// Queries with a match; a ranking skips the others.
    public let scoredCount: Int
    /// Pairs of a query and a gallery row of its identity that is no match, as they share the camera.
    public let sameCameraCount: Int

    /// - Parameters:
    ///   - query: Who is seen in the queries, `[Q]`.
    ///   - gallery: Who is seen in the gallery, `[G]`.
    /// - Complexity: O(Q·C + G) for C cameras that see one identity.
    public init(
        _ query: QuerySightings, _ gallery: GallerySightings, under rankingProtocol: RankingProtocol
    ) {
        // Rows of one identity and camera are matches all together, or not.
        let counts = gallery.sightings.reduce(into: [Identity: [Sighting: Int]]()) { counts, row in
            counts[row.identity, default: [:]][row, default: 0] += 1
        }
        var (scored, sameCamera) = (0, 0)
        for query in query.sightings where query.identity != .junk {
            let rows = counts[query.identity] ?? [:]
            if rows.keys.contains(where: { rankingProtocol.isMatch($0, for: query) }) { scored += 1 }
            sameCamera += rows.reduce(0) { $0 + (rankingProtocol.isMatch($1.key, for: query) ? 0 : $1.value) }
        }
        (queryCount, scoredCount, sameCameraCount) = (query.sightings.count, scored, sameCamera)
    }
}
