// SPDX-License-Identifier: MIT

/// How neighbours are searched.
public enum SearchStrategy: Sendable {
    /// Among all rows.
    case exact
    /// Among all rows, by something faster than this processor.
    case delegated(any ExactSearch)
    /// Among the rows of nearby cells: for more rows than an exact search has time for.
    case approximate(InvertedFile)
}

/// An exact search that something else than this module carries out, such as a graphics card.
public protocol ExactSearch: Sendable {
    /// The nearest rows of every row, as ``NearestNeighbours/among(_:)`` finds them: itself first, then by squared distance
    /// and index, where a distance below ``NeighbourTable/resolution`` is zero.
    ///
    /// - Parameters:
    ///   - features: `[N, D]`, N at least 1.
    ///   - width: `K`, at least 1.
    ///   - progress: Told how much of the search is done.
    /// - Returns: `[N, min(K, N)]`.
    func neighbours(of features: Features<UnitNorm>, width: Int, progress: ProgressHandler?) throws -> NeighbourTable
}
