// SPDX-License-Identifier: MIT
//
// What is done at test time, one step after the other, each scored: mirror images, an ensemble, the camera network,
// k-reciprocal re-ranking.

public import Backbones
public import Retrieval
internal import Data
internal import Layers
public import Training

/// Steps between embeddings and the final ranking.
///
/// - SeeAlso: Ge et al., arXiv:2008.10313, §2.4; Zhong et al., CVPR 2017, arXiv:1701.08398 (re-ranking).
public struct PostProcessing {
    /// k₁, k₂ and λ of re-ranking.
    public struct ReRanking: Sendable, Equatable {
        /// k₁: among how many nearest images two have to be each other's.
        public var neighbours = 30
        /// k₂: over how many nearest images an encoding is averaged.
        public var expansion = 6
        /// λ: the share of the original distance in the final one.
        public var originalWeight = 0.3

        /// The report's values.
        public init() {}
    }

    /// Which steps are taken; the defaults are the report's.
    public struct Config: Sendable, Equatable {
        /// Averages each image's embedding with its mirror image's.
        public var flip = true
        /// Concatenates the embeddings of all networks.
        public var ensemble = true
        /// The weight of the camera network's distances, subtracted; nothing for none.
        public var cameraWeight: Double? = 0.1
        /// How the ranking is made anew from common neighbours; nothing for not at all.
        public var reRanking: ReRanking? = ReRanking()

        public init() {}
    }

    /// A result after a step.
    public struct Row: Sendable {
        public let name: String
        public let metrics: RankingMetrics
    }

    /// Shows what a row is made of: distances, and whether they are `2 − 2cos` of what networks give.
    typealias Show = (_ row: String, _ distances: DistanceMatrix, _ areCosines: Bool) throws -> Void

    private let config: Config
    private let validation: Validation
    private let show: Show

    public init(_ config: Config, validation: Validation) {
        self.init(config, validation: validation, show: { _, _, _ in })
    }

    /// - Parameter show: Told of every row that is scored.
    init(_ config: Config, validation: Validation, show: @escaping Show) {
        self.config = config
        self.validation = validation
        self.show = show
    }

    /// Networks that were trained together.
    public struct Model {
        let name: String
        let networks: [EmbeddingNetwork]

        /// - Parameter networks: At least one.
        public init(name: String, networks: [EmbeddingNetwork]) {
            precondition(!networks.isEmpty, "'\(name)' has no network")
            self.name = name
            self.networks = networks
        }
    }

    /// Queries and gallery, embedded.
    typealias Embedded = (query: Features<UnitNorm>, gallery: Features<UnitNorm>)

    /// Scores after every step, each on top of the ones before it; of several models each one's own steps come first.
    /// Where no step is taken, the first network's score as it is: a result has a figure.
    ///
    /// - Parameters:
    ///   - models: At least one; without an ensemble the first one's first network is used.
    ///   - camera: The camera network, where distances are to be adjusted.
    ///   - progress: Told of so many forward passes more that are done.
    public func rows(
        _ models: [Model], camera: EmbeddingNetwork?, progress: (Int) throws -> Void = { _ in }
    ) throws -> [Row] {
        let tested = tested(of: models)
        var rows: [Row] = []
        let embedded = try tested.map { model in
            let own = try model.networks.map { try validation.features(of: $0, flip: config.flip, progress: progress) }
            rows += try steps(own, of: tested.count > 1 ? model.name : nil)
            return own
        }
        let all = try Self.concatenated(embedded.flatMap(\.self))
        if embedded.count > 1 { rows.append(try row("+ ensemble", all)) }
        let adjustment = try adjustment(by: camera) {
            try validation.features(of: $0, flip: config.flip, progress: progress)
        }
        if adjustment != nil { rows.append(try row("+ camera", all, adjustment)) }
        if config.reRanking != nil {
            rows.append(try row("+ re-ranking", final(all, adjustment), areCosines: false))
        }
        return rows.isEmpty ? [try row(Self.asTrained, all)] : rows
    }

    /// The distances of another set's queries and gallery after all the steps, as the last row's were: `[Q, G]`.
    ///
    /// - Parameters: As in ``rows(_:camera:progress:)``.
    /// - Complexity: As there, on the images of `set`.
    public func distances(
        _ models: [Model], camera: EmbeddingNetwork?, on set: TestSet, progress: (Int) throws -> Void = { _ in }
    ) throws -> DistanceMatrix {
        let samples = set.images.map { Sample($0) }
        func embedded(_ network: EmbeddingNetwork) throws -> Embedded {
            let features = try validation.extractor.features(
                of: samples, by: network, flip: config.flip, progress: progress)
            return (features.rows(0..<set.query.count), features.rows(set.query.count..<samples.count))
        }
        let all = try Self.concatenated(tested(of: models).flatMap(\.networks).map(embedded))
        return try final(all, adjustment(by: camera, embedded))
    }

    // MARK: Steps

    private static let asTrained = "as trained"

    private func tested(of models: [Model]) -> [Model] {
        precondition(!models.isEmpty, "nothing to test")
        return config.ensemble ? models : [Model(name: models[0].name, networks: [models[0].networks[0]])]
    }

    /// One model's first network, then all of its own.
    ///
    /// - Parameter name: Of one of several models, whose rows say whose they are.
    private func steps(_ networks: [Embedded], of name: String?) throws -> [Row] {
        var rows: [Row] = []
        let named = { (step: String) in name.map { "\($0) \(step)" } ?? step }
        if config.flip || name != nil {
            let step = config.flip ? "+ flip" : Self.asTrained
            rows.append(try row(named(step), networks[0]))
        }
        if networks.count > 1 {
            rows.append(try row(named("+ ensemble"), Self.concatenated(networks)))
        }
        return rows
    }

    /// Side by side, every network as long as every other.
    static func concatenated(_ parts: [Embedded]) throws -> Embedded {
        guard parts.count > 1 else { return parts[0] }
        return (try .concatenated(parts.map(\.query)), try .concatenated(parts.map(\.gallery)))
    }

    /// What the camera network has distances changed by; nothing without one, or without a weight.
    private func adjustment(
        by camera: EmbeddingNetwork?, _ embed: (EmbeddingNetwork) throws -> Embedded
    ) throws -> CameraAdjustment? {
        guard let weight = config.cameraWeight, let camera else { return nil }
        let seen = try embed(camera)
        return CameraAdjustment(weight: Float(weight), query: seen.query, gallery: seen.gallery)
    }

    /// Distances after re-ranking, where there is any.
    private func final(_ all: Embedded, _ camera: CameraAdjustment?) throws -> DistanceMatrix {
        guard let reRanking = config.reRanking else {
            return try Retrieval.distances(query: all.query, gallery: all.gallery, camera: camera)
        }
        return try KReciprocalReRanking(
            neighbours: reRanking.neighbours, expansion: reRanking.expansion,
            originalWeight: Float(reRanking.originalWeight)
        ).distances(query: all.query, gallery: all.gallery, camera: camera)
    }

    /// The score before re-ranking.
    private func row(_ name: String, _ all: Embedded, _ camera: CameraAdjustment? = nil) throws -> Row {
        let distances = try Retrieval.distances(query: all.query, gallery: all.gallery, camera: camera)
        return try row(name, distances, areCosines: camera == nil)
    }

    private func row(_ name: String, _ distances: DistanceMatrix, areCosines: Bool) throws -> Row {
        try show(name, distances, areCosines)
        return Row(name: name, metrics: try validation.metrics(of: distances))
    }
}
