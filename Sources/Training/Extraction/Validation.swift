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
        let features = try self.features(of: network, domain: domain, progress: progress)
        return try metrics(of: squaredDistances(features.query, features.gallery))
    }

    /// The score of distances `[Q, G]` under this validation's protocol.
    public func metrics(of distances: DistanceMatrix) throws -> RankingMetrics {
        try evaluate(
            distances, query: QuerySightings(query.map { Sighting(identity: $0.identity, camera: $0.camera) }),
            gallery: GallerySightings(gallery.map { Sighting(identity: $0.identity, camera: $0.camera) }),
            under: rankingProtocol)
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
