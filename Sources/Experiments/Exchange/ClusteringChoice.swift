// SPDX-License-Identifier: MIT

internal import Configuration
public import Randomness
public import Retrieval

/// How a feature file is clustered.
public enum ClusteringChoice: Sendable, Equatable {
    /// DBSCAN on the Jaccard distance.
    case dbscan(radius: Double, minimumPoints: Int)
    /// SpCL's selection of reliable clusters, on the Jaccard distance.
    case selfPaced(radius: Double, gap: Double, minimumPoints: Int)
    /// k-means on the embeddings.
    case kMeans(clusters: Int)

    /// - Parameters:
    ///   - jaccard: The distance that `dbscan` and `selfPaced` take.
    ///   - random: What k-means begins with.
    ///   - progress: Told how much of the neighbours' search is done; k-means tells nothing.
    public func cluster(
        _ features: Features<UnitNorm>, jaccard: ClusteringJaccard, random: RandomKey, progress: ProgressHandler? = nil
    ) throws -> Clustering {
        switch self {
        case .dbscan(let radius, let minimumPoints):
            let (distances, recall) = try distances(features, jaccard, within: Float(radius), progress)
            let labels = DBSCAN(radius: Float(radius), minimumPoints: minimumPoints).labels(of: distances)
            return Clustering(labels: labels, recall: recall)
        case .selfPaced(let radius, let gap, let minimumPoints):
            let selection = SelfPacedSelection(radius: radius, gap: gap, minimumPoints: minimumPoints)
            let (distances, recall) = try distances(features, jaccard, within: selection.largestRadius, progress)
            let labels = selection.select(from: distances, independenceThreshold: nil).labels
            return Clustering(labels: labels, recall: recall)
        case .kMeans(let clusters):
            let labels = try KMeans(clusterCount: clusters).clusters(of: features, key: random).labels
            return Clustering(labels: labels, recall: nil)
        }
    }

    /// What it will need at its peak.
    ///
    /// - Parameters:
    ///   - shape: `[N, D]` of the features.
    public func memory(_ shape: (count: Int, dimension: Int), jaccard: ClusteringJaccard) -> MemoryForecast {
        switch (self, jaccard.search) {
        case (.kMeans(let clusters), _):
            .kMeans(count: shape.count, dimension: shape.dimension, clusterCount: clusters)
        case (_, .exact), (_, .delegated):
            .clustering(count: shape.count, dimension: shape.dimension, neighbours: jaccard.neighbours)
        case (_, .approximate(let file)):
            .approximateClustering(
                count: shape.count, dimension: shape.dimension, neighbours: jaccard.neighbours, file: file)
        }
    }

    private func distances(
        _ features: Features<UnitNorm>, _ jaccard: ClusteringJaccard, within radius: Float,
        _ progress: ProgressHandler?
    ) throws -> (SparseDistances, recall: Double?) {
        let table = try jaccard.neighbours(of: features, progress: progress)
        var recall: Double?
        if case .approximate(let file) = jaccard.search { recall = try file.recall(of: table, in: features) }
        return (try jaccard.distances(of: features, among: table, within: radius), recall)
    }
}

/// Pseudo labels and how they were come by.
public struct Clustering: Sendable {
    /// `[N]`, −1 for outliers.
    public let labels: ClusterLabels
    /// The share of true neighbours that an approximate search found, measured on a sample of rows; `nil` where the
    /// search was exact.
    public let recall: Double?
}

/// Settings written in one argument, `k1=30,k2=6,lambda=0.3`, with the defaults and the reports of experiment files.
public enum InlineSettings {
    /// - Throws: `ConfigurationError`.
    public static func reRanking(_ text: String) throws -> PostProcessing.ReRanking {
        try read(text)
    }

    /// `eps=0.6,min=4`; nothing for the defaults.
    public static func dbscan(_ text: String?) throws -> ClusteringChoice {
        let settings: DensitySettings = try text.map(read) ?? DensitySettings()
        return .dbscan(radius: settings.radius, minimumPoints: settings.minimumPoints)
    }

    /// `eps=0.6,gap=0.02,min=4`.
    public static func selfPaced(_ text: String) throws -> ClusteringChoice {
        let settings: SelfPacedSettings = try read(text)
        guard SelfPacedSelection.fits(gap: settings.gap, radius: settings.density.radius) else {
            let problem = Problem.Kind.conflict(
                "gap \(settings.gap) does not fit eps \(settings.density.radius); allowed: eps - gap at least 0 and "
                    + "eps + gap below 1")
            throw ConfigurationError([Problem(problem, at: SourceSpan(file: "'\(text)'", line: 1, column: 1))])
        }
        return .selfPaced(
            radius: settings.density.radius, gap: settings.gap, minimumPoints: settings.density.minimumPoints)
    }

    private static func read<Part: Configurable>(_ text: String) throws -> Part {
        let assignments = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let tree = try Document.overriding(YAMLNode(.mapping([])), with: assignments)
        let problems = ProblemCollector()
        let part = Part.reader.value(tree, at: "", problems)
        try problems.check()
        return part ?? Part()
    }
}

struct DensitySettings: Configurable {
    var radius = 0.6
    var minimumPoints = 4

    static var fields: [Field<Self>] {
        [
            .number("eps", .result, \.radius, Limits.radius, meaning: KeyMeaning("The radius of DBSCAN.", symbol: "ε")),
            .integer(
                "min", .result, \.minimumPoints, Limits.minimumPoints,
                meaning: "Rows within the radius that make one the core of a cluster, itself included."),
        ]
    }
}

struct SelfPacedSettings: Configurable {
    var density = DensitySettings()
    var gap = 0.02

    static var fields: [Field<Self>] {
        DensitySettings.fields.map { $0.inside(\.density) } + [
            .number(
                "gap", .result, \.gap, Limits.radius,
                meaning: "How much the radius shrinks and grows to see which clusters stay what they are.")
        ]
    }
}
