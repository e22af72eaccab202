// SPDX-License-Identifier: MIT

internal import Training

/// Adaptation of two networks to the target by mutual mean-teaching.
struct MMTSettings: StageSettings {
    static let kind = StageKind.adapt
    static let method = "mmt"
    static let meaning = "MMT, mutual mean-teaching: two networks that teach each other through their running averages."

    /// The stage whose networks are adapted.
    var from = StageReference.latest
    var files = NetworkFiles()
    /// Images that are normalised together: the authors' four devices had 16 each.
    var imagesPerNormGroup = 16
    var config = MMT.Config()

    static var fields: [Field<Self>] {
        [
            .twins(\.from)
        ] + NetworkFiles.fields.map { $0.inside(\.files) } + [
            .imagesPerNormGroup(\.imagesPerNormGroup)
        ] + MMT.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.batch(config.batch, holds: config.instances)
        rules.batch(config.batch, holdsNegativesBeside: config.instances)
        rules.batch(config.batch, fillsGroupsOf: imagesPerNormGroup)
        rules.clusters(config.clustering, fill: config.batch, of: config.instances)
        rules.epoch(config.iterations, of: config.batch)
        var resolved = self
        guard let found = rules.twins(&resolved.files, or: from, of: Self.method) else { return nil }
        resolved.from = found.reference
        return MMTStage(settings: resolved, initial: found)
    }
}

extension MMT.Config: Configurable, AdaptationNumbers {
    static var fields: [Field<Self>] {
        Field.adaptation + [
            .meanDecay(\.meanDecay),
            .softClassification(\.softClassification),
            .softTriplet(\.softTriplet),
            .evaluateEvery(\.evaluateEvery),
        ] + EpochClustering.fields(density).map { $0.inside(\.clustering) }
    }
}
