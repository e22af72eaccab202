// SPDX-License-Identifier: MIT

import Foundation
import Randomness
import Retrieval
import Testing

@testable import Training

@Suite struct `Clustering before an epoch` {
    private let random = RandomKey(seed: 2)

    private func unit(_ values: [Float], dimension: Int = 2) throws -> Features<UnitNorm> {
        try Features<Raw>(values, count: values.count / dimension, dimension: dimension).normalised()
    }

    private func means(_ clusters: Int) -> EpochClustering {
        var means = EpochClustering.Means()
        means.clusters = clusters
        return .kMeans(means)
    }

    private func density(_ radius: EpochClustering.Radius, minimumPoints: Int = 2) -> EpochClustering {
        .dbscan(.init(neighbours: 4, expansion: 1, scale: .plain, radius: radius, minimumPoints: minimumPoints))
    }

    /// Of the first image the networks make (1, 0) and (0, 1), on average (½, ½); of the second both (1, 0). The mean of (½,
    /// ½) and (1, 0) has the direction of (3, 1); were averages normalised first, it would be that of (1 + √½, √½) = (2.41,
    /// 1).
    @Test func `by k-means takes the networks' mean as it is, and gives unit centroids`() throws {
        let networks = try [unit([1, 0, 1, 0]), unit([0, 1, 1, 0])]
        var radius: Double?
        let found = try means(1).clusters(of: networks, radius: &radius, random: random, by: .exact, in: Unwatched())
        #expect(found.labels.values == [0, 0] && radius == nil)
        let (x, y) = (3 / Float(10).squareRoot(), 1 / Float(10).squareRoot())
        #expect(abs(found.centroids.values[0] - x) < 1e-6 && abs(found.centroids.values[1] - y) < 1e-6)
    }

    /// The same images, near enough to be one cluster: its centroid has the direction of (1 + √½, √½).
    @Test func `by DBSCAN takes the networks' normalised mean`() throws {
        let networks = try [unit([1, 0, 1, 0]), unit([0, 1, 1, 0])]
        var radius: Double?
        let found = try density(.fixed(0.9)).clusters(
            of: networks, radius: &radius, random: random, by: .exact, in: Unwatched())
        #expect(found.labels.values == [0, 0])
        let (x, y) = (1 + Float(0.5).squareRoot(), Float(0.5).squareRoot())
        let length = (x * x + y * y).squareRoot()
        #expect(abs(found.centroids.values[0] - x / length) < 1e-6 && abs(found.centroids.values[1] - y / length) < 1e-6)
    }

    @Test func `gives every image a label by k-means, and as many clusters as were asked for`() throws {
        let angles: [Float] = [0, 0.1, 0.2, 2, 2.1, 2.2, 4, 4.1]
        let features = try unit(angles.flatMap { [cos($0), sin($0)] })
        var radius: Double?
        let found = try means(3).clusters(of: [features], radius: &radius, random: random, by: .exact, in: Unwatched())
        let labels = found.labels.values
        #expect(found.labels.clusterCount == 3 && found.labels.outlierCount == 0)
        #expect(Set(labels[0..<3]).count == 1 && Set(labels[3..<6]).count == 1 && Set(labels[6...]).count == 1)
        // The middle of three at angles 0, 0.1 and 0.2, to a few roundings of single precision.
        let centroid = Array(found.centroids[labels[0]])
        #expect(abs(centroid[0] - cos(0.1)) < 1e-5 && abs(centroid[1] - sin(0.1)) < 1e-5)
    }

    @Test func `asks for no more clusters than there are images`() throws {
        var radius: Double?
        #expect(throws: RetrievalError.tooManyClusters(asked: 3, rows: 2)) {
            try means(3).clusters(of: [unit([1, 0, 0, 1])], radius: &radius, random: random, by: .exact, in: Unwatched())
        }
    }

    /// The radius that the first epoch finds is that of its own distances, and the second keeps it, whatever it sees.
    @Test func `learns its radius once`() throws {
        let first = try features(seed: 3)
        let second = try features(seed: 4)
        let clustering = density(.nearest(share: 0.2))
        let jaccard = ClusteringJaccard(neighbours: 4, expansion: 1)
        let wanted = try #require(try jaccard.distances(of: first).radius(fromSmallest: 0.2))
        var radius: Double?
        let found = try clustering.clusters(of: [first], radius: &radius, random: random, by: .exact, in: Unwatched())
        #expect(radius == Double(wanted))
        let again = try clustering.clusters(of: [second], radius: &radius, random: random, by: .exact, in: Unwatched())
        #expect(radius == Double(wanted))
        for (found, features) in [(found, first), (again, second)] {
            let given = try density(.fixed(Double(wanted))).clusters(
                of: [features], radius: &radius, random: random, by: .exact, in: Unwatched())
            #expect(given.labels == found.labels && given.centroids.values == found.centroids.values)
        }
    }

    @Test func `says where a share of the pairs is none`() throws {
        var radius: Double?
        #expect(throws: MethodError.noRadius(share: 0.001, images: 12)) {
            try density(.nearest(share: 0.001)).clusters(
                of: [features(seed: 3)], radius: &radius, random: random, by: .exact, in: Unwatched())
        }
    }

    private func features(seed: UInt64) throws -> Features<UnitNorm> {
        var stream = RandomKey(seed: seed).stream("features")
        return try unit((0..<12 * 3).map { _ in Float(stream.normal()) }, dimension: 3)
    }
}
