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
    ///   - rows: The row of the gallery that each column stands for, `[G]`, where some were left out.
    public init(ranking distances: DistanceMatrix, depth: Int = depth, rows galleryRows: [Int]? = nil) {
        precondition(
            galleryRows?.count ?? distances.columnCount == distances.columnCount,
            "\(galleryRows?.count ?? 0) rows for \(distances.columnCount) columns")
        rankings = distances.nearestColumns(depth).map { columns in columns.map { galleryRows?[$0] ?? $0 } }
    }

    /// Reads a file of this kind; any number of digits is accepted, as the organisers' own sample has four.
    ///
    /// - Parameters:
    ///   - text: The file's content.
    ///   - galleryCount: `G`: rows must be below it.
    ///   - queryCount: `Q`: the number of lines, where it is known.
    /// - Throws: ``RetrievalError/badSubmission(line:reason:)`` naming the one-based line, and
    ///   ``RetrievalError/countsDiffer(what:expected:found:)`` for the number of lines.
    public init(text: String, galleryCount: Int, queryCount: Int? = nil) throws(RetrievalError) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        if let queryCount, lines.count != queryCount {
            throw .countsDiffer(
                what: "lines of the submission file", expected: queryCount, found: lines.count)
        }
        var rankings: [[Int]] = []
        for (number, line) in lines.enumerated() {
            rankings.append(try Self.ranking(line, number: number + 1, galleryCount: galleryCount))
        }
        self.rankings = rankings
    }

    private static func ranking(
        _ line: Substring, number: Int, galleryCount: Int
    ) throws(RetrievalError) -> [Int] {
        var ranking: [Int] = []
        var seen: Set<Int> = []
        for word in line.split(whereSeparator: \.isWhitespace) {
            guard let row = Int(word), row >= 0, row < galleryCount else {
                throw .badSubmission(
                    line: number,
                    reason: "'\(word)' is not a gallery row; they go from 0 to \(galleryCount - 1)")
            }
            guard seen.insert(row).inserted else {
                throw .badSubmission(line: number, reason: "gallery row \(row) appears twice")
            }
            ranking.append(row)
        }
        guard !ranking.isEmpty else {
            throw .badSubmission(line: number, reason: "there are no gallery rows")
        }
        return ranking
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
