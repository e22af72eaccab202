// SPDX-License-Identifier: MIT

public import Backbones
public import Data
public import Layers
public import Retrieval
internal import Vocabulary

/// Queries and a gallery with known identities: the only place where the target's labels are seen.
public struct Validation: Sendable {
    public let query: [LabelledImage]
    public let gallery: [LabelledImage]
    public let rankingProtocol: RankingProtocol
    public let extractor: FeatureExtractor

    public init(
        query: [LabelledImage], gallery: [LabelledImage], rankingProtocol: RankingProtocol, extractor: FeatureExtractor
    ) {
        self.query = query
        self.gallery = gallery
        self.rankingProtocol = rankingProtocol
        self.extractor = extractor
    }

    /// Queries, then the gallery.
    public var samples: [Sample] {
        (query + gallery).map { Sample(path: $0.path, camera: $0.camera) }
    }

    /// A network's result without any post-processing.
    ///
    /// - Parameter progress: As in ``FeatureExtractor/features(of:by:domain:flip:progress:)``.
    public func metrics(
        of network: EmbeddingNetwork, domain: Domain = .target, progress: (Int) throws -> Void = { _ in }
    ) throws -> RankingMetrics {
        try metrics(of: distances(of: network, domain: domain, progress: progress))
    }

    /// The distances of queries and gallery by a network, without any post-processing, `[Q, G]`: `2 − 2cos`.
    public func distances(
        of network: EmbeddingNetwork, domain: Domain = .target, progress: (Int) throws -> Void = { _ in }
    ) throws -> DistanceMatrix {
        let features = try self.features(of: network, domain: domain, progress: progress)
        return try squaredDistances(features.query, features.gallery)
    }

    /// The score of distances `[Q, G]` under this validation's protocol.
    public func metrics(of distances: DistanceMatrix) throws -> RankingMetrics {
        try evaluate(distances, query: querySightings, gallery: gallerySightings, under: rankingProtocol)
    }

    /// How each query fares by distances `[Q, G]`, for people to look at.
    package func inspection(of distances: DistanceMatrix) throws -> RankingInspection {
        try RankingInspection(distances, query: querySightings, gallery: gallerySightings, under: rankingProtocol)
    }

    private var querySightings: QuerySightings {
        QuerySightings(query.map { Sighting(identity: $0.identity, camera: $0.camera) })
    }

    private var gallerySightings: GallerySightings {
        GallerySightings(gallery.map { Sighting(identity: $0.identity, camera: $0.camera) })
    }

    /// Embeddings of queries and gallery.
    public func features(
        of network: EmbeddingNetwork, domain: Domain = .target, flip: Bool = false,
        progress: (Int) throws -> Void = { _ in }
    ) throws -> (query: Features<UnitNorm>, gallery: Features<UnitNorm>) {
        let features = try extractor.features(of: samples, by: network, domain: domain, flip: flip, progress: progress)
        return (features.rows(0..<query.count), features.rows(query.count..<samples.count))
    }
}
