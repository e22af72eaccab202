// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Training
internal import Pipeline
internal import Reporting
internal import Retrieval

struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "mAP and CMC of a feature file, from any framework.",
        discussion: """
            A safetensors file with query.features [Q, D], query.ids and query.cameras [Q], the same under gallery., \
            and camera_features where there are any. Every number belongs to a protocol. Identity -1 is junk and left \
            out of both sides, identity 0 is background and stays in the gallery.
            """)

    @Option(help: "The feature file.")
    var features: String

    @Option(
        name: .customLong("protocol"), help: ArgumentHelp("One of \(protocolNames).", valueName: "protocol"),
        transform: knownProtocol)
    var rankingProtocol: RankingProtocol = .market1501

    @Option(
        help: "Weight of the camera features' distances, which are subtracted.", within: Limits.cameraWeight)
    var cameraWeight: Double?

    @Option(help: ArgumentHelp("Re-rank first.", valueName: "k1=30,k2=6,lambda=0.3"))
    var rerank: String?

    @Option(help: "Write VisDA-2020's submission file here, inside an archive where the name ends in .zip.")
    var submission: String?

    @OptionGroup var memory: MemoryArguments

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        try show(metrics())
    }

    func metrics() throws -> RankingMetrics {
        let output = try submission.map { try OutputPath($0, option: "--submission", inputs: [features]) }
        let settings = try rerank.map(InlineSettings.reRanking)
        try checkMemory(settings)
        let set = try FeatureFile.retrieval(features, under: rankingProtocol)
        guard submission == nil || set.junkQueryCount == 0 else {
            throw FeatureFileError.junkQueries(path: features, count: set.junkQueryCount)
        }
        let camera = try cameraAdjustment(set)
        let distances = try distances(set, camera, settings)
        let metrics = try evaluate(
            distances, query: set.querySightings, gallery: set.gallerySightings, under: rankingProtocol)
        try output?.write { try write(SubmissionFile(ranking: distances, rows: set.galleryRows), to: $0) }
        return metrics.leavingOut(junk: set.junkCount)
    }

    private func cameraAdjustment(_ set: RetrievalSet) throws -> CameraAdjustment? {
        guard let cameraWeight else { return nil }
        guard let query = set.query.cameraFeatures, let gallery = set.gallery.cameraFeatures else {
            throw FeatureFileError.missing(path: features, tensor: "query.camera_features, gallery.camera_features")
        }
        return CameraAdjustment(weight: Float(cameraWeight), query: query, gallery: gallery)
    }

    private func checkMemory(_ settings: PostProcessing.ReRanking?) throws {
        let query = try FeatureFile.shape(of: features, part: "query.")
        let gallery = try FeatureFile.shape(of: features, part: "gallery.")
        let (count, dimension) = (gallery.count, max(query.dimension, gallery.dimension))
        let forecast = settings.map {
            MemoryForecast.reRanking(
                queryCount: query.count, galleryCount: count, dimension: dimension, neighbours: $0.neighbours)
        }
        try memory.check(
            forecast ?? .ranking(queryCount: query.count, galleryCount: count, dimension: dimension),
            for: "\(counted(query.count, "query", "queries")), \(counted(count, "gallery row")) of \(dimension)")
    }

    private func distances(
        _ set: RetrievalSet, _ camera: CameraAdjustment?, _ settings: PostProcessing.ReRanking?
    ) throws -> DistanceMatrix {
        let (query, gallery) = (set.query.features, set.gallery.features)
        guard let settings else {
            return try Retrieval.distances(query: query, gallery: gallery, camera: camera)
        }
        let reRanking = KReciprocalReRanking(
            neighbours: settings.neighbours, expansion: settings.expansion,
            originalWeight: Float(settings.originalWeight))
        return try withSearchProgress("re-rank") {
            try reRanking.distances(query: query, gallery: gallery, camera: camera, progress: $0)
        }
    }

    private func write(_ file: SubmissionFile, to path: String) throws {
        let text = Data(file.text.utf8)
        let isArchive = path.lowercased().hasSuffix(".zip")
        let content = isArchive ? SubmissionArchive.holding(text, named: SubmissionFile.name) : text
        try content.write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private func show(_ metrics: RankingMetrics) throws {
        guard !json else {
            try printJSON(metrics)
            return
        }
        let percent = { (share: Double) in String(format: "%.1f", 100 * share) }
        print("protocol \(metrics.rankingProtocol.rawValue)")
        print("mAP \(percent(metrics.mAP))  mINP \(percent(metrics.mINP))  top-1 \(percent(metrics.top1))  "
            + "top-5 \(percent(metrics.top5))  top-10 \(percent(metrics.top10))")
        print("\(counted(metrics.queryCount, "query", "queries")), \(metrics.skippedCount) of them without anything to find"
            + (metrics.junkCount == 0 ? "" : "; \(counted(metrics.junkCount, "row")) of junk (identity -1) left out"))
    }
}

let protocolNames = RankingProtocol.allCases.map(\.rawValue).joined(separator: ", ")

func knownProtocol(_ name: String) throws -> RankingProtocol {
    guard let known = RankingProtocol(rawValue: name) else {
        throw ValidationError("'\(name)' is no protocol; allowed: \(protocolNames)")
    }
    return known
}
