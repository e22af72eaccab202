// SPDX-License-Identifier: MIT

// Shapes: N rows · M models · D dimensions.

extension Features where Scale == UnitNorm {
    /// The ensemble of several models: their features side by side, normalised again.
    ///
    /// - Parameter models: `M` tables `[N, Dₘ]` that describe the same rows in the same order.
    /// - Returns: `[N, ΣDₘ]`.
    /// - Throws: ``RetrievalError/empty(what:)`` without models,
    ///   ``RetrievalError/countsDiffer(what:expected:found:)``.
    /// - SeeAlso: the technical report of the system, arXiv:2008.10313, §3 (ensemble).
    public static func concatenated(_ models: [Features<UnitNorm>]) throws(RetrievalError) -> Features<
        UnitNorm
    > {
        guard let first = models.first else { throw .empty(what: "models of the ensemble") }
        try requireSameCounts(models)
        let dimension = models.reduce(0) { $0 + $1.dimension }
        var values: [Float] = []
        values.reserveCapacity(first.count * dimension)
        for row in 0..<first.count {
            for model in models { values.append(contentsOf: model[row]) }
        }
        return try Features<Raw>(unchecked: values, count: first.count, dimension: dimension).normalised()
    }

    /// The normalised mean of several models' features.
    ///
    /// - Parameter models: `M` tables `[N, D]` that describe the same rows in the same order.
    /// - Returns: `[N, D]`.
    /// - Throws: ``RetrievalError/empty(what:)``, ``RetrievalError/countsDiffer(what:expected:found:)``,
    ///   ``RetrievalError/dimensionsDiffer(left:right:)``, and ``RetrievalError/zeroRow(row:)`` where the
    ///   models cancel each other out.
    public static func mean(_ models: [Features<UnitNorm>]) throws(RetrievalError) -> Features<UnitNorm> {
        try sum(models).normalised()
    }

    /// The mean of several models' features as it is: the shorter, the less they agree.
    ///
    /// - Parameter models: `M` tables `[N, D]` that describe the same rows in the same order.
    /// - Returns: `[N, D]`; of one model its own features, bit for bit.
    /// - Throws: ``RetrievalError/empty(what:)``, ``RetrievalError/countsDiffer(what:expected:found:)``,
    ///   ``RetrievalError/dimensionsDiffer(left:right:)``.
    public static func average(_ models: [Features<UnitNorm>]) throws(RetrievalError) -> Features<Raw> {
        var average = try sum(models)
        let share = Float(models.count)
        for place in average.values.indices { average.values[place] /= share }
        return average
    }

    private static func sum(_ models: [Features<UnitNorm>]) throws(RetrievalError) -> Features<Raw> {
        guard let first = models.first else { throw .empty(what: "models to average") }
        try requireSameCounts(models)
        var sums = first.values
        for model in models.dropFirst() {
            guard model.dimension == first.dimension else {
                throw .dimensionsDiffer(left: first.dimension, right: model.dimension)
            }
            for place in sums.indices { sums[place] += model.values[place] }
        }
        return Features<Raw>(unchecked: sums, count: first.count, dimension: first.dimension)
    }

    private static func requireSameCounts(_ models: [Features<UnitNorm>]) throws(RetrievalError) {
        for model in models where model.count != models[0].count {
            throw .countsDiffer(what: "features of one model", expected: models[0].count, found: model.count)
        }
    }
}
