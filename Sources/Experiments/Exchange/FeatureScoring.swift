// SPDX-License-Identifier: MIT

internal import Foundation
internal import Reporting
package import Retrieval
internal import Vocabulary

/// How the queries of a feature file are ranked and scored.
package struct FeatureScoring {
    package let rankingProtocol: RankingProtocol
    /// How much of the camera features' distances is subtracted; nil for none.
    package let cameraWeight: Double?
    package let reRanking: PostProcessing.ReRanking?

    package init(
        under rankingProtocol: RankingProtocol, cameraWeight: Double?, reRanking: PostProcessing.ReRanking?
    ) {
        self.rankingProtocol = rankingProtocol
        self.cameraWeight = cameraWeight
        self.reRanking = reRanking
    }

    package var parameters: ScoringParameters {
        ScoringParameters(
            rankingProtocol: rankingProtocol, flip: nil, cameraWeight: cameraWeight, reRanking: reRanking)
    }

    /// What it will need at its peak, and for what, in words.
    ///
    /// - Throws: As ``FeatureFile/shape(of:part:)``.
    package func memory(of path: String) throws -> (forecast: MemoryForecast, work: String) {
        let query = try FeatureFile.shape(of: path, part: "query.")
        let gallery = try FeatureFile.shape(of: path, part: "gallery.")
        let (count, dimension) = (gallery.count, max(query.dimension, gallery.dimension))
        let forecast = reRanking.map {
            MemoryForecast.reRanking(
                queryCount: query.count, galleryCount: count, dimension: dimension, neighbours: $0.neighbours)
        }
        return (
            forecast ?? .ranking(queryCount: query.count, galleryCount: count, dimension: dimension),
            "\(counted(query.count, "query")), \(counted(count, "gallery row")) of \(dimension)"
        )
    }

    /// Queries and gallery without junk.
    ///
    /// - Parameter forSubmission: Whether every query must have its line.
    /// - Throws: ``FeatureFileError``, also where camera features are to be used and are not there.
    package func set(of path: String, forSubmission: Bool) throws -> RetrievalSet {
        let set = try FeatureFile.retrieval(path, under: rankingProtocol)
        guard !forSubmission || set.junkQueryCount == 0 else {
            throw FeatureFileError.junkQueries(path: path, count: set.junkQueryCount)
        }
        guard cameraWeight == nil || cameraAdjustment(set) != nil else {
            throw FeatureFileError.missing(path: path, tensor: "query.camera_features, gallery.camera_features")
        }
        return set
    }

    /// Distances `[Q, G]`.
    ///
    /// - Parameter progress: Told how much of the re-ranking's search is done; without re-ranking it is told nothing.
    package func distances(_ set: RetrievalSet, progress: ProgressHandler? = nil) throws -> DistanceMatrix {
        let camera = cameraAdjustment(set)
        let (query, gallery) = (set.query.features, set.gallery.features)
        guard let reRanking else { return try Retrieval.distances(query: query, gallery: gallery, camera: camera) }
        return try KReciprocalReRanking(
            neighbours: reRanking.neighbours, expansion: reRanking.expansion,
            originalWeight: Float(reRanking.originalWeight)
        ).distances(query: query, gallery: gallery, camera: camera, progress: progress)
    }

    package func metrics(of distances: DistanceMatrix, _ set: RetrievalSet) throws -> RankingMetrics {
        try evaluate(distances, query: set.querySightings, gallery: set.gallerySightings, under: rankingProtocol)
            .leavingOut(junk: set.junkCount)
    }

    private func cameraAdjustment(_ set: RetrievalSet) -> CameraAdjustment? {
        guard let cameraWeight, let query = set.query.cameraFeatures, let gallery = set.gallery.cameraFeatures else {
            return nil
        }
        return CameraAdjustment(weight: Float(cameraWeight), query: query, gallery: gallery)
    }
}

extension SubmissionFile {
    /// Writes the submission's lines, inside an archive where the path ends in `.zip`.
    package func write(to path: String) throws {
        let text = Data(text.utf8)
        let content = FileEnding.zip.isOf(path) ? SubmissionArchive.holding(text, named: SubmissionFile.name) : text
        try content.write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
