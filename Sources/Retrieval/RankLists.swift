// SPDX-License-Identifier: MIT

internal import Machine

// Shapes: Q queries · G gallery rows · R ranks kept.

/// The gallery rows nearest to every query, and what each is to it.
public struct RankLists: Sendable, Equatable {
    /// Nearest first; rows at the same distance by their index. Those that count as nothing are there too, `[Q, R]`.
    public let lists: [[RankingInspection.Neighbour]]

    /// - Parameters:
    ///   - distances: `[Q, G]`.
    ///   - query: Who is seen in the queries, `[Q]`.
    ///   - gallery: Who is seen in the gallery, `[G]`.
    ///   - depth: `R`, at least 1; a smaller gallery is listed whole.
    /// - Throws: ``RetrievalError/countsDiffer(what:expected:found:)``.
    /// - Complexity: O(Q·G·log R); memory O(Q·R).
    public init(
        _ distances: DistanceMatrix, query: QuerySightings, gallery: GallerySightings,
        under rankingProtocol: RankingProtocol, depth: Int
    ) throws(RetrievalError) {
        try distances.require(query, gallery)
        lists = Workers.all.mapRows(distances.rowCount, runsOf: 16, scratch: {}) { rows, _ in
            rows.map { row in
                distances.nearest(depth, to: row, seen: query.sightings[row], in: gallery, under: rankingProtocol)
            }
        }.flatMap { $0 }
    }
}

extension DistanceMatrix {
    /// Checks that there is a sighting of every row and every column.
    ///
    /// - Throws: ``RetrievalError/countsDiffer(what:expected:found:)``.
    func require(_ query: QuerySightings, _ gallery: GallerySightings) throws(RetrievalError) {
        guard query.sightings.count == rowCount else {
            throw .countsDiffer(what: "sightings of the queries", expected: rowCount, found: query.sightings.count)
        }
        guard gallery.sightings.count == columnCount else {
            throw .countsDiffer(what: "sightings of the gallery", expected: columnCount, found: gallery.sightings.count)
        }
    }

    /// The gallery rows nearest to one query, in the order of ``nearestColumns(_:of:)``, and what each is to it.
    func nearest(
        _ depth: Int, to row: Int, seen query: Sighting, in gallery: GallerySightings, under rankingProtocol: RankingProtocol
    ) -> [RankingInspection.Neighbour] {
        nearestColumns(depth, of: row).map { column in
            RankingInspection.Neighbour(
                row: column, distance: self[row, column],
                verdict: rankingProtocol.verdict(on: gallery.sightings[column], for: query))
        }
    }

    /// The nearest columns of each row, nearest first, those at the same distance by their index: `[Q, R]`.
    ///
    /// - Parameter depth: `R`, at least 1; of fewer columns all are given.
    func nearestColumns(_ depth: Int) -> [[Int]] {
        Workers.all.mapRows(rowCount, runsOf: 16, scratch: {}) { rows, _ in rows.map { nearestColumns(depth, of: $0) } }
            .flatMap { $0 }
    }

    /// The same of one row.
    func nearestColumns(_ depth: Int, of row: Int) -> [Int] {
        precondition(depth >= 1, "depth \(depth)")
        var nearest = NearestRows(rowCount: 1, capacity: min(depth, columnCount))
        for (index, distance) in self[row].enumerated() where distance <= nearest.limits[0] {
            nearest.offer(distance, Int32(index), row: 0)
        }
        return nearest.sorted(row: 0).map { Int($0.index) }
    }
}
