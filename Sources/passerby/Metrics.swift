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
        let scoring = FeatureScoring(
            under: rankingProtocol, cameraWeight: cameraWeight, reRanking: try rerank.map(InlineSettings.reRanking))
        let (forecast, work) = try scoring.memory(of: features)
        try memory.check(forecast, for: work)
        let set = try scoring.set(of: features, forSubmission: submission != nil)
        let distances =
            if scoring.reRanking == nil {
                try scoring.distances(set)
            } else {
                try withSearchProgress("re-rank") { try scoring.distances(set, progress: $0) }
            }
        let metrics = try scoring.metrics(of: distances, set)
        try output?.write { try SubmissionFile(ranking: distances, rows: set.galleryRows).write(to: $0) }
        return metrics
    }

    private func show(_ metrics: RankingMetrics) throws {
        guard !json else {
            try printJSON(metrics)
            return
        }
        let percent = { (share: Double) in String(format: "%.1f", 100 * share) }
        print("protocol \(metrics.rankingProtocol.rawValue)")
        print(
            "mAP \(percent(metrics.mAP))  mINP \(percent(metrics.mINP))  top-1 \(percent(metrics.top1))  "
                + "top-5 \(percent(metrics.top5))  top-10 \(percent(metrics.top10))")
        print(
            "\(counted(metrics.queryCount, "query")), \(metrics.skippedCount) of them without anything to find"
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
