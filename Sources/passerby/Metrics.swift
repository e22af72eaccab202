// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Reporting
internal import Retrieval

struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "mAP and CMC of a feature file, from any framework.",
        discussion: """
            A safetensors or .npz file with query.features [Q, D], query.ids and query.cameras [Q], the same under gallery., \
            and camera_features where there are any. Every row is brought to length 1 and compared by cosine. Every number \
            belongs to a protocol. Identity -1 is junk and left out of both sides, identity 0 is background and stays in the \
            gallery. docs/features.md shows how such a file is written, and what each protocol does.
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

    @Option(
        help: ArgumentHelp(
            "Write each query's nearest gallery rows here, and what each is to it, as CSV or JSON by the name's ending.",
            valueName: "file"))
    var ranks: String?

    @Option(help: "Gallery rows of each query in --ranks.", within: Limits.listedRows)
    var top = 50

    @Option(
        help: ArgumentHelp(
            "Write what each query is worth here (AP, INP, first hit), as CSV or JSON by the name's ending.",
            valueName: "file"))
    var perQuery: String?

    @OptionGroup var memory: MemoryArguments

    @Flag(help: "Print one JSON document.")
    var json = false

    mutating func validate() throws {
        let outputs = [("--submission", submission), ("--ranks", ranks), ("--per-query", perQuery)].compactMap {
            name, path in
            path.map { (name, path: URL(fileURLWithPath: $0).standardizedFileURL.path) }
        }
        for (place, output) in outputs.enumerated() {
            guard let first = outputs[..<place].first(where: { $0.path == output.path }) else { continue }
            throw ValidationError("\(first.0) and \(output.0) name the same file, '\(output.path)'; each needs its own")
        }
    }

    func run() throws {
        try show(metrics(), scoring().parameters)
    }

    func scoring() throws -> FeatureScoring {
        FeatureScoring(
            under: rankingProtocol, cameraWeight: cameraWeight, reRanking: try rerank.map(InlineSettings.reRanking))
    }

    func metrics() throws -> RankingMetrics {
        let output = try submission.map { try OutputPath($0, option: "--submission", inputs: [features]) }
        let (rankOutput, queryOutput) = (try records(ranks, "--ranks"), try records(perQuery, "--per-query"))
        let scoring = try scoring()
        let (forecast, work) = try scoring.memory(of: features)
        try memory.check(forecast, for: work)
        let set = try scoring.set(of: features, forSubmission: submission != nil)
        scoring.reRanking?.noteFewNeighbours(among: set.query.features.count + set.gallery.features.count)
        let distances =
            if scoring.reRanking == nil {
                try scoring.distances(set)
            } else {
                try withSearchProgress("re-rank") { try scoring.distances(set, progress: $0) }
            }
        let metrics = try scoring.metrics(of: distances, set)
        try output?.write { try SubmissionFile(ranking: distances, rows: set.galleryRows).write(to: $0) }
        let records = RankingRecords(of: distances, set, scoring.parameters)
        try rankOutput?.write { try records.writeRanks(depth: top, to: $0) }
        try queryOutput?.write { try records.writeScores(to: $0) }
        return metrics
    }

    private func records(_ path: String?, _ option: String) throws -> OutputPath? {
        try path.map { try OutputPath($0, option: option, inputs: [features], endings: RankingRecords.endings) }
    }

    private func show(_ metrics: RankingMetrics, _ scoring: ScoringParameters) throws {
        guard !json else {
            try printJSON(ScoredFile(metrics: metrics, features: features, scoring: scoring))
            return
        }
        print(Self.text(metrics, scoring))
    }

    /// Three lines.
    static func text(_ metrics: RankingMetrics, _ scoring: ScoringParameters) -> String {
        let percent = { (share: Double) in String(format: "%.1f", 100 * share) }
        return """
            protocol \(metrics.rankingProtocol.rawValue); \(scoring.text)
            mAP \(percent(metrics.mAP))  mINP \(percent(metrics.mINP))  top-1 \(percent(metrics.top1))  \
            top-5 \(percent(metrics.top5))  top-10 \(percent(metrics.top10))
            \(counted(metrics.queryCount, "query")), \(metrics.skippedCount) of them without anything to find\
            \(metrics.junkCount == 0 ? "" : "; \(counted(metrics.junkCount, "row")) of junk (identity -1) left out")
            """
    }
}

/// The JSON document: the figures, and all that decides them.
private struct ScoredFile: Encodable {
    let metrics: RankingMetrics
    let features: String
    let scoring: ScoringParameters

    private enum Key: String, CodingKey {
        case features, scoring
    }

    func encode(to encoder: any Encoder) throws {
        try metrics.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(features, forKey: .features)
        try container.encode(scoring, forKey: .scoring)
    }
}

let protocolNames = RankingProtocol.allCases.map(\.rawValue).joined(separator: ", ")

func knownProtocol(_ name: String) throws -> RankingProtocol {
    guard let known = RankingProtocol(rawValue: name) else {
        throw ValidationError("'\(name)' is no protocol; allowed: \(protocolNames)")
    }
    return known
}
