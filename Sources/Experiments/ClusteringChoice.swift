// SPDX-License-Identifier: MIT

internal import Configuration
public import Methods
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
    ///   - neighbours, expansion: k₁ and k₂ of the Jaccard distance.
    /// - Returns: `[N]`, −1 for outliers.
    public func labels(
        of features: Features<UnitNorm>, neighbours: Int, expansion: Int, random: RandomKey
    ) throws -> ClusterLabels {
        let jaccard = ClusteringJaccard(neighbours: neighbours, expansion: expansion)
        switch self {
        case .dbscan(let radius, let minimumPoints):
            return try DBSCAN(radius: Float(radius), minimumPoints: minimumPoints)
                .labels(of: jaccard.distances(of: features, within: Float(radius)))
        case .selfPaced(let radius, let gap, let minimumPoints):
            let selection = SelfPacedSelection(
                radius: Float(radius), gap: Float(gap), minimumPoints: minimumPoints)
            let distances = try jaccard.distances(of: features, within: selection.largestRadius)
            return selection.select(from: distances, independenceThreshold: nil).labels
        case .kMeans(let clusters):
            return try KMeans(clusterCount: clusters).clusters(of: features, key: random).labels
        }
    }
}

/// Settings written in one argument, `k1=30,k2=6,lambda=0.3`, with the defaults and the reports of experiment files.
public enum InlineSettings {
    /// - Throws: `ConfigurationError`.
    public static func reRanking(_ text: String) throws -> PostProcessing.ReRanking {
        try read(text)
    }

    /// `eps=0.6,min=4`.
    public static func dbscan(_ text: String) throws -> ClusteringChoice {
        let settings: DensitySettings = try read(text)
        return .dbscan(radius: settings.radius, minimumPoints: settings.minimumPoints)
    }

    /// `eps=0.6,gap=0.02,min=4`.
    public static func selfPaced(_ text: String) throws -> ClusteringChoice {
        let settings: SelfPacedSettings = try read(text)
        guard settings.gap <= settings.density.radius, settings.gap + settings.density.radius < 1 else {
            let problem = Problem.Kind.conflict(
                "gap \(settings.gap) does not fit eps \(settings.density.radius); allowed: eps - gap at least 0 and "
                    + "eps + gap below 1")
            throw ConfigurationError([Problem(problem, at: SourceSpan(file: "'\(text)'", line: 1, column: 1))])
        }
        return .selfPaced(
            radius: settings.density.radius, gap: settings.gap, minimumPoints: settings.density.minimumPoints)
    }

    private static func read<Part: Configurable>(_ text: String) throws -> Part {
        let assignments = text.split(separator: ",").map(String.init)
        let tree = try Document.overriding(YAMLNode(.mapping([])), with: assignments)
        let problems = ProblemCollector()
        let part = Part.reader.value(tree, at: "", problems)
        try problems.check()
        return part ?? Part()
    }
}

private struct DensitySettings: Configurable {
    var radius = 0.6
    var minimumPoints = 4

    static var fields: [Field<Self>] {
        [.number("eps", \.radius, .number(above: 0, below: 1)), .integer("min", \.minimumPoints, 1...)]
    }
}

private struct SelfPacedSettings: Configurable {
    var density = DensitySettings()
    var gap = 0.02

    static var fields: [Field<Self>] {
        DensitySettings.fields.map { $0.inside(\.density) } + [.number("gap", \.gap, .number(above: 0, below: 1))]
    }
}
