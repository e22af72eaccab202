// SPDX-License-Identifier: MIT

import ArgumentParser
import Experiments
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

    @Test func `writes labels for NumPy and as lines of text too`() throws {
        let folder = try FeatureFolder()
        let (archive, lines) = (folder.path + "/l.npz", folder.path + "/l.csv")
        for path in [folder.labels, archive, lines] {
            try Cluster.parse(["--features", folder.features, "--out", path, "--kmeans", "2", "--json"]).run()
        }
        let labels = try folder.written()
        #expect(try NumPyArchive(readingFrom: archive).tensor("labels")?.integers() == labels)
        let expected = ["row,label"] + labels.enumerated().map { "\($0.offset),\($0.element)" }
        #expect(try String(contentsOfFile: lines, encoding: .utf8) == expected.map { $0 + "\n" }.joined())
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
        (["--kmeans", "2", "--dbscan", "eps=0.5"], "--dbscan, --self-paced and --kmeans exclude each other"),
        (["--memory", "0"], "The value '0' is invalid for '--memory <MiB>': allowed: a whole number, 1 to 1073741824"),
    ])
    func `says what does not go together`(arguments: [String], report: String) {
        let error = #expect(throws: (any Error).self) {
            _ = try Cluster.parse(["--features", "f", "--out", "l"] + arguments)
        }
        #expect(error.map { Cluster.message(for: $0).contains(report) } == true)
    }

    @Test func `says where all rows are neighbours of one another`() throws {
        let command = try Cluster.parse(["--features", "f", "--out", "l", "--k1", "30"])
        #expect(
            try command.neighbourNote(command.choice(), rows: 30)
                == "--k1 30: there are 30 rows, and all of them are neighbours of each")
        #expect(try command.neighbourNote(command.choice(), rows: 31) == nil)
        let means = try Cluster.parse(["--features", "f", "--out", "l", "--k1", "30", "--kmeans", "2"])
        #expect(try means.neighbourNote(means.choice(), rows: 3) == nil)
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

    @Test func `says where there are fewer neighbours than re-ranking is to compare`() throws {
        let command = try Metrics.parse(["--features", "f", "--rerank", "k1=30"])
        let reRanking = try #require(try command.scoring().reRanking)
        #expect(
            reRanking.fewNeighbours(among: 30)
                == "--rerank k1=30: there are 30 rows, and none has more than 29 neighbours")
        #expect(reRanking.fewNeighbours(among: 31) == nil)
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

    /// Unit vectors at these angles, in degrees, seen by camera 0 (queries) or 1 (gallery).
    private func part(_ name: String, angles: [Float], ids: [Int]) throws -> [String: Tensor] {
        let rows = angles.flatMap { [cos($0 * .pi / 180), sin($0 * .pi / 180)] }
        return try [
            "\(name).features": Tensor(rows, shape: [angles.count, 2]), "\(name).ids": Tensor(ids),
            "\(name).cameras": Tensor(ids.map { _ in name == "query" ? 0 : 1 }),
        ]
    }

    private func retrieval(_ query: [String: Tensor], _ gallery: [String: Tensor]) throws -> FeatureFolder {
        try FeatureFolder(query.merging(gallery) { first, _ in first })
    }

    /// Junk stands nearest to both queries; a file without it has the same figures, re-ranked too.
    @Test(arguments: [[], ["--rerank", "k1=2,k2=1"], ["--protocol", "vehicleid"]])
    func `leaves junk out, and counts it`(settings: [String]) throws {
        let query = try part("query", angles: [0, 90], ids: [1, 2])
        let junk = try retrieval(query, part("gallery", angles: [1, 20, 89, 40, 70, 2], ids: [-1, 1, -1, 3, 2, 0]))
        let clean = try retrieval(query, part("gallery", angles: [20, 40, 70, 2], ids: [1, 3, 2, 0]))
        let found = try Metrics.parse(["--features", junk.features] + settings).metrics()
        let expected = try Metrics.parse(["--features", clean.features] + settings).metrics()
        #expect(expected.junkCount == 0)
        #expect(found == expected.leavingOut(junk: 2))
    }

    /// Of gallery rows 0 (junk), 1 and 2 the last is nearer.
    @Test func `writes a submission with the file's own rows, and none where a query is junk`() throws {
        let gallery = try part("gallery", angles: [0, 30, 10], ids: [-1, 3, 1])
        let folder = try retrieval(part("query", angles: [0], ids: [1]), gallery)
        let result = folder.path + "/result.txt"
        try Metrics.parse(["--features", folder.features, "--submission", result, "--json"]).run()
        #expect(try String(contentsOfFile: result, encoding: .utf8) == "00002 00001\n")
        let other = try retrieval(part("query", angles: [0, 1], ids: [1, -1]), gallery)
        let error = #expect(throws: FeatureFileError.self) {
            try Metrics.parse(["--features", other.features, "--submission", result]).run()
        }
        #expect(error == .junkQueries(path: other.features, count: 1))
    }

    /// Query row 0 is junk. Query row 1 (identity 1, at 0°) meets, of gallery rows 0 (junk), 1 (identity 3, 30°), 2 (its
    /// own, by its own camera, 10°) and 3 (its own, 60°): ignored, wrong, right; AP 1/2, INP 1/2, first hit 2. Query row 2
    /// has nobody.
    private func ranked() throws -> FeatureFolder {
        var gallery = try part("gallery", angles: [0, 30, 10, 60], ids: [-1, 3, 1, 1])
        gallery["gallery.cameras"] = try Tensor([1, 1, 0, 1])
        return try retrieval(part("query", angles: [5, 0, 80], ids: [-1, 1, 9]), gallery)
    }

    @Test func `writes what becomes of each query as CSV, by the file's own rows`() throws {
        let folder = try ranked()
        let (ranks, scores) = (folder.path + "/ranks.csv", folder.path + "/SCORES.CSV")
        try Metrics.parse(
            ["--features", folder.features, "--ranks", ranks, "--top", "3", "--per-query", scores, "--json"]
        ).run()
        #expect(
            try String(contentsOfFile: scores, encoding: .utf8) == """
                query,identity,camera,ap,inp,first_hit
                1,1,0,0.5,0.5,2
                2,9,0,,,

                """)
        let lines = try String(contentsOfFile: ranks, encoding: .utf8).split(separator: "\n")
        let cells = lines.map { $0.split(separator: ",").map(String.init) }
        #expect(cells[0] == ["query", "rank", "gallery", "distance", "verdict"])
        #expect(
            cells.dropFirst().map { [$0[0], $0[1], $0[2], $0[4]] } == [
                ["1", "1", "2", "ignored"], ["1", "2", "1", "wrong"], ["1", "3", "3", "right"],
                ["2", "1", "3", "wrong"], ["2", "2", "1", "wrong"], ["2", "3", "2", "wrong"],
            ])
        // 2 − 2cos 60° = 1.
        #expect(try abs(#require(Double(cells[3][3])) - 1) < 1e-6)
    }

    private struct Queries: Decodable {
        struct Query: Decodable {
            struct Row: Decodable {
                let rank: Int
                let gallery: Int
                let verdict: String
            }

            let query: Int
            let ap: Double?
            let first_hit: Double?
            let rows: [Row]?
        }

        struct Scoring: Decodable, Equatable {
            struct ReRanking: Decodable, Equatable {
                let k1: Int
                let k2: Int
                let lambda: Double
            }

            let `protocol`: String
            let normalisation: String
            let distance: String
            let camera_weight: Double?
            let rerank: ReRanking?
        }

        let scoring: Scoring
        let queries: [Query]
    }

    @Test func `writes what becomes of each query as JSON, with all that the figures depend on`() throws {
        let folder = try ranked()
        let (ranks, scores) = (folder.path + "/ranks.json", folder.path + "/scores.json")
        try Metrics.parse(
            [
                "--features", folder.features, "--ranks", ranks, "--per-query", scores, "--protocol", "visda2020-textbook",
                "--rerank", "k1=2,k2=1,lambda=0.5",
            ]
        ).run()
        func read(_ path: String) throws -> Queries {
            try JSONDecoder().decode(Queries.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        }
        let (ranked, scored) = (try read(ranks), try read(scores))
        #expect(
            ranked.scoring
                == .init(
                    protocol: "visda2020-textbook", normalisation: "l2", distance: "cosine", camera_weight: nil,
                    rerank: .init(k1: 2, k2: 1, lambda: 0.5)))
        #expect(scored.scoring == ranked.scoring)
        #expect(ranked.queries.map(\.query) == [1, 2] && scored.queries.map(\.query) == [1, 2])
        #expect(ranked.queries.map { $0.rows?.count } == [3, 3])
        #expect(scored.queries[1].ap == nil && scored.queries[1].first_hit == nil && scored.queries[0].ap != nil)
    }

    @Test(arguments: [("--ranks", "r.npz"), ("--per-query", "r")])
    func `refuses files of records that would be of no known format, before it computes`(option: String, name: String) throws
    {
        let folder = try ranked()
        let path = "\(folder.path)/\(name)"
        let error = #expect(throws: CommandError.self) {
            try Metrics.parse(["--features", folder.features, option, path]).run()
        }
        #expect(error?.description == "\(option) \(path): its ending decides the format; allowed: .csv, .json")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `refuses to write two things into one file`() {
        let error = #expect(throws: (any Error).self) {
            try Metrics.parse(["--features", "f", "--ranks", "/x/a.csv", "--per-query", "/x/../x/a.csv"])
        }
        #expect(
            error.map { Metrics.message(for: $0) }
                == "--ranks and --per-query name the same file, '/x/a.csv'; each needs its own")
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
