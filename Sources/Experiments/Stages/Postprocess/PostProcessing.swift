// SPDX-License-Identifier: MIT
//
// What is done at test time, one step after the other, each scored: mirror images, an ensemble, the camera network,
// k-reciprocal re-ranking.

public import Backbones
public import Retrieval
internal import Layers
public import Training

/// Steps between embeddings and the final ranking.
///
/// - SeeAlso: Ge et al., arXiv:2008.10313, §2.4; Zhong et al., CVPR 2017, arXiv:1701.08398 (re-ranking).
public struct PostProcessing {
    /// k₁, k₂ and λ of re-ranking.
    public struct ReRanking: Sendable, Equatable, Codable {
        public var neighbours = 30
        public var expansion = 6
        public var originalWeight = 0.3

        public init() {}
    }

    /// Which steps are taken; the defaults are the report's.
    public struct Config: Sendable, Equatable, Codable {
        /// Averages each image's embedding with its mirror image's.
        public var flip = true
        /// Concatenates the embeddings of both mean networks.
        public var ensemble = true
        /// The weight of the camera network's distances, subtracted; nothing for none.
        public var cameraWeight: Double? = 0.1
        public var reRanking: ReRanking? = ReRanking()

        public init() {}
    }

    /// A result after a step.
    public struct Row: Sendable {
        public let name: String
        public let metrics: RankingMetrics
    }

    private let config: Config
    private let validation: Validation

    public init(_ config: Config, validation: Validation) {
        self.config = config
        self.validation = validation
    }

    /// Scores after every step, each on top of the ones before it.
    ///
    /// - Parameters:
    ///   - networks: The adapted networks; without an ensemble the first is used.
    ///   - camera: The camera network, where distances are to be adjusted.
    ///   - progress: Told of so many forward passes more that are done.
    public func rows(
        networks: [EmbeddingNetwork], camera: EmbeddingNetwork?, progress: (Int) throws -> Void = { _ in }
    ) throws -> [Row] {
        var rows: [Row] = []
        var (query, gallery) = try validation.features(of: networks[0], flip: config.flip, progress: progress)
        if config.flip {
            rows.append(Row(name: "+ flip", metrics: try metrics(query, gallery)))
        }
        if config.ensemble, networks.count > 1 {
            let others = try networks.dropFirst().map {
                try validation.features(of: $0, flip: config.flip, progress: progress)
            }
            query = try Features.concatenated([query] + others.map(\.query))
            gallery = try Features.concatenated([gallery] + others.map(\.gallery))
            rows.append(Row(name: "+ ensemble", metrics: try metrics(query, gallery)))
        }
        var adjustment: CameraAdjustment?
        if let weight = config.cameraWeight, let camera {
            let seen = try validation.features(of: camera, flip: config.flip, progress: progress)
            adjustment = CameraAdjustment(weight: Float(weight), query: seen.query, gallery: seen.gallery)
            rows.append(Row(name: "+ camera", metrics: try metrics(query, gallery, adjustment)))
        }
        if let reRanking = config.reRanking {
            let distances = try KReciprocalReRanking(
                neighbours: reRanking.neighbours, expansion: reRanking.expansion,
                originalWeight: Float(reRanking.originalWeight)
            ).distances(query: query, gallery: gallery, camera: adjustment)
            rows.append(Row(name: "+ re-ranking", metrics: try validation.metrics(of: distances)))
        }
        return rows
    }

    private func metrics(
        _ query: Features<UnitNorm>, _ gallery: Features<UnitNorm>, _ camera: CameraAdjustment? = nil
    ) throws -> RankingMetrics {
        try validation.metrics(of: distances(query: query, gallery: gallery, camera: camera))
    }
}
