// SPDX-License-Identifier: MIT

import Foundation
import Layers
import Patterns
import Retrieval
import Testing
import Vocabulary

@testable import Backbones
@testable import Data
@testable import Experiments
@testable import Tensor
@testable import Training

/// Noisy images of three identities by two cameras: three queries, then the gallery, on disk for as long as this
/// lives.
private final class NoisyGallery {
    static let size = ImageSize(height: 32, width: 16)
    let folder: URL
    let pictures: [Image]
    let validation: Validation

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("gallery-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (height, width) = (Self.size.height, Self.size.width)
        pictures = try (0..<21).map { index in
            let values = try Pattern.tensor("picture \(index)", shape: [height, width, 3]).floats()
            return Image(width: width, height: height, pixels: values.map { UInt8(127 + 120 * $0) })
        }
        var images: [LabelledImage] = []
        for (index, picture) in pictures.enumerated() {
            let file = folder.appendingPathComponent("\(index).png")
            try Data(picture.png()).write(to: file)
            // A query has the camera 0; of its six images in the gallery three have it too, and are not counted.
            images.append(
                LabelledImage(
                    path: file.path, identity: Identity(rawValue: index % 3), camera: Camera(rawValue: index < 12 ? 0 : 1)))
        }
        let source = ImageSource(size: Self.size, workers: 1)
        validation = Validation(
            query: Array(images[..<3]), gallery: Array(images[3...]), rankingProtocol: .market1501,
            extractor: FeatureExtractor(source, batchSize: 4))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// What a network makes of every picture, `[21][D]`, without the extractor.
    func embeddings(_ network: EmbeddingNetwork, mirrored: Bool) throws -> [[Float]] {
        let (height, width) = (Self.size.height, Self.size.width)
        return try pictures.map { picture in
            let pixels = mirrored ? mirroredPixels(picture) : picture.pixels
            let values = pixels.enumerated().map { place, level in
                (Float(level) / 255 - Normalisation.mean[place % 3]) / Normalisation.deviation[place % 3]
            }
            let image = try Tensor(values, shape: [1, height, width, 3]).permuted([0, 3, 1, 2])
            return try withoutGradients { try network(image, .inference(.target)).embedding.floats() }
        }
    }
}

/// The pixels of a picture mirrored left to right.
private func mirroredPixels(_ picture: Image) -> [UInt8] {
    (0..<picture.height).flatMap { row in
        (0..<picture.width).reversed().flatMap { column in
            let start = 3 * (row * picture.width + column)
            return picture.pixels[start..<start + 3]
        }
    }
}

private func unit(_ row: [Float]) -> [Float] {
    let length = row.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    return row.map { Float(Double($0) / length) }
}

private func network(_ name: String) throws -> EmbeddingNetwork {
    let network = try EmbeddingNetwork(NetworkShape(backbone: .resnet18), random: nil)
    try Pattern.fill(network.store, named: name)
    return network
}

@Suite struct `Post-processing` {
    private let gallery: NoisyGallery
    private let networks: [EmbeddingNetwork]
    private let camera: EmbeddingNetwork

    init() throws {
        gallery = try NoisyGallery()
        networks = try [network("first "), network("second ")]
        camera = try network("camera ")
    }

    private var adapted: PostProcessing.Model { .init(name: "adapt", networks: networks) }

    /// The extractor's features of every picture: to the last bit, so that no rounding decides about a rank.
    private func extracted(_ network: EmbeddingNetwork, flip: Bool) throws -> [[Float]] {
        let (query, others) = try gallery.validation.features(of: network, flip: flip)
        return (0..<3).map { Array(query[$0]) } + (0..<18).map { Array(others[$0]) }
    }

    private func features(_ rows: ArraySlice<[Float]>) throws -> Features<UnitNorm> {
        try Features<Raw>(rows.flatMap { $0 }, count: rows.count, dimension: rows[rows.startIndex].count).normalised()
    }

    /// Σ (a − b)² between queries and gallery, `[3 · 18]`.
    private func squares(_ rows: [[Float]]) -> [Float] {
        rows[..<3].flatMap { query in
            rows[3...].map { row in zip(query, row).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
        }
    }

    private func metrics(_ values: [Float]) throws -> RankingMetrics {
        try gallery.validation.metrics(of: DistanceMatrix(values, rowCount: 3, columnCount: 18))
    }

    /// Folding a network for inference rounds otherwise than the network itself.
    private let folding: Float = 1e-4

    @Test func `averages an image's embedding with its mirror image's before it is normalised`() throws {
        let found = try gallery.validation.features(of: networks[0], flip: true)
        let wanted = try zip(
            gallery.embeddings(networks[0], mirrored: false), gallery.embeddings(networks[0], mirrored: true)
        ).map { unit(zip($0, $1).map { ($0 + $1) / 2 }) }
        let plain = try gallery.embeddings(networks[0], mirrored: false).map(unit)
        var change: Float = 0
        for (row, values) in (0..<3).map({ found.query[$0] }).enumerated() {
            for (value, (want, unflipped)) in zip(values, zip(wanted[row], plain[row])) {
                #expect(abs(value - want) < folding)
                change = max(change, abs(want - unflipped))
            }
        }
        #expect(change > 10 * folding)
    }

    @Test func `puts each step on top of the ones before it`() throws {
        var config = PostProcessing.Config()
        var small = PostProcessing.ReRanking()
        (small.neighbours, small.expansion) = (4, 2)
        (config.cameraWeight, config.reRanking) = (0.5, small)
        let rows = try PostProcessing(config, validation: gallery.validation).rows([adapted], camera: camera)
        #expect(rows.map(\.name) == ["+ flip", "+ ensemble", "+ camera", "+ re-ranking"])

        let both = try networks.map { try extracted($0, flip: true) }
        #expect(try rows[0].metrics == metrics(squares(both[0])))
        // Side by side, and length 1 again.
        let ensemble = zip(both[0], both[1]).map { unit($0 + $1) }
        #expect(try rows[1].metrics == metrics(squares(ensemble)))
        // Δ = P(f) − 0.5 · P(c), c flipped too.
        let seen = try extracted(camera, flip: true)
        let adjusted = zip(squares(ensemble), squares(seen)).map { $0 - 0.5 * $1 }
        #expect(try rows[2].metrics == metrics(adjusted))
        let reRanking = KReciprocalReRanking(neighbours: 4, expansion: 2, originalWeight: 0.3)
        let final = try reRanking.distances(
            query: features(ensemble[..<3]), gallery: features(ensemble[3...]),
            camera: CameraAdjustment(weight: 0.5, query: features(seen[..<3]), gallery: features(seen[3...])))
        #expect(try rows[3].metrics == gallery.validation.metrics(of: final))
        // A step that is left out shows.
        #expect(Set(rows.map(\.metrics.mAP)).count == 4, "\(rows.map(\.metrics.mAP))")
    }

    @Test func `takes only the steps that are asked for, with the first network where there is no ensemble`() throws {
        var config = PostProcessing.Config()
        (config.flip, config.ensemble, config.reRanking) = (false, false, nil)
        let rows = try PostProcessing(config, validation: gallery.validation).rows([adapted], camera: camera)
        #expect(rows.map(\.name) == ["+ camera"])
        let (plain, seen) = try (extracted(networks[0], flip: false), extracted(camera, flip: false))
        let adjusted = zip(squares(plain), squares(seen)).map { $0 - 0.1 * $1 }
        #expect(try rows[0].metrics == metrics(adjusted))
        // Not even one step: the first network as it is.
        let none = try PostProcessing(config, validation: gallery.validation).rows([adapted], camera: nil)
        #expect(none.map(\.name) == ["as trained"])
        #expect(try none[0].metrics == metrics(squares(plain)))
    }

    @Test func `puts the networks of several models side by side, after each model's own steps`() throws {
        var config = PostProcessing.Config()
        (config.cameraWeight, config.reRanking) = (nil, nil)
        let third = try network("third ")
        let rows = try PostProcessing(config, validation: gallery.validation)
            .rows([adapted, .init(name: "other", networks: [third])], camera: nil)
        #expect(rows.map(\.name) == ["adapt + flip", "adapt + ensemble", "other + flip", "+ ensemble"])
        let all = try (networks + [third]).map { try extracted($0, flip: true) }
        #expect(try rows[0].metrics == metrics(squares(all[0])))
        #expect(try rows[1].metrics == metrics(squares(zip(all[0], all[1]).map { unit($0 + $1) })))
        #expect(try rows[2].metrics == metrics(squares(all[2])))
        // Each of the three counts as much as the others.
        #expect(try rows[3].metrics == metrics(squares(zip(zip(all[0], all[1]), all[2]).map { unit($0.0 + $0.1 + $1) })))
    }

    /// The validation images as a test set: what ranks them is what the last row was scored by, whatever the steps.
    @Test(arguments: [true, false], [nil, 0.5] as [Double?])
    func `ranks a test set as the last row was`(reRanks: Bool, cameraWeight: Double?) throws {
        var config = PostProcessing.Config()
        config.cameraWeight = cameraWeight
        config.reRanking?.neighbours = 4
        if !reRanks { config.reRanking = nil }
        let validation = gallery.validation
        let set = TestSet(
            query: validation.query.map { UnlabelledImage(path: $0.path, camera: Camera(rawValue: 0)) },
            gallery: validation.gallery.map { UnlabelledImage(path: $0.path, camera: Camera(rawValue: 0)) })
        let models = [adapted, .init(name: "other", networks: [try network("third ")])]
        let steps = PostProcessing(config, validation: validation)
        let distances = try steps.distances(models, camera: camera, on: set)
        #expect(try validation.metrics(of: distances) == steps.rows(models, camera: camera).last?.metrics)
        config.ensemble = false
        let alone = try PostProcessing(config, validation: validation).distances(models, camera: camera, on: set)
        #expect((0..<3).contains { Array(alone[$0]) != Array(distances[$0]) })
    }

    @Test func `has a row for each of several models without any step`() throws {
        var config = PostProcessing.Config()
        (config.flip, config.cameraWeight, config.reRanking) = (false, nil, nil)
        let models = try [networks[0], network("third ")].enumerated().map { number, network in
            PostProcessing.Model(name: "\(number)", networks: [network])
        }
        let rows = try PostProcessing(config, validation: gallery.validation).rows(models, camera: nil)
        #expect(rows.map(\.name) == ["0 as trained", "1 as trained", "+ ensemble"])
    }
}
