// SPDX-License-Identifier: MIT

internal import Vocabulary

// Shapes: Q queries · G gallery rows.

/// How each query of a ranking fares, for people to look at: what every one is worth, whole lists of a few, and how far
/// alike and different images lie apart.
public struct RankingInspection: Sendable, Equatable {
    /// What a gallery row is to a query.
    public enum Verdict: String, Sendable, Codable, CaseIterable {
        /// What the query looks for.
        case right
        /// Somebody else.
        case wrong
        /// It counts as nothing: the same identity where the protocol leaves it out, or nobody.
        case ignored
    }

    /// A gallery row in a query's list.
    public struct Neighbour: Sendable, Equatable {
        /// Its place in the gallery.
        public let row: Int
        public let distance: Float
        public let verdict: Verdict
    }

    /// Which end of the ranking a query stands for.
    public enum Grade: String, Sendable, Codable, CaseIterable {
        case best, median, worst
    }

    /// A query with the rows nearest to it, those that count as nothing included.
    public struct RankList: Sendable, Equatable {
        public let grade: Grade
        /// Its place among the queries.
        public let query: Int
        public let averagePrecision: Double
        /// Nearest first, at most ``RankingInspection/listLength``.
        public let nearest: [Neighbour]
    }

    /// How many rows a list has.
    public static let listLength = 10
    /// How many lists there are of each grade.
    public static let listCount = 3

    /// What each query is worth, `[Q]`; nothing where it is junk or there is nothing to be found. Of drawn galleries the
    /// mean over the draws.
    public let averagePrecisions: [Double?]
    /// The best queries, those in the middle, and the worst, each at most once; of equals the first is the better.
    public let lists: [RankList]
    public let histogram: DistanceHistogram

    /// - Parameters:
    ///   - distances: `[Q, G]`.
    ///   - query: Who is seen in the queries, `[Q]`.
    ///   - gallery: Who is seen in the gallery, `[G]`.
    /// - Throws: ``RetrievalError/countsDiffer(what:expected:found:)``.
    /// - Complexity: O(Q·G·log P) with P matches a query, as ``evaluate(_:query:gallery:under:key:)``.
    public init(
        _ distances: DistanceMatrix, query: QuerySightings, gallery: GallerySightings,
        under rankingProtocol: RankingProtocol
    ) throws(RetrievalError) {
        let scores = try queryScores(distances, query: query, gallery: gallery, under: rankingProtocol)
        let precisions = scores.map { $0?.averagePrecision }
        averagePrecisions = precisions
        histogram = DistanceHistogram(distances, query: query, gallery: gallery)
        lists = Self.chosen(from: precisions).map { grade, row in
            RankList(
                grade: grade, query: row, averagePrecision: precisions[row] ?? 0,
                nearest: distances.nearest(
                    Self.listLength, to: row, seen: query.sightings[row], in: gallery, under: rankingProtocol))
        }
    }

    /// The queries that lists are shown of, with their grades.
    static func chosen(from precisions: [Double?]) -> [(grade: Grade, query: Int)] {
        let counted = precisions.enumerated().compactMap { row, value in value.map { (row: row, value: $0) } }
            .sorted { ($0.value, $1.row) > ($1.value, $0.row) }.map(\.row)
        let each = min(listCount, max(1, counted.count / 3))
        let middle = max(0, (counted.count - each) / 2)
        var seen: Set<Int> = []
        let places: [(Grade, Range<Int>)] = [
            (.best, 0..<min(each, counted.count)), (.median, middle..<min(middle + each, counted.count)),
            (.worst, max(0, counted.count - each)..<counted.count),
        ]
        return places.flatMap { grade, places in
            places.map { counted[$0] }.filter { seen.insert($0).inserted }.map { (grade, $0) }
        }
    }
}

extension RankingProtocol {
    /// What a gallery row is to a query.
    func verdict(on row: Sighting, for query: Sighting) -> RankingInspection.Verdict {
        if isMatch(row, for: query) { return .right }
        return row.identity == query.identity || row.identity == .junk ? .ignored : .wrong
    }
}
