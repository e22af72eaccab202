// SPDX-License-Identifier: MIT

// Shapes: N rows.

extension ClusterLabels {
    /// How far two partitions of the same rows agree, beyond what chance would have them: the adjusted Rand index.
    ///
    /// Of all pairs of rows, those that both partitions put together are counted, what partitions into clusters of these
    /// sizes share by chance is taken off, and the rest divided by what equal ones would have left. A row without a cluster
    /// is with nobody. Where both partitions put all rows together, or neither any two, the index says nothing and is 0.
    ///
    /// - Parameter other: `[N]` as well.
    /// - Returns: At most 1, for equal partitions; around 0 for unrelated ones.
    /// - SeeAlso: Hubert and Arabie, "Comparing partitions", Journal of Classification 2, 1985, eq. 5. There 0/0 is left
    ///   open.
    /// - Complexity: O(N).
    public func adjustedRandIndex(with other: ClusterLabels) -> Double {
        precondition(values.count == other.values.count, "\(values.count) labels meet \(other.values.count)")
        struct Meeting: Hashable {
            let own: Int
            let other: Int
        }
        let met = zip(values, other.values).filter { $0 >= 0 && $1 >= 0 }
        let shared = Dictionary(met.map { (Meeting(own: $0, other: $1), 1) }, uniquingKeysWith: +)
        let together = pairs(shared.values)
        let (own, others, all) = (pairs(sizes), pairs(other.sizes), pairs([values.count]))
        let (mean, byChance) = ((own + others) / 2, all > 0 ? own * others / all : 0)
        return mean > byChance ? (together - byChance) / (mean - byChance) : 0
    }
}

/// The pairs of rows within clusters of these sizes; whole, and exact up to 2⁵³.
private func pairs(_ sizes: some Collection<Int>) -> Double {
    Double(sizes.reduce(0) { $0 + $1 * ($1 - 1) / 2 })
}
