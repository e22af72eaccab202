// SPDX-License-Identifier: MIT

import Testing

@testable import Retrieval

@Suite struct `Density-based clustering` {
    /// Points on a line, with the distance of their coordinates divided by ten.
    static func line(_ points: [Float]) throws -> SparseDistances {
        let table = points.flatMap { a in points.map { b in min(1, abs(a - b) / 10) } }
        return try SparseDistances(table, count: points.count)
    }

    @Test func `leaves out what is near too few, and numbers clusters by their first core`() throws {
        // Radius 0.1 joins points one apart. 4, 5, 6 and 0, 1 are chains; 9 is alone. Three make a core: only
        // 5 is one.
        let labels = try DBSCAN(radius: 0.1, minimumPoints: 3).labels(of: Self.line([0, 1, 9, 4, 5, 6]))
        #expect(labels.values == [-1, -1, -1, 0, 0, 0])
        #expect(labels.clusterCount == 1)
        #expect(labels.outlierCount == 3)
    }

    @Test func `gives a border row to the first cluster that reaches it`() throws {
        // Cores are 1 and 5; 3 is two away from both, and no core itself.
        let points: [Float] = [0, 1, 2, 3, 4, 5, 6]
        var table = points.flatMap { a in points.map { b in min(1, abs(a - b) / 10) } }
        for (a, b) in [(2, 3), (3, 4)] { (table[a * 7 + b], table[b * 7 + a]) = (0.2, 0.2) }
        for (a, b) in [(1, 3), (3, 5)] { (table[a * 7 + b], table[b * 7 + a]) = (0.1, 0.1) }
        let distances = try SparseDistances(table, count: 7)
        let labels = DBSCAN(radius: 0.1, minimumPoints: 4).labels(of: distances)
        #expect(labels.values == [0, 0, 0, 0, 1, 1, 1])
    }

    @Test func `counts a row at exactly the radius as near`() throws {
        let distances = try SparseDistances([0, 0.6, 0.6, 0], count: 2)
        #expect(DBSCAN(radius: 0.6, minimumPoints: 2).labels(of: distances).values == [0, 0])
        #expect(
            DBSCAN(radius: Float(0.6).nextDown, minimumPoints: 2).labels(of: distances).values == [-1, -1])
    }

    @Test func `at radius one joins everything`() throws {
        let distances = try Self.line([0, 100, 200])
        #expect(DBSCAN(radius: 1, minimumPoints: 3).labels(of: distances).values == [0, 0, 0])
        #expect(DBSCAN(radius: 1, minimumPoints: 4).labels(of: distances).values == [-1, -1, -1])
    }
}

@Suite struct `Cluster labels` {
    @Test func `count their clusters, sizes and outliers`() {
        let labels = ClusterLabels(values: [0, -1, 2, 2, 1, -1])
        #expect(labels.clusterCount == 3)
        #expect(labels.outlierCount == 2)
        #expect(labels.sizes == [1, 1, 2])
        #expect(labels.singled == [0, 3, 2, 2, 1, 4])
    }

    @Test func `have the normalised means of their rows as centroids`() throws {
        // (1, 0) and (0, 1) have the mean (½, ½), whose direction is (√½, √½).
        let features = try Features<Raw>([1, 0, 0, 1, 0, -1], count: 3, dimension: 2).normalised()
        let centroids = ClusterLabels(values: [0, 0, -1]).centroids(of: features)
        #expect(centroids.count == 1)
        expectEqual(centroids[0], [Float(0.5).squareRoot(), Float(0.5).squareRoot()])
    }

    @Test func `represent rows that cancel out by the first`() throws {
        let features = try Features<Raw>([1, 0, -1, 0], count: 2, dimension: 2).normalised()
        expectEqual(ClusterLabels(values: [0, 0]).centroids(of: features)[0], [1, 0])
    }

    @Test func `without clusters have no centroids`() throws {
        let features = try Features<Raw>([1, 0], count: 1, dimension: 2).normalised()
        #expect(ClusterLabels(values: [-1]).centroids(of: features).count == 0)
    }
}

@Suite struct `Sparse distances` {
    @Test func `are those of the table they were taken from`() throws {
        let table: [Float] = [0, 0.3, 1, 0.3, 0, 0.8, 1, 0.8, 0]
        let distances = try SparseDistances(table, count: 3)
        #expect((0..<9).map { distances[$0 / 3, $0 % 3] } == table)
        #expect(Array(distances.neighbours(of: 1)) == [0, 2])
        let near = try SparseDistances(table, count: 3, within: 0.5)
        #expect(near.pairCount == 1 && near[1, 2] == 1)
    }

    @Test func `give the mean of their smallest as a radius`() throws {
        // Of six pairs one is at zero; half of the other five is 2 (half to even): (0.1 + 0.2)/2.
        let table: [Float] = [0, 0, 0.1, 0.9, 0, 0, 0.2, 1, 0.1, 0.2, 0, 0.7, 0.9, 1, 0.7, 0]
        let distances = try SparseDistances(table, count: 4)
        #expect(abs((distances.radius(fromSmallest: 0.5) ?? 0) - 0.15) < 1e-6)
        // All five: (0.1 + 0.2 + 0.7 + 0.9 + 1)/5.
        #expect(abs((distances.radius(fromSmallest: 1) ?? 0) - 0.58) < 1e-6)
        #expect(distances.radius(fromSmallest: 0.01) == nil)
    }

    /// Equal rows have equal weights, whose sum is one but for the last bits of a float.
    @Test func `do not count what is left of zero in the last bits`() throws {
        let table: [Float] = [0, 2.4e-7, 0.1, 0.9, 2.4e-7, 0, 0.2, 1, 0.1, 0.2, 0, 0.7, 0.9, 1, 0.7, 0]
        #expect(abs((try SparseDistances(table, count: 4).radius(fromSmallest: 0.5) ?? 0) - 0.15) < 1e-6)
        let equal: [Float] = [0, 6e-8, 0, 6e-8, 0, 1.8e-7, 0, 1.8e-7, 0]
        #expect(try SparseDistances(equal, count: 3).radius(fromSmallest: 1) == nil)
    }
}
