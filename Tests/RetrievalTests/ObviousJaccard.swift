// SPDX-License-Identifier: MIT

import Foundation

@testable import Retrieval

/// The clustering Jaccard distance as its definition reads: dense tables, sets, double precision.
struct ObviousJaccard {
    /// What neighbours weigh, e to the minus of which, and how many there are.
    enum Variant {
        /// Squared distances, of k1 columns.
        case plain
        /// Squared distances divided by the row's largest, of all columns.
        case relative
        /// Squares of squared distances divided by the row's largest, of all columns.
        case reRanking
    }

    let k1: Int
    let k2: Int
    var variant = Variant.plain

    func distances(of features: Features<UnitNorm>) -> [[Double]] {
        let rows = 0..<features.count
        let squared = rows.map { i in
            rows.map { j in i == j ? 0 : max(0, obviousSquaredDistance(features[i], features[j])) }
        }
        let order = rows.map { i in
            // The row itself comes first, then the nearest; equal distances go by index.
            rows.sorted { (squared[i][$0], $0 == i ? -1 : $0) < (squared[i][$1], $1 == i ? -1 : $1) }
                .prefix(variant == .plain ? k1 : features.count)
        }
        let exponents = squared.map(exponents)
        func reciprocal(_ i: Int, _ width: Int) -> Set<Int> {
            Set(order[i].prefix(width).filter { order[$0].prefix(width).contains(i) })
        }
        let half = Int((Double(k1) / 2).rounded(.toNearestOrEven)) + 1
        let weights = rows.map { i in
            let members = reciprocal(i, variant == .plain ? k1 : k1 + 1)
            var expanded = members
            for member in members {
                let inner = reciprocal(member, half)
                if 3 * inner.intersection(members).count > 2 * inner.count { expanded.formUnion(inner) }
            }
            let sum = expanded.reduce(0) { $0 + exp(-exponents[i][$1]) }
            return rows.map { expanded.contains($0) ? exp(-exponents[i][$0]) / sum : 0 }
        }
        let averaged = rows.map { i in
            let nearest = order[i].prefix(k2)
            return rows.map { c in nearest.reduce(0) { $0 + weights[$1][c] } / Double(nearest.count) }
        }
        return rows.map { i in
            rows.map { j in
                let overlap = rows.reduce(0) { $0 + min(averaged[i][$1], averaged[j][$1]) }
                return i == j ? 0 : max(0, 1 - overlap / (2 - overlap))
            }
        }
    }

    private func exponents(_ squared: [Double]) -> [Double] {
        let own = variant == .reRanking ? squared.map { $0 * $0 } : squared
        return variant == .plain ? own : own.map { $0 / (own.max() ?? 1) }
    }
}
