// SPDX-License-Identifier: MIT

// Shapes: Q queries · G gallery rows · R ranks kept.

/// The file that the VisDA-2020 challenge takes: one line per query, the nearest gallery rows on it.
///
/// Rows are zero-based, in the order of the index files, written with five digits and one space between.
public struct SubmissionFile: Sendable, Equatable {
    /// What the challenge wants the file to be called.
    public static let name = "result.txt"
    /// How many gallery rows a line holds.
    public static let depth = 100

    /// The gallery rows of each query, nearest first, `[Q, R]`.
    public let rankings: [[Int]]

    /// Ranks a gallery; rows at the same distance are ranked by their index.
    ///
    /// - Parameters:
    ///   - distances: `[Q, G]`.
    ///   - depth: `R`, at least 1; a smaller gallery is written whole.
    ///   - galleryRows: The row of the gallery that each column stands for, `[G]`, where some were left out.
    public init(ranking distances: DistanceMatrix, depth: Int = depth, rows galleryRows: [Int]? = nil) {
        precondition(
            galleryRows?.count ?? distances.columnCount == distances.columnCount,
            "\(galleryRows?.count ?? 0) rows for \(distances.columnCount) columns")
        rankings = distances.nearestColumns(depth).map { columns in columns.map { galleryRows?[$0] ?? $0 } }
    }

    /// The file's content, each line ended by a newline.
    public var text: String {
        rankings.map { ranking in
            ranking.map { row in
                let digits = String(row)
                return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
            }.joined(separator: " ") + "\n"
        }.joined()
    }
}
