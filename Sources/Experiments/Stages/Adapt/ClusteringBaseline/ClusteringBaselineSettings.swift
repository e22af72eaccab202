// SPDX-License-Identifier: MIT

internal import Configuration
internal import Training

/// Adaptation of one network to the target by its own clusters.
struct ClusteringBaselineSettings: StageSettings {
    static let kind = StageKind.adapt
    static let method = "clustering-baseline"
    static let meaning = "The plain baseline: one network that is trained on its own clusters."

    /// The stage whose first network is adapted.
    var from = StageReference.latest
    var files = NetworkFiles()
    /// Images that are normalised together, 16 on each of the papers' four cards; nothing for all of a batch, or of its
    /// half.
    var imagesPerNormGroup: Int?
    var config = ClusteringBaseline.Config()

    static var fields: [Field<Self>] {
        [
            .reference(
                "from", \.from,
                meaning: KeyMeaning(
                    "The earlier stage whose first network is adapted.", leftOut: "the latest stage that leaves networks"))
        ] + NetworkFiles.fields.map { $0.inside(\.files) } + [
            .imagesPerNormGroup(\.imagesPerNormGroup, leftOut: "all images of a batch")
        ] + ClusteringBaseline.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.batch(config.batch, holds: config.instances)
        rules.batch(config.batch, holdsNegativesBeside: config.instances)
        rules.clusters(config.clustering, fill: config.batch, of: config.instances)
        if let imagesPerNormGroup { rules.batch(config.batch, fillsGroupsOf: imagesPerNormGroup) }
        rules.epoch(config.iterations, of: config.batch)
        var resolved = self
        let found = rules.given(&resolved.files, orOfStage: from != .latest, exactly: 1, by: Self.method) {
            rules.networksOfOneDomain("from", from)
        }
        guard let found else { return nil }
        resolved.from = found.reference
        return ClusteringBaselineStage(settings: resolved, initial: found)
    }
}

extension ClusteringBaseline.Config: Configurable, AdaptationNumbers {
    static var fields: [Field<Self>] {
        Field.adaptation + [
            .evaluateEvery(\.evaluateEvery)
        ] + EpochClustering.fields(density).map { $0.inside(\.clustering) }
    }
}
