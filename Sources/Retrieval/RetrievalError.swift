// SPDX-License-Identifier: MIT

public import Reporting

/// What can be wrong with features, distances or sightings that somebody hands in.
public enum RetrievalError: Error, Equatable, Sendable {
    /// There is not a single row in what the name says.
    case empty(what: String)
    /// The values do not fill `[count, dimension]`.
    case wrongShape(what: String, values: Int, count: Int, dimension: Int)
    /// A value is NaN or infinite.
    case notFinite(what: String, row: Int, column: Int)
    /// A row of zeros, or a mean that cancels out, has no direction to normalise.
    case zeroRow(row: Int)
    /// Two sets of features that meet have different widths.
    case dimensionsDiffer(left: Int, right: Int)
    /// Two lists that describe the same rows have different lengths.
    case countsDiffer(what: String, expected: Int, found: Int)
    /// No query has a gallery row to be found; `sameCamera` counts matches dropped for sharing the camera.
    case noQueryHasAMatch(queries: Int, sameCamera: Int)
    /// More clusters are asked for than there are rows.
    case tooManyClusters(asked: Int, rows: Int)
    /// The work would not fit into the memory that is free.
    case notEnoughMemory(needed: Int, free: Int)
}

extension RetrievalError: ReportedError {
    public var exitKind: ExitKind {
        switch self {
        case .notEnoughMemory: .missing
        case .empty, .wrongShape, .notFinite, .zeroRow, .dimensionsDiffer, .countsDiffer, .noQueryHasAMatch,
            .tooManyClusters:
            .badData
        }
    }

    public var description: String {
        switch self {
        case .empty(let what):
            "\(what): there are no rows; at least one is needed"
        case .wrongShape(let what, let values, let count, let dimension):
            "\(what): \(values) values do not fill [\(count), \(dimension)]; \(count * dimension) are needed"
        case .notFinite(let what, let row, let column):
            "\(what): row \(row), column \(column) is NaN or infinite; every value must be finite"
        case .zeroRow(let row):
            "features: row \(row) has length zero and no direction; it cannot be normalised"
        case .dimensionsDiffer(let left, let right):
            "features: \(left) dimensions meet \(right); both sides must have the same"
        case .countsDiffer(let what, let expected, let found):
            "\(what): \(counted(found, "row")) where \(expected) \(expected == 1 ? "is" : "are") needed"
        case .noQueryHasAMatch(let queries, let sameCamera):
            sameCamera == 0
                ? "none of \(counted(queries, "query")) has its identity in the gallery"
                : """
                none of \(counted(queries, "query")) has a match seen by another camera \
                (\(counted(sameCamera, "match", "matches")) of the query's camera); identities without camera numbers need the protocol 'vehicleid'
                """
        case .tooManyClusters(let asked, let rows):
            "clusters: \(asked) asked for, but there \(rows == 1 ? "is" : "are") only \(counted(rows, "row"))"
        case .notEnoughMemory(let needed, let free):
            """
            memory: about \((needed + 1_048_575) / 1_048_576) MiB are needed and \(free / 1_048_576) MiB are free; \
            fewer rows, fewer dimensions or a smaller k1 need less
            """
        }
    }
}
