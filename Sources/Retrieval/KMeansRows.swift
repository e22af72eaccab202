// SPDX-License-Identifier: MIT

internal import Foundation
internal import Machine
internal import Randomness

// Shapes: N rows · K centroids · D dimensions.

/// The rows that k-means clusters, with what its steps ask of them.
struct KMeansRows: Sendable {
    /// How many rows a thread multiplies at a time, and what its buffer of products has room for.
    private static let rowsPerRun = 256

    let features: Features<Raw>
    private let squaredLengths: [Float]
    private let workers: Workers

    init(_ features: Features<Raw>, workers: Workers) {
        self.features = features
        self.workers = workers
        squaredLengths = PairwiseRows.Part.raw(features).offsets
    }

    /// Which centroid each row is nearest to, and the squared distance to it.
    struct Assignment: Sendable {
        var labels: [Int]
        var distances: [Float]

        /// Gives every empty cluster the row that is farthest from its centroid, unless it is its cluster's
        /// last.
        mutating func fillEmptyClusters(_ clusterCount: Int) {
            var sizes = [Int](repeating: 0, count: clusterCount)
            for label in labels { sizes[label] += 1 }
            for cluster in 0..<clusterCount where sizes[cluster] == 0 {
                var farthest: Int?
                for row in labels.indices where sizes[labels[row]] > 1 {
                    if farthest.map({ distances[row] > distances[$0] }) ?? true { farthest = row }
                }
                guard let farthest else { return }
                sizes[labels[farthest]] -= 1
                sizes[cluster] = 1
                labels[farthest] = cluster
                distances[farthest] = 0
            }
        }
    }

    /// The nearest of `count` centroids, `[K, D]`, for every row; the first of equally near ones.
    func nearest(of centroids: [Float], count: Int) -> Assignment {
        let lengths = squares(of: centroids, count: count)
        let dimension = features.dimension
        let runs = workers.mapRows(
            features.count, runsOf: Self.rowsPerRun, scratch: { [Float](repeating: 0, count: Self.rowsPerRun * count) }
        ) { rows, products in
            multiply(rows, centroids, count: count, dimension: dimension, into: &products)
            var run = Assignment(labels: [], distances: [])
            for (line, row) in rows.enumerated() {
                var best = (label: 0, distance: Float.infinity)
                for label in 0..<count {
                    let distance = lengths[label] - 2 * products[line * count + label]
                    if distance < best.distance { best = (label, distance) }
                }
                run.labels.append(best.label)
                run.distances.append(max(0, best.distance + squaredLengths[row]))
            }
            return run
        }
        return Assignment(labels: runs.flatMap(\.labels), distances: runs.flatMap(\.distances))
    }

    /// The mean of each cluster's rows, added in row order, `[K, D]`.
    func means(_ labels: [Int], count: Int) -> [Float] {
        var members = [[Int]](repeating: [], count: count)
        for (row, label) in labels.enumerated() { members[label].append(row) }
        let dimension = features.dimension
        return workers.map(count, scratch: {}) { [members] cluster, _ in
            var sums = [Float](repeating: 0, count: dimension)
            for row in members[cluster] {
                for (place, value) in features[row].enumerated() { sums[place] += value }
            }
            let share = 1 / Float(max(1, members[cluster].count))
            return sums.map { $0 * share }
        }.flatMap { $0 }
    }

    /// The sum of squared distances to the centroids of the rows' labels.
    func inertia(_ labels: [Int], _ centroids: [Float]) -> Double {
        let dimension = features.dimension
        return workers.mapRows(features.count, scratch: {}) { rows, _ in
            rows.reduce(0.0) { sum, row in
                let centroid = centroids[labels[row] * dimension..<(labels[row] + 1) * dimension]
                return zip(features[row], centroid).reduce(sum) { sum, pair in
                    let difference = Double(pair.0 - pair.1)
                    return sum + difference * difference
                }
            }
        }.reduce(0, +)
    }

    /// Rows to begin with, far from each other: k-means++ with `2 + ln K` candidates a step.
    ///
    /// - SeeAlso: Arthur and Vassilvitskii, SODA 2007, §2.2; the candidates are those of its greedy form.
    func spreadRows(_ count: Int, stream: inout RandomStream) -> [Int] {
        var chosen = [stream.below(features.count)]
        var distances = squaredDistances(to: chosen)[0]
        let candidateCount = 2 + Int(log(Double(count)))
        while chosen.count < count {
            let candidates = (0..<candidateCount).map { _ in
                draw(in: distances, stream: &stream) ?? firstFree(chosen)
            }
            let reached = squaredDistances(to: candidates).map { zip($0, distances).map { min($0, $1) } }
            let sums = reached.map { $0.reduce(0.0) { $0 + Double($1) } }
            let best = sums.indices.min { sums[$0] < sums[$1] } ?? 0
            chosen.append(candidates[best])
            distances = reached[best]
        }
        return chosen
    }

    /// A row drawn with the given weights; `nil` where all are zero.
    private func draw(in weights: [Float], stream: inout RandomStream) -> Int? {
        let total = weights.reduce(0.0) { $0 + Double($1) }
        guard total > 0 else { return nil }
        let target = stream.uniform() * total
        var sum = 0.0
        for (row, weight) in weights.enumerated() {
            sum += Double(weight)
            if sum > target { return row }
        }
        return weights.lastIndex { $0 > 0 }
    }

    private func firstFree(_ chosen: [Int]) -> Int {
        let taken = Set(chosen)
        return (0..<features.count).first { !taken.contains($0) } ?? 0
    }

    /// The squared distance of every row to some of them, `[K][N]`, never below zero.
    private func squaredDistances(to chosen: [Int]) -> [[Float]] {
        let centroids = chosen.flatMap { features[$0] }
        let dimension = features.dimension
        let count = chosen.count
        let runs = workers.mapRows(
            features.count, runsOf: Self.rowsPerRun, scratch: { [Float](repeating: 0, count: Self.rowsPerRun * count) }
        ) { rows, products in
            multiply(rows, centroids, count: count, dimension: dimension, into: &products)
            return (0..<count).map { place in
                rows.enumerated().map { line, row in
                    let sum = squaredLengths[row] + squaredLengths[chosen[place]]
                    let distance = sum - 2 * products[line * count + place]
                    return distance < PairwiseRows.resolution * 0.5 * sum ? 0 : distance
                }
            }
        }
        return (0..<count).map { place in runs.flatMap { $0[place] } }
    }

    private func squares(of centroids: [Float], count: Int) -> [Float] {
        let table = Features<Raw>(unchecked: centroids, count: count, dimension: features.dimension)
        return PairwiseRows.Part.raw(table).offsets
    }

    private func multiply(
        _ rows: Range<Int>, _ centroids: [Float], count: Int, dimension: Int, into products: inout [Float]
    ) {
        precondition(rows.count * count <= products.count, "\(rows.count) rows of \(count) products in \(products.count)")
        features.values.withUnsafeBufferPointer { values in
            centroids.withUnsafeBufferPointer { centroids in
                products.withUnsafeMutableBufferPointer { products in
                    guard let start = values.baseAddress, let other = centroids.baseAddress,
                        let out = products.baseAddress
                    else { return }
                    MatrixProduct.multiply(
                        .init(
                            start: start + rows.lowerBound * dimension, count: rows.count,
                            dimension: dimension),
                        .init(start: other, count: count, dimension: dimension),
                        scale: 1, keep: 0, out: out, stride: count
                    )
                }
            }
        }
    }
}
