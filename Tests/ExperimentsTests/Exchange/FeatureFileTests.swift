// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Training
import Randomness
import Retrieval
import Tensor
import Testing
import Vocabulary

@testable import Experiments

/// A feature file of these tensors, removed with the test.
private final class TemporaryFile {
    let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString).safetensors"

    init(_ tensors: [String: Tensor]) throws {
        try Safetensors(tensors: tensors).write(to: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct `A feature file` {
    /// Two queries and three gallery rows in the plane. Query 0 (identity 1) is nearest to gallery row 1, a stranger,
    /// then to its match: precision 1/2. Query 1 (identity 2) is nearest to its match: 1. mAP (1/2 + 1)/2 = 0.75.
    @Test func `is scored under the protocol asked for`() throws {
        let file = try TemporaryFile([
            "query.features": Tensor([1, 0, 0, 2], shape: [2, 2]),
            "query.ids": Tensor([1, 2]), "query.cameras": Tensor([0, 0]),
            "gallery.features": Tensor([1, 0.5, 3, 0.3, 0, 1], shape: [3, 2]),
            "gallery.ids": Tensor([1, 3, 2]), "gallery.cameras": Tensor([1, 1, 1]),
        ])
        let set = try FeatureFile.retrieval(file.path, under: .market1501)
        let metrics = try evaluate(
            squaredDistances(set.query.features, set.gallery.features), query: set.querySightings,
            gallery: set.gallerySightings, under: .market1501)
        #expect(metrics.mAP == 0.75)
        #expect(metrics.top1 == 0.5)
        #expect(metrics.top5 == 1)
    }

    /// Query 0 is nearest to junk, in place 0 of the gallery, and then to its match: 1, where a distractor would leave 1/2.
    @Test func `is scored without junk, on both sides`() throws {
        let file = try TemporaryFile([
            "query.features": Tensor([1, 0, 0, 2], shape: [2, 2]),
            "query.ids": Tensor([1, -1]), "query.cameras": Tensor([0, 0]),
            "gallery.features": Tensor([1, 0, 3, 0.3, 0, 1], shape: [3, 2]),
            "gallery.ids": Tensor([-1, 1, 2]), "gallery.cameras": Tensor([1, 1, 1]),
        ])
        let set = try FeatureFile.retrieval(file.path, under: .market1501)
        #expect(set.query.features.count == 1 && set.gallery.features.count == 2)
        #expect(set.galleryRows == [1, 2])
        #expect(set.junkQueryCount == 1 && set.junkCount == 2)
        let metrics = try evaluate(
            squaredDistances(set.query.features, set.gallery.features), query: set.querySightings,
            gallery: set.gallerySightings, under: .market1501)
        #expect(metrics.mAP == 1)
    }

    @Test(arguments: [([-2], [1], "query.ids", 0, -2), ([1], [1, -1, -7], "gallery.ids", 2, -7)])
    func `with an identity that nobody can have is refused`(
        query: [Int], gallery: [Int], tensor: String, row: Int, found: Int
    ) throws {
        func ones(_ count: Int) throws -> Tensor { try Tensor.full(1, shape: [count, 2], type: .float32) }
        let file = try TemporaryFile([
            "query.features": ones(query.count), "query.ids": Tensor(query),
            "gallery.features": ones(gallery.count), "gallery.ids": Tensor(gallery),
        ])
        let error = FeatureFileError.unknownIdentity(path: file.path, tensor: tensor, row: row, found: found)
        #expect(throws: error) { try FeatureFile.retrieval(file.path, under: .vehicleid) }
        #expect(
            error.description == "\(file.path): '\(tensor)', row \(row) is \(found); allowed: 0 or more, or -1 for junk")
    }

    @Test(arguments: ["query.features", "gallery.features", "query.camera_features", "gallery.camera_features"])
    func `says on which side a value is not finite`(broken: String) throws {
        let names = ["query.features", "gallery.features", "query.camera_features", "gallery.camera_features"]
        var tensors = try Dictionary(uniqueKeysWithValues: names.map { ($0, try Tensor([1, 0, 0, 1], shape: [2, 2])) })
        tensors[broken] = try Tensor([1, 0, .nan, 1], shape: [2, 2])
        for part in ["query", "gallery"] { tensors["\(part).ids"] = try Tensor([1, 2]) }
        let file = try TemporaryFile(tensors)
        let error = FeatureFileError.unusable(
            path: file.path, tensor: broken, reason: .notFinite(what: "features", row: 1, column: 0))
        #expect(throws: error) { try FeatureFile.retrieval(file.path, under: .vehicleid) }
        #expect(
            error.description
                == "\(file.path): '\(broken)': features: row 1, column 0 is NaN or infinite; every value must be finite")
    }

    @Test func `without a part is refused with the part's name`() throws {
        let file = try TemporaryFile(["query.features": Tensor([1, 0], shape: [1, 2])])
        #expect(throws: FeatureFileError.missing(path: file.path, tensor: "features")) {
            try FeatureFile.embeddings(file.path)
        }
        #expect(throws: FeatureFileError.missing(path: file.path, tensor: "query.ids")) {
            try FeatureFile.retrieval(file.path, under: .market1501)
        }
    }

    @Test func `of other shapes is refused with both`() throws {
        let file = try TemporaryFile([
            "features": Tensor([1, 0, 0, 1], shape: [2, 2]), "ids": Tensor([1, 2, 3]),
        ])
        let error = FeatureFileError.misshapen(path: file.path, tensor: "ids", found: [3], expected: "[2]")
        #expect(throws: error) { try FeatureFile.embeddings(file.path) }
        #expect(error.description == "\(file.path): 'ids' is [3]; allowed: [2]")
    }

    /// Bytes as identities, integers as features: read as what they are not, they would be refused without a word.
    @Test func `of other types is refused with both`() throws {
        let cases: [([String: Tensor], String, String)] = [
            (
                ["features": try Tensor([1, 0]).reshaped([1, 2])], "",
                "'features' holds int64; allowed: float32, float64, float16, bfloat16"
            ),
            (
                ["features": try Tensor([1, 0], shape: [1, 2]), "ids": try Tensor([1.5], shape: [1])], "",
                "'ids' holds float32; allowed: int64, int32, int16, int8"
            ),
            (
                [
                    "gallery.features": try Tensor([1, 0], shape: [1, 2]),
                    "gallery.cameras": try Tensor([1], shape: [1]).isGreater(than: 0),
                ], "gallery.",
                "'gallery.cameras' holds bool; allowed: int64, int32, int16, int8"
            ),
        ]
        for (tensors, part, expected) in cases {
            let file = try TemporaryFile(tensors)
            let error = #expect(throws: FeatureFileError.self) { try FeatureFile.shape(of: file.path, part: part) }
            #expect(error?.description == "\(file.path): \(expected)")
        }
    }

    /// As numpy.savez writes them: doubles, and identities of 32 bits.
    @Test func `of NumPy is the same as one of safetensors`() throws {
        let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString).npz"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let tensors = try [
            "query.features": Tensor([3, 4, 0, 2], shape: [2, 2]), "query.ids": Tensor([1, 2]),
            "query.cameras": Tensor([0, 0]), "gallery.features": Tensor([1, 0.5, 3, 0.3, 0, 1], shape: [3, 2]),
            "gallery.ids": Tensor([1, -1, 2]), "gallery.cameras": Tensor([1, 1, 1]),
        ]
        let file = try TemporaryFile(tensors)
        let wide = try tensors.map { name, tensor in
            (name, tensor.elementType == .float32 ? try tensor.converted(to: .float64) : tensor)
        }
        try NumPyArchive.write(wide, to: path)
        #expect(try FeatureFile.shape(of: path, part: "gallery.") == (3, 2))
        let (ours, theirs) = (
            try FeatureFile.retrieval(file.path, under: .market1501), try FeatureFile.retrieval(path, under: .market1501)
        )
        #expect(theirs.query.features.values == ours.query.features.values)
        #expect(theirs.query.features.values == [0.6, 0.8, 0, 1])
        #expect(theirs.gallery.features.values == ours.gallery.features.values)
        #expect(theirs.gallerySightings.sightings == ours.gallerySightings.sightings)
        #expect(theirs.galleryRows == [0, 2] && theirs.queryRows == nil)
    }

    @Test func `of NumPy says which array is missing or is no array of numbers`() throws {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "TensorTests/Fixtures").path
        let path = fixtures + "/deflated.npz"
        #expect(throws: FeatureFileError.missing(path: path, tensor: "features")) { try FeatureFile.embeddings(path) }
        #expect(try FeatureFile.shape(of: path, part: "query.") == (100, 2))
        let missing = #expect(throws: FeatureFileError.self) { try FeatureFile.shape(of: path) }
        #expect(
            missing?.description
                == "\(path): no tensor 'features' among below, big, bool, bytes, columns, complex, cube, dates and 16 more; a "
                + "feature file has features [N, D], ids [N] and cameras [N], a retrieval file has the same under 'query.' and "
                + "'gallery.'")
        let named = NSTemporaryDirectory() + "passerby-\(UUID().uuidString).npz"
        defer { try? FileManager.default.removeItem(atPath: named) }
        try NumPyArchive.write(
            [("features", Tensor([1, 0, 0, 1], shape: [2, 2])), ("ids", Tensor([0.5, 1], shape: [2]))], to: named)
        let error = #expect(throws: FeatureFileError.self) { try FeatureFile.embeddings(named) }
        #expect(
            error?.description == "\(named): 'ids' holds float32; allowed: int64, int32, int16, int8")
    }

    @Test func `keeps labels as they are`() throws {
        let file = try TemporaryFile([:])
        try FeatureFile.write(ClusterLabels(values: [0, -1, 1]), to: file.path)
        #expect(try Safetensors(readingFrom: file.path).tensors["labels"]?.integers() == [0, -1, 1])
    }
}

@Suite struct `Clustering a feature file` {
    /// Three directions far from each other, eight rows close to each, in turn.
    private func features() throws -> Features<UnitNorm> {
        var random = RandomKey(seed: 4).stream("rows")
        let rows = (0..<24).flatMap { row in
            (0..<3).map { Float($0 == row % 3 ? 1 : 0) + Float(0.05 * random.normal()) }
        }
        return try Features<Raw>(rows, count: 24, dimension: 3).normalised()
    }

    @Test(arguments: [
        ClusteringChoice.dbscan(radius: 0.6, minimumPoints: 4), .kMeans(clusters: 3),
        .selfPaced(radius: 0.6, gap: 0.02, minimumPoints: 4),
    ])
    func `finds what is there`(choice: ClusteringChoice) throws {
        let jaccard = ClusteringJaccard(neighbours: 7, expansion: 2)
        let labels = try choice.cluster(features(), jaccard: jaccard, random: RandomKey(seed: 1)).labels
        let truth = (0..<24).map { Identity(rawValue: $0 % 3) }
        #expect(labels.clusterCount == 3)
        #expect(try ClusterAgreement(of: labels, with: truth).purity == 1)
    }
}

@Suite struct `Settings in one argument` {
    @Test func `have the defaults of what they leave out`() throws {
        #expect(try InlineSettings.dbscan(nil) == .dbscan(radius: 0.6, minimumPoints: 4))
        #expect(try InlineSettings.dbscan("eps=0.5") == .dbscan(radius: 0.5, minimumPoints: 4))
        #expect(try InlineSettings.selfPaced("gap=0.1") == .selfPaced(radius: 0.6, gap: 0.1, minimumPoints: 4))
        #expect(try InlineSettings.reRanking("k1=20,lambda=0.5").originalWeight == 0.5)
    }

    @Test(arguments: [
        ("k1=0", "override 'k1=0':1:4: k1: found 0; allowed: 1 to 10000"),
        ("", "override '':1:1: no '=' after the key; allowed: key=value or key.path=value"),
        ("k1=20,,k2=6", "override '':1:1: no '=' after the key; allowed: key=value or key.path=value"),
        ("k1=", "override 'k1=':1:4: k1: no value; allowed: k1=VALUE, or k1=null for the default"),
        ("k3=1", "override 'k3=1':1:1: k3: unknown key 'k3'; allowed: k1, k2, lambda (did you mean 'k1'?)"),
    ])
    func `are refused as those of a file are`(text: String, report: String) {
        let error = #expect(throws: ConfigurationError.self) { try InlineSettings.reRanking(text) }
        #expect(error?.description == report)
    }

    @Test func `cannot shrink a radius below zero`() {
        let error = #expect(throws: ConfigurationError.self) { try InlineSettings.selfPaced("eps=0.1,gap=0.2") }
        #expect(error?.description.contains("allowed: eps - gap at least 0") == true)
    }
}
