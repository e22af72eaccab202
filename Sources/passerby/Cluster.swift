// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Randomness
internal import Reporting
internal import Retrieval

struct Cluster: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pseudo labels of a feature file, from any framework.",
        discussion: """
            A safetensors or .npz file with features [N, D], whose rows are brought to length 1; labels [N] are written, -1 for \
            outliers. Where the file has ids, purity, NMI and pairwise F are printed too: an oracle's view, which no \
            unsupervised method has.
            """)

    @Option(help: "The feature file.") var features: String
    @Option(help: "Neighbours of the Jaccard distance.", within: Limits.clusteringNeighbours)
    var k1 = 30
    @Option(help: "Neighbours that are averaged.", within: Limits.neighbours) var k2 = 6
    @Option(help: ArgumentHelp("Cluster by density (the default).", valueName: "eps=0.6,min=4")) var dbscan: String?
    @Option(help: ArgumentHelp("Keep reliable clusters only.", valueName: "eps=0.6,gap=0.02,min=4"))
    var selfPaced: String?
    @Option(help: "Cluster into so many by k-means.", within: Limits.clusters) var kmeans: Int?
    @Option(
        help: """
            Search approximately: file each row in so many of √N cells, and report how many true neighbours that found. \
            For more rows than an exact search has time for; 8 is a good number.
            """, within: Limits.probes)
    var probes: Int?
    @Option(help: "Seed of k-means and of the cells.", within: Limits.seed) var seed: UInt64 = 1
    @Option(help: "Where labels are written: .safetensors, .npz or .csv.") var out: String
    @OptionGroup var memory: MemoryArguments
    @Flag(help: "Print one JSON document.") var json = false

    mutating func validate() throws {
        guard kmeans == nil || probes == nil else {
            throw ValidationError("--probes belongs to the Jaccard distance, which --kmeans does not use")
        }
        guard [dbscan != nil, selfPaced != nil, kmeans != nil].count(where: \.self) <= 1 else {
            throw ValidationError("--dbscan, --self-paced and --kmeans exclude each other")
        }
    }

    func run() throws {
        let output = try OutputPath(out, option: "--out", inputs: [features], formats: FeatureFile.labelEndings)
        let (choice, random) = (try choice(), RandomKey(seed: seed))
        let search = probes.map { SearchStrategy.approximate(InvertedFile(probeCount: $0, key: random)) }
        let jaccard = ClusteringJaccard(neighbours: k1, expansion: k2, search: search ?? .exact)
        let shape = try FeatureFile.shape(of: features)
        try memory.check(choice.memory(shape, jaccard: jaccard), for: "\(counted(shape.count, "row")) of \(shape.dimension)")
        let set = try FeatureFile.embeddings(features)
        if let note = neighbourNote(choice, rows: shape.count) { StandardError().write("note: \(note)\n") }
        let start = ContinuousClock.now
        let clustering = try withSearchProgress("cluster") {
            try choice.cluster(set.features, jaccard: jaccard, random: random, progress: $0)
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        try output.write { try FeatureFile.write(clustering.labels, to: $0) }
        let agreement = try set.identities.map { try ClusterAgreement(of: clustering.labels, with: $0) }
        let parameters = ClusteringParameters(choice, jaccard, probes: probes, seed: seed)
        try show(
            Report(clustering, agreement, seconds: seconds, of: (features, shape.count, shape.dimension), out, parameters))
    }

    /// What is to be said where all rows are neighbours of one another, so that nothing tells them apart.
    func neighbourNote(_ choice: ClusteringChoice, rows: Int) -> String? {
        if case .kMeans = choice { return nil }
        return k1 >= rows ? "--k1 \(k1): there are \(counted(rows, "row")), and all of them are neighbours of each" : nil
    }

    func choice() throws -> ClusteringChoice {
        if let kmeans { return .kMeans(clusters: kmeans) }
        if let selfPaced { return try InlineSettings.selfPaced(selfPaced) }
        return try InlineSettings.dbscan(dbscan)
    }

    private func show(_ report: Report) throws {
        guard !json else {
            try printJSON(report)
            return
        }
        print(
            "\(counted(report.clusters, "cluster")), \(counted(report.outliers, "outlier")), "
                + "sizes \(report.smallest) to \(report.largest), "
                + "\(String(format: "%.2f", report.seconds)) s, peak \(report.peakBytes / 1_048_576) MiB")
        if let recall = report.recall {
            print(String(format: "approximate search: %.1f %% of the true neighbours found (sample)", 100 * recall))
        }
        if let agreement = report.oracle {
            print(
                String(
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
    let smallest: Int
    let seconds: Double
    let peakBytes: Int
    let recall: Double?
    let oracle: ClusterAgreement?
    let features: String
    let rows: Int
    let dimension: Int
    let labels: String
    let clustering: ClusteringParameters

    init(
        _ clustering: Clustering, _ oracle: ClusterAgreement?, seconds: Double,
        of features: (path: String, rows: Int, dimension: Int), _ labels: String, _ parameters: ClusteringParameters
    ) {
        let sizes = clustering.labels.sizes
        clusters = clustering.labels.clusterCount
        outliers = clustering.labels.outlierCount
        largest = sizes.max() ?? 0
        smallest = sizes.min() ?? 0
        self.seconds = seconds
        recall = clustering.recall
        peakBytes = peakMemory()
        self.oracle = oracle
        (self.features, rows, dimension) = features
        self.labels = labels
        self.clustering = parameters
    }

    private enum CodingKeys: String, CodingKey {
        case clusters, outliers, largest, smallest, seconds, peakBytes = "peak_bytes", recall, oracle
        case features, rows, dimension, labels, clustering
    }
}
