// SPDX-License-Identifier: MIT

import Machine
import Randomness
import Testing

@testable import Retrieval

@Suite struct `k-means` {
    static let key = RandomKey(seed: 4)

    @Test(arguments: KMeans.Initialisation.allCases)
    func `finds two pairs on a line`(initialisation: KMeans.Initialisation) throws {
        // 0 and 1 have the mean 0.5, 10 and 12 the mean 11; inertia 2·0.25 + 2·1 = 2.5.
        let line = try Features<Raw>([0, 10, 1, 12], count: 4, dimension: 1)
        let found = try KMeans(clusterCount: 2, initialisation: initialisation, runs: 4).clusters(
            of: line, key: Self.key)
        let labels = found.labels.values
        #expect(labels[0] == labels[2] && labels[1] == labels[3] && labels[0] != labels[1])
        #expect(found.inertia == 2.5)
        expectEqual(
            [found.centroids[labels[0]][labels[0]], found.centroids[labels[1]][labels[1]]], [0.5, 11])
    }

    @Test(arguments: KMeans.Initialisation.allCases, [1, 3, 8])
    func `ends where means and labels agree`(initialisation: KMeans.Initialisation, clusters: Int) throws {
        let rows = try clusteredRows(count: 80, identities: 6, dimension: 5, seed: 6)
        let found = try KMeans(clusterCount: clusters, initialisation: initialisation).clusters(
            of: rows, key: Self.key)
        #expect(found.labels.clusterCount == clusters && found.labels.outlierCount == 0)
        for label in 0..<clusters {
            let members = (0..<80).filter { found.labels.values[$0] == label }
            let mean = (0..<5).map { place in
                members.reduce(Float(0)) { $0 + Array(rows[$1])[place] } / Float(members.count)
            }
            expectEqual(found.centroids[label], mean)
        }
        for row in 0..<80 {
            let distances = (0..<clusters).map { obviousSquaredDistance(rows[row], found.centroids[$0]) }
            #expect(distances[found.labels.values[row]] <= (distances.min() ?? 0) + 1e-4)
        }
        let inertia = (0..<80).reduce(0) {
            $0 + obviousSquaredDistance(rows[$1], found.centroids[found.labels.values[$1]])
        }
        #expect(abs(found.inertia - inertia) < 1e-3 * inertia)
    }

    /// One iteration more moves labels and means again, from the same beginning.
    @Test(arguments: KMeans.Initialisation.allCases)
    func `never gains inertia from an iteration`(initialisation: KMeans.Initialisation) throws {
        let rows = try clusteredRows(count: 300, identities: 20, dimension: 6, spread: 2, seed: 15)
        let found = try (1...12).map {
            try KMeans(clusterCount: 11, initialisation: initialisation, maximumIterations: $0).clusters(
                of: rows, key: Self.key)
        }
        for (before, after) in zip(found, found.dropFirst()) {
            #expect(after.inertia <= before.inertia * (1 + 1e-6))
        }
        #expect(found[0].inertia > 1.05 * found[11].inertia, "the first iteration was the last")
    }

    @Test(arguments: [1, 4, 13]) func `equals its obvious twin`(clusters: Int) throws {
        let rows = try clusteredRows(count: 120, identities: 9, dimension: 5, spread: 1.5, seed: 16)
        let found = try KMeans(clusterCount: clusters, initialisation: .randomRows).clusters(of: rows, key: Self.key)
        var stream = Self.key.stream("retrieval.k-means", index: 0)
        let beginning = stream.permutation(120).prefix(clusters)
        let (labels, centroids) = obviousKMeans(rows, from: Array(beginning))
        #expect(found.labels.values == labels)
        for label in 0..<clusters { expectEqual(found.centroids[label], centroids[label].map { Float($0) }) }
    }

    @Test func `has no more inertia after more runs`() throws {
        let rows = try clusteredRows(count: 60, identities: 9, dimension: 4, seed: 12)
        let inertias = try [1, 3, 10].map {
            try KMeans(clusterCount: 9, initialisation: .randomRows, runs: $0).clusters(
                of: rows, key: Self.key
            ).inertia
        }
        #expect(inertias[0] >= inertias[1] && inertias[1] >= inertias[2])
    }

    @Test func `with as many clusters as rows has no inertia`() throws {
        let rows = try clusteredRows(count: 7, identities: 7, dimension: 4, seed: 13)
        #expect(try KMeans(clusterCount: 7).clusters(of: rows, key: Self.key).inertia < 1e-6)
    }

    @Test func `gives every cluster a row even where all rows are equal`() throws {
        let rows = try Features<Raw>(Array(repeating: 1, count: 10), count: 5, dimension: 2)
        #expect(
            try KMeans(clusterCount: 3).clusters(of: rows, key: Self.key).labels.sizes.allSatisfy { $0 > 0 })
    }

    @Test func `has the same bits on any number of threads`() throws {
        let rows = try clusteredRows(count: 700, identities: 9, dimension: 6, seed: 14)
        let found = try [1, 2, 5].map { threads in
            var kMeans = KMeans(clusterCount: 9)
            kMeans.workers = Workers(count: threads)
            return try kMeans.clusters(of: rows, key: Self.key)
        }
        #expect(found[0].centroids.values == found[1].centroids.values)
        #expect(found[0].centroids.values == found[2].centroids.values)
        #expect(found[0].labels == found[2].labels)
    }
}

/// Lloyd's algorithm as it reads, in double precision, for data on which no cluster becomes empty.
private func obviousKMeans(_ rows: Features<Raw>, from beginning: [Int]) -> (labels: [Int], centroids: [[Double]]) {
    var centroids = beginning.map { rows[$0].map(Double.init) }
    var labels: [Int] = []
    while true {
        let nearest = (0..<rows.count).map { row in
            centroids.indices.min { left, right in
                squaredDistance(rows[row], centroids[left]) < squaredDistance(rows[row], centroids[right])
            } ?? 0
        }
        if nearest == labels { return (labels, centroids) }
        labels = nearest
        for label in centroids.indices {
            let members = (0..<rows.count).filter { labels[$0] == label }
            precondition(!members.isEmpty, "cluster \(label) is empty")
            centroids[label] = (0..<rows.dimension).map { place in
                members.reduce(0) { $0 + Double(Array(rows[$1])[place]) } / Double(members.count)
            }
        }
    }
}

private func squaredDistance(_ row: ArraySlice<Float>, _ centroid: [Double]) -> Double {
    zip(row, centroid).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
}
