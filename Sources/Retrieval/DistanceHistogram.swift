// SPDX-License-Identifier: MIT

internal import Vocabulary

// Shapes: Q queries · G gallery rows · B bins.

/// How many pairs of a query and a gallery row lie how far apart, by whether they show the same identity and by whether the
/// same camera took them.
public struct DistanceHistogram: Sendable, Equatable, Codable {
    /// Which pairs are counted together.
    public enum Pairs: String, Sendable, Codable, CaseIterable {
        case sameIdentityOtherCamera = "same identity, other camera"
        case sameIdentitySameCamera = "same identity, same camera"
        case otherIdentityOtherCamera = "other identity, other camera"
        case otherIdentitySameCamera = "other identity, same camera"

        /// Which of all cases a pair is; without the case, of which there may be millions.
        fileprivate static func place(_ query: Sighting, _ row: Sighting) -> Int {
            (query.identity == row.identity ? 0 : 2) + (query.camera == row.camera ? 1 : 0)
        }
    }

    /// `B`.
    public static let binCount = 40
    /// The most queries whose pairs are counted; of more, so many evenly spread.
    public static let mostQueries = 1000

    /// Where the first bin begins: the least distance.
    public let lower: Double
    /// Where the last bin ends: the greatest distance.
    public let upper: Double
    /// How many pairs of each kind lie in each bin, `[B]`; none of those with junk.
    public let counts: [String: [Int]]

    /// - Parameters: As of ``RankingInspection``, of one length.
    /// - Complexity: O(min(Q, 1000)·G).
    init(_ distances: DistanceMatrix, query: QuerySightings, gallery: GallerySightings) {
        let count = min(Self.mostQueries, distances.rowCount)
        let rows = (0..<count).map { $0 * distances.rowCount / count }.filter { query.sightings[$0].identity != .junk }
        var (least, most) = (Float.infinity, -Float.infinity)
        for row in rows {
            for value in distances[row] { (least, most) = (min(least, value), max(most, value)) }
        }
        (lower, upper) = least <= most ? (Double(least), Double(most)) : (0, 0)
        let scale = most > least ? Float(Self.binCount) / (most - least) : 0
        var found = [Int](repeating: 0, count: Pairs.allCases.count * Self.binCount)
        for row in rows {
            for (value, seen) in zip(distances[row], gallery.sightings) where seen.identity != .junk {
                let bin = min(Self.binCount - 1, Int((value - least) * scale))
                found[Pairs.place(query.sightings[row], seen) * Self.binCount + bin] += 1
            }
        }
        counts = Dictionary(
            uniqueKeysWithValues: Pairs.allCases.enumerated().map { index, pairs in
                (pairs.rawValue, Array(found[index * Self.binCount..<(index + 1) * Self.binCount]))
            })
    }
}
