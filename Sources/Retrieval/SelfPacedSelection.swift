// SPDX-License-Identifier: MIT

// Shapes: N rows · K clusters.

/// SpCL's choice of the clusters, and of the rows in them, that can be trusted.
///
/// Rows are clustered at three radii. A cluster counts where it stays much the same when the radius grows
/// (independence); a row stays in it where it also does when the radius shrinks (compactness). All others are
/// singletons.
///
/// - SeeAlso: Ge et al., "Self-paced contrastive learning with hybrid memory for domain adaptive object
///   re-ID", NeurIPS 2020, arXiv:2006.02713, §3.3 (equations 6 and 7).
/// - Note: Deviation: ids have no gaps. The partition is that of the authors' code.
public struct SelfPacedSelection: Sendable {
    /// The clustering in the middle.
    public let clustering: DBSCAN
    /// `ε`, as it was given: it is rounded to single precision after the gap is added, as the authors' code has it.
    private let radius: Double
    /// How much the radius grows and shrinks.
    public let gap: Double

    /// - Parameters:
    ///   - radius: `ε`; 0.6 in the paper.
    ///   - gap: In `0 ... radius`; 0.02 in the paper.
    ///   - minimumPoints: 4 in the paper.
    public init(radius: Double, gap: Double, minimumPoints: Int) {
        precondition(gap >= 0 && gap <= radius, "gap \(gap) is not in 0...\(radius)")
        clustering = DBSCAN(radius: Float(radius), minimumPoints: minimumPoints)
        self.radius = radius
        self.gap = gap
    }

    /// Whether a radius can be made smaller and larger by a gap: not below 0, nor to 1, which would put all rows together.
    public static func fits(gap: Double, radius: Double) -> Bool { gap <= radius && radius + gap < 1 }

    /// The smallest radius.
    var smallestRadius: Float { Float(radius - gap) }
    /// The largest radius that is asked of distances.
    public var largestRadius: Float { Float(radius + gap) }

    /// What was selected.
    public struct Selection: Sendable, Equatable {
        /// The trusted clusters of two rows and more, −1 for singletons, `[N]`.
        public let labels: ClusterLabels
        /// As ``labels``, but every singleton has an id of its own after the clusters', in row order, `[N]`.
        public let ids: [Int]
        /// The independence above which clusters were dissolved; to be given again in later epochs. `nil`
        /// while there has been no cluster to learn it from.
        public let independenceThreshold: Float?
    }

    /// Selects clusters.
    ///
    /// - Parameters:
    ///   - distances: `N` rows, held up to ``largestRadius`` at least.
    ///   - threshold: What an earlier epoch returned; `nil` in the first one, where nine clusters in ten
    ///     pass.
    /// - Complexity: O(held pairs).
    public func select(from distances: SparseDistances, independenceThreshold threshold: Float?) -> Selection {
        func labels(_ radius: Float) -> [Int] {
            DBSCAN(radius: radius, minimumPoints: clustering.minimumPoints).labels(of: distances).singled
        }
        return Self.select(
            normal: labels(clustering.radius), tight: labels(smallestRadius), loose: labels(largestRadius),
            independenceThreshold: threshold
        )
    }

    /// Selects from three partitions in which every row has an id, outliers one of their own.
    static func select(
        normal: [Int], tight: [Int], loose: [Int], independenceThreshold threshold: Float?
    ) -> Selection {
        let looseness = differences(normal, tight)
        let dependence = differences(normal, loose)
        let idCount = (normal.max() ?? -1) + 1
        var smallestLooseness = [Float](repeating: .infinity, count: idCount)
        var smallestDependence = [Float](repeating: .infinity, count: idCount)
        var sizes = [Int](repeating: 0, count: idCount)
        for (row, id) in normal.enumerated() {
            smallestLooseness[id] = min(smallestLooseness[id], looseness[row])
            smallestDependence[id] = min(smallestDependence[id], dependence[row])
            sizes[id] += 1
        }
        let known = threshold ?? Self.threshold(zip(smallestDependence, sizes).filter { $0.1 > 1 }.map(\.0))
        let kept = normal.enumerated().map { row, id in
            smallestDependence[id] <= known ?? -1 && looseness[row] <= smallestLooseness[id] ? id : -1
        }
        let labels = ClusterLabels(dissolvingSingletons: kept, idCount: idCount)
        return Selection(labels: labels, ids: labels.singled, independenceThreshold: known)
    }

    /// `1 − |Aᵢ ∩ Bᵢ| / |Aᵢ ∪ Bᵢ|`, for the rows that share row i's id in one partition and in another,
    /// `[N]`.
    ///
    /// In single precision, so that equal ratios are ties where the authors' code has them.
    static func differences(_ first: [Int], _ second: [Int]) -> [Float] {
        struct Meeting: Hashable {
            let first: Int
            let second: Int
        }
        let firstSizes = Dictionary(first.map { ($0, 1) }, uniquingKeysWith: +)
        let secondSizes = Dictionary(second.map { ($0, 1) }, uniquingKeysWith: +)
        let shared = Dictionary(
            zip(first, second).map { (Meeting(first: $0, second: $1), 1) }, uniquingKeysWith: +)
        return zip(first, second).map { one, other in
            let intersection = shared[Meeting(first: one, second: other)] ?? 0
            let union = (firstSizes[one] ?? 0) + (secondSizes[other] ?? 0) - intersection
            return 1 - Float(intersection) / Float(union)
        }
    }

    /// The value below which nine clusters in ten are; `nil` without clusters.
    private static func threshold(_ dependence: [Float]) -> Float? {
        let ascending = dependence.sorted()
        guard !ascending.isEmpty else { return nil }
        let place = Int((0.9 * Double(ascending.count)).rounded(.toNearestOrEven))
        return ascending[min(ascending.count - 1, place)]
    }
}

extension ClusterLabels {
    /// The labels with an id of its own for every outlier, after the clusters', in row order, `[N]`.
    public var singled: [Int] {
        var next = clusterCount
        return values.map { label in
            guard label < 0 else { return label }
            defer { next += 1 }
            return next
        }
    }

    /// Renumbers ids without gaps; ids of a single row become outliers.
    fileprivate init(dissolvingSingletons ids: [Int], idCount: Int) {
        var sizes = [Int](repeating: 0, count: idCount)
        for id in ids where id >= 0 { sizes[id] += 1 }
        var next = 0
        let renumbered = sizes.map { size in
            guard size > 1 else { return -1 }
            defer { next += 1 }
            return next
        }
        self.init(values: ids.map { $0 < 0 ? -1 : renumbered[$0] })
    }
}
