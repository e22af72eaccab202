// SPDX-License-Identifier: MIT

import Foundation
import Randomness
import Retrieval
import Vocabulary

// Shapes: N rows · D dimensions · Q queries · G gallery rows.

/// What is measured.
enum Case: String, CaseIterable {
    /// The machine's rate of single-precision products, by the library that all cases use.
    case rate
    /// The 30 nearest neighbours of all rows.
    case search
    /// Jaccard distances with k₁ = 30, k₂ = 6, and DBSCAN at 0.6.
    case cluster
    /// As `cluster`, with neighbours filed in 4 of √N cells, and the recall of that search.
    case approximate
    /// k-means with a cluster for 18 rows, 10 iterations.
    case kmeans
    /// Re-ranking with k₁ = 30, k₂ = 6, λ = 0.3; the first Q rows are queries.
    case rerank
    /// Distances and the numbers of all protocols; the first Q rows are queries.
    case evaluate

    func run(_ arguments: [String]) throws -> Report {
        var report = Report()
        if self == .rate {
            let rate = report.measure { MatrixLibrary.current.measuredRate(repetitions: 10) }
            report.operationsPerSecond = rate.best
            report.found["operations"] = rate.operations
            return report
        }
        guard arguments.count >= 2, let dimension = Int(arguments[1]) else {
            throw Misuse(message: "\(rawValue) needs a file of rows and their dimension")
        }
        let rows = try unitRows(arguments[0], dimension: dimension)
        switch self {
        case .rate: break
        case .search:
            let table = try report.measure { try NearestNeighbours(count: 30).among(rows) }
            report.found["lastNeighbourOfFirstRow"] = Double(table.neighbours(of: 0).last ?? -1)
        case .cluster:
            let labels = try report.measure {
                DBSCAN(radius: 0.6, minimumPoints: 4).labels(
                    of: try ClusteringJaccard(neighbours: 30, expansion: 6).distances(of: rows, within: 0.6))
            }
            report.found = ["clusters": Double(labels.clusterCount), "outliers": Double(labels.outlierCount)]
            try write(labels.values, to: arguments.dropFirst(2).first)
        case .approximate:
            let file = InvertedFile(probeCount: 4, key: RandomKey(seed: 1))
            let jaccard = ClusteringJaccard(neighbours: 30, expansion: 6, search: .approximate(file))
            let labels = try report.measure {
                DBSCAN(radius: 0.6, minimumPoints: 4).labels(of: try jaccard.distances(of: rows, within: 0.6))
            }
            report.found = [
                "clusters": Double(labels.clusterCount), "outliers": Double(labels.outlierCount),
                "recall": try file.recall(of: file.table(of: rows, width: 30), in: rows),
            ]
            try write(labels.values, to: arguments.dropFirst(2).first)
        case .kmeans:
            let kMeans = KMeans(
                clusterCount: rows.count / 18, initialisation: .randomRows, maximumIterations: 10)
            let clusters = try report.measure { try kMeans.clusters(of: rows, key: RandomKey(seed: 1)) }
            report.found["inertia"] = clusters.inertia
        case .rerank, .evaluate:
            guard arguments.count >= 3, let queryCount = Int(arguments[2]), queryCount < rows.count else {
                throw Misuse(message: "\(rawValue) needs the number of queries")
            }
            let (query, gallery) = (rows.rows(0..<queryCount), rows.rows(queryCount..<rows.count))
            try self == .rerank
                ? rerank(query, gallery, &report)
                : evaluate(query, gallery, identities: arguments[3], &report)
        }
        return report
    }

    private func rerank(
        _ query: Features<UnitNorm>, _ gallery: Features<UnitNorm>, _ report: inout Report
    ) throws {
        let reRanking = KReciprocalReRanking(neighbours: 30, expansion: 6, originalWeight: 0.3)
        let final = try report.measure { try reRanking.distances(query: query, gallery: gallery) }
        report.found["sumOfFirstRow"] = final[0].reduce(0) { $0 + Double($1) }
    }

    private func evaluate(
        _ query: Features<UnitNorm>, _ gallery: Features<UnitNorm>, identities path: String,
        _ report: inout Report
    ) throws {
        let identities = try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes {
            Array($0.bindMemory(to: Int64.self))
        }
        // Six cameras in turn, as `retrieval.py` has them.
        let sightings = identities.enumerated().map {
            Sighting(identity: Identity(rawValue: Int($0.element)), camera: Camera(rawValue: $0.offset % 6))
        }
        let (queries, others) = (sightings.prefix(query.count), sightings.dropFirst(query.count))
        let metrics = try report.measure {
            let distances = try squaredDistances(query, gallery)
            return try Retrieval.evaluate(
                distances, query: QuerySightings(Array(queries)), gallery: GallerySightings(Array(others)),
                under: .market1501)
        }
        report.found = ["mAP": metrics.mAP, "top1": metrics.top1]
    }

    private func unitRows(_ path: String, dimension: Int) throws -> Features<UnitNorm> {
        guard let file = fopen(path, "r") else { throw Misuse(message: "no file at '\(path)'") }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let count = ftell(file) / 4
        rewind(file)
        let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = fread(buffer.baseAddress, 4, count, file)
        }
        return try Features<Raw>(values, count: count / dimension, dimension: dimension).normalised()
    }

    private func write(_ labels: [Int], to path: String?) throws {
        guard let path else { return }
        try labels.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path)) }
    }
}
