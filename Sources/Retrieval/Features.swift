// SPDX-License-Identifier: MIT

// Shapes: N rows · D dimensions.

/// The scale of features as a network gives them.
public enum Raw: Sendable {}

/// The scale of features whose every row has Euclidean length one.
public enum UnitNorm: Sendable {}

/// A table of embeddings, `[N, D]`, row after row; its scale is part of its type.
public struct Features<Scale>: Sendable {
    /// The values, `N·D`, row after row.
    public internal(set) var values: [Float]
    /// The number of rows, `N`.
    public let count: Int
    /// The number of columns, `D`.
    public let dimension: Int

    init(unchecked values: [Float], count: Int, dimension: Int) {
        precondition(values.count == count * dimension, "\(values.count) values for [\(count), \(dimension)]")
        self.values = values
        self.count = count
        self.dimension = dimension
    }

    /// One embedding, `[D]`.
    public subscript(row: Int) -> ArraySlice<Float> {
        precondition(row >= 0 && row < count, "row \(row) of \(count)")
        return values[row * dimension..<(row + 1) * dimension]
    }

    /// A run of neighbouring rows, `[range.count, D]`.
    public func rows(_ range: Range<Int>) -> Features<Scale> {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "rows \(range) of \(count)")
        let slice = values[range.lowerBound * dimension..<range.upperBound * dimension]
        return Features(unchecked: Array(slice), count: range.count, dimension: dimension)
    }

    /// Some rows, in the order given, `[rows.count, D]`.
    public func rows(at rows: some Collection<Int>) -> Features<Scale> {
        var chosen: [Float] = []
        chosen.reserveCapacity(rows.count * dimension)
        for row in rows { chosen.append(contentsOf: self[row]) }
        return Features(unchecked: chosen, count: rows.count, dimension: dimension)
    }
}

extension Features where Scale == Raw {
    /// Takes embeddings of any length.
    ///
    /// - Parameters:
    ///   - values: `[N, D]`, row after row, finite.
    ///   - count: `N`, at least 1.
    ///   - dimension: `D`, at least 1.
    /// - Throws: ``RetrievalError/empty(what:)``,
    ///   ``RetrievalError/wrongShape(what:values:count:dimension:)``, and
    ///   ``RetrievalError/notFinite(what:row:column:)`` naming the first row with a NaN or an infinity.
    public init(_ values: [Float], count: Int, dimension: Int) throws(RetrievalError) {
        guard count > 0, dimension > 0 else { throw .empty(what: "features") }
        guard values.count == count * dimension else {
            throw .wrongShape(what: "features", values: values.count, count: count, dimension: dimension)
        }
        if let place = firstNotFinite(values) {
            throw .notFinite(what: "features", row: place / dimension, column: place % dimension)
        }
        self.init(unchecked: values, count: count, dimension: dimension)
    }

    /// The same directions at Euclidean length one.
    ///
    /// Lengths are summed in double precision, so neither very large nor very small rows overflow.
    /// - Returns: `[N, D]`.
    /// - Throws: ``RetrievalError/zeroRow(row:)``.
    /// - Complexity: O(N·D); in place where nobody else holds the values.
    public consuming func normalised() throws(RetrievalError) -> Features<UnitNorm> {
        let (count, dimension) = (count, dimension)
        var zeroRow: Int?
        values.withUnsafeMutableBufferPointer { values in
            for row in 0..<count where zeroRow == nil {
                let slice = UnsafeMutableBufferPointer(
                    rebasing: values[row * dimension..<(row + 1) * dimension])
                if !normalise(slice) { zeroRow = row }
            }
        }
        if let zeroRow { throw .zeroRow(row: zeroRow) }
        return Features<UnitNorm>(unchecked: values, count: count, dimension: dimension)
    }
}

/// Scales a vector to length one; false, and nothing done, where its length is zero.
func normalise(_ vector: UnsafeMutableBufferPointer<Float>) -> Bool {
    var sums = SIMD4<Double>()
    let whole = vector.count & ~3
    for start in stride(from: 0, to: whole, by: 4) {
        let part = SIMD4<Double>(
            Double(vector[start]), Double(vector[start + 1]), Double(vector[start + 2]),
            Double(vector[start + 3])
        )
        sums += part * part
    }
    var sum = sums.sum()
    for place in whole..<vector.count { sum += Double(vector[place]) * Double(vector[place]) }
    guard sum > 0 else { return false }
    let scale = 1 / sum.squareRoot()
    for place in vector.indices { vector[place] = Float(Double(vector[place]) * scale) }
    return true
}

/// Where the first NaN or infinity is, if there is one.
func firstNotFinite(_ values: [Float]) -> Int? {
    values.withUnsafeBufferPointer { values in
        values.firstIndex { !$0.isFinite }
    }
}
