// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Randomness
internal import Retrieval

struct Cluster: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pseudo labels of a feature file, from any framework.",
        discussion: """
            A safetensors file with features [N, D]; labels [N] are written, -1 for outliers. Where the file has ids, \
            purity, NMI and pairwise F are printed too: an oracle's view, which no unsupervised method has.
            """)

    @Option(help: "The feature file.") var features: String
    @Option(help: "Neighbours of the Jaccard distance.") var k1 = 30
    @Option(help: "Neighbours that are averaged.") var k2 = 6
    @Option(help: ArgumentHelp("Cluster by density (the default).", valueName: "eps=0.6,min=4")) var dbscan: String?
    @Option(help: ArgumentHelp("Keep reliable clusters only.", valueName: "eps=0.6,gap=0.02,min=4"))
    var selfPaced: String?
    @Option(help: "Cluster into so many by k-means.") var kmeans: Int?
    @Option(help: "Seed of k-means.") var seed: UInt64 = 1
    @Option(help: "Where labels are written.") var out: String
    @Flag(help: "Print one JSON document.") var json = false

    mutating func validate() throws {
        guard k1 >= 1, k2 >= 1 else { throw ValidationError("--k1 \(k1) --k2 \(k2): allowed are 1 or more") }
        if let kmeans, kmeans < 1 { throw ValidationError("--kmeans \(kmeans): allowed is 1 or more") }
        guard [dbscan != nil, selfPaced != nil, kmeans != nil].count(where: \.self) <= 1 else {
            throw ValidationError("allowed is one of --dbscan, --self-paced and --kmeans")
        }
    }

    func run() throws {
        let choice = try choice()
        let set = try FeatureFile.embeddings(features)
        try MemoryForecast.clustering(
            count: set.features.count, dimension: set.features.dimension, neighbours: k1
        ).requireFit(into: freeMemory())
        let start = ContinuousClock.now
        let labels = try choice.labels(
            of: set.features, neighbours: k1, expansion: k2, random: RandomKey(seed: seed))
        let seconds = start.duration(to: .now) / .seconds(1)
        try FeatureFile.write(labels, to: out)
        let agreement = try set.identities.map { try ClusterAgreement(of: labels, with: $0) }
        try show(Report(labels, agreement, seconds: seconds))
    }

    private func choice() throws -> ClusteringChoice {
        if let kmeans { return .kMeans(clusters: kmeans) }
        if let selfPaced { return try InlineSettings.selfPaced(selfPaced) }
        return try InlineSettings.dbscan(dbscan ?? "")
    }

    private func show(_ report: Report) throws {
        guard !json else {
            try printJSON(report)
            return
        }
        print("\(report.clusters) clusters, \(report.outliers) outliers, largest \(report.largest), "
            + "\(String(format: "%.2f", report.seconds)) s, peak \(report.peakBytes / 1_048_576) MiB")
        if let agreement = report.oracle {
            print(String(
                format: "oracle's view: purity %.3f, NMI %.3f, pairwise F %.3f", agreement.purity,
                agreement.normalisedMutualInformation, agreement.pairwiseF))
        }
        print("labels: \(out)")
    }
}

/// What clustering came to; the JSON document of `passerby cluster --json`.
private struct Report: Encodable {
    let clusters: Int
    let outliers: Int
    let largest: Int
    let seconds: Double
    let peakBytes: Int
    let oracle: ClusterAgreement?

    init(_ labels: ClusterLabels, _ oracle: ClusterAgreement?, seconds: Double) {
        clusters = labels.clusterCount
        outliers = labels.outlierCount
        largest = labels.sizes.max() ?? 0
        self.seconds = seconds
        peakBytes = peakMemory()
        self.oracle = oracle
    }

    private enum CodingKeys: String, CodingKey {
        case clusters, outliers, largest, seconds, peakBytes = "peak_bytes", oracle
    }
}
