// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Retrieval
import Tensor
import Testing

@testable import passerby

/// A folder with a feature file of two groups of four rows in the plane, removed with the test.
private final class FeatureFolder {
    let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
    var features: String { path + "/features.safetensors" }
    var labels: String { path + "/labels.safetensors" }

    init(_ tensors: [String: Tensor]? = nil) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let rows: [Float] = [1, 0, 1, 0.01, 1, 0.02, 1, 0.03, 0, 1, 0.01, 1, 0.02, 1, 0.03, 1]
        try Safetensors(tensors: tensors ?? ["features": Tensor(rows, shape: [8, 2])]).write(to: features)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func written() throws -> [Int] {
        try #require(try Safetensors(readingFrom: labels).tensors["labels"]).integers()
    }
}

/// Whether the memory asked for is the forecast's and the program's own.
private func isRefusal(_ error: RetrievalError, of forecast: MemoryForecast, free: Int) -> Bool {
    guard case .notEnoughMemory(let needed, free) = error else { return false }
    return needed > forecast.total
}

@Suite struct `passerby cluster` {
    @Test(arguments: [
        ["--dbscan", "eps=0.6,min=3"], ["--self-paced", "eps=0.6,gap=0.02,min=3"], ["--kmeans", "2"],
        ["--probes", "2", "--dbscan", "min=3"],
    ])
    func `writes the labels of what it was asked for`(method: [String]) throws {
        let folder = try FeatureFolder()
        let place = ["--features", folder.features, "--out", folder.labels, "--k1", "4", "--k2", "2", "--json"]
        try Cluster.parse(place + method).run()
        let labels = try folder.written()
        #expect(Set(labels).count == 2)
        #expect(Set(labels[..<4]).count == 1 && Set(labels[4...]).count == 1 && !labels.contains(-1))
    }

    @Test func `refuses what cannot fit, before it reads the features, and writes nothing`() throws {
        let count = 200_000
        let forecast = MemoryForecast.clustering(count: count, dimension: 2, neighbours: 30)
        let folder = try FeatureFolder(["features": Tensor.full(1, shape: [count, 2], type: .float32)])
        let command = try Cluster.parse(
            ["--features", folder.features, "--out", folder.labels, "--memory", "64"])
        let error = #expect(throws: RetrievalError.self) { try command.run() }
        #expect(error.map { isRefusal($0, of: forecast, free: 64 << 20) } == true)
        #expect(error.flatMap { Failure($0) }?.code == 69)
        #expect(!FileManager.default.fileExists(atPath: folder.labels))
    }

    @Test(arguments: [
        (["--kmeans", "2", "--probes", "2"], "--probes belongs to the Jaccard distance"),
        (["--kmeans", "0"], "The value '0' is invalid for '--kmeans <kmeans>': allowed: a whole number, 1 to 1000000"),
        (["--kmeans", "2", "--dbscan", "eps=0.5"], "allowed is one of --dbscan, --self-paced and --kmeans"),
        (["--memory", "0"], "The value '0' is invalid for '--memory <MiB>': allowed: a whole number, 1 to 1073741824"),
    ])
    func `says what does not go together`(arguments: [String], report: String) {
        let error = #expect(throws: (any Error).self) {
            _ = try Cluster.parse(["--features", "f", "--out", "l"] + arguments)
        }
        #expect(error.map { Cluster.message(for: $0).contains(report) } == true)
    }
}

@Suite struct `passerby metrics` {
    private func part(_ name: String, cameras: Int?) throws -> [String: Tensor] {
        var tensors = try [
            "\(name).features": Tensor([1, 0, 0, 1], shape: [2, 2]), "\(name).ids": Tensor([1, 2]),
        ]
        if let cameras { tensors["\(name).cameras"] = try Tensor([cameras, cameras]) }
        return tensors
    }

    @Test func `of a file without cameras says which tensor is missing, unless the protocol needs none`() throws {
        let folder = try FeatureFolder(
            part("query", cameras: 0).merging(part("gallery", cameras: nil)) { first, _ in first })
        let error = #expect(throws: (any Error).self) {
            try Metrics.parse(["--features", folder.features]).run()
        }
        #expect(error.flatMap(Failure.init)?.message.contains("no tensor 'gallery.cameras'") == true)
        #expect(error.flatMap(Failure.init)?.code == 65)
        try Metrics.parse(["--features", folder.features, "--protocol", "vehicleid", "--json"]).run()
    }

    @Test func `of queries without a match by another camera says so`() throws {
        let folder = try FeatureFolder(
            part("query", cameras: 0).merging(part("gallery", cameras: 0)) { first, _ in first })
        #expect(throws: RetrievalError.noQueryHasAMatch(queries: 2, sameCamera: 2)) {
            try Metrics.parse(["--features", folder.features]).run()
        }
    }

    @Test func `refuses a re-ranking that cannot fit`() throws {
        let count = 20_000
        let rows = try Tensor.full(1, shape: [count, 2], type: .float32)
        let folder = try FeatureFolder(["query.features": rows, "gallery.features": rows])
        let command = try Metrics.parse(["--features", folder.features, "--rerank", "k1=30", "--memory", "512"])
        let forecast = MemoryForecast.reRanking(
            queryCount: count, galleryCount: count, dimension: 2, neighbours: 30)
        let error = #expect(throws: RetrievalError.self) { try command.run() }
        #expect(error.map { isRefusal($0, of: forecast, free: 512 << 20) } == true)
    }
}
