// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Layers
internal import Training

/// Learning from the target alone, or adaptation of a network that an earlier stage has trained on a source.
struct ClusterContrastSettings: StageSettings {
    static let kind = StageKind.adapt
    static let method = "cluster-contrast"
    static let meaning = "Cluster Contrast: one memory with a row for each cluster. Needs no source."

    /// The stage whose first network goes on; nothing for one that begins with the experiment's initial weights.
    var from: String?
    /// A file with a network that goes on, in place of a stage's; empty for none.
    var weights: [String] = []
    /// Of a network that begins: the experiment's backbone where the stage has none of its own, and GeM.
    var backbone: Backbone?
    var pooling: GlobalPooling.Kind?
    /// Images that are normalised together: the authors' four devices had 64 each.
    var imagesPerNormGroup = 64
    var config = ClusterContrast.Config()

    static var fields: [Field<Self>] {
        [
            .stageOrNone(
                "from", \.from,
                meaning:
                    "The earlier stage whose first network goes on. With `none` one begins here with the initial weights."),
            .weights(
                \.weights, "A file with the network to go on with, in place of an earlier stage's: anybody's checkpoint."),
            .backbone(
                \.backbone, "The architecture of a network that begins here, with `from: none`, or of the one in `weights`."),
            .pooling(\.pooling, leftOut: "gem, where the network begins here or is in `weights`"),
            .imagesPerNormGroup(\.imagesPerNormGroup),
        ] + ClusterContrast.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.batch(config.batch, holds: config.instances)
        rules.batch(config.batch, fillsGroupsOf: imagesPerNormGroup)
        rules.epoch(config.iterations, of: config.batch)
        var resolved = self
        if !weights.isEmpty {
            var files = NetworkFiles(paths: weights, backbone: backbone, pooling: pooling)
            let found = rules.given(&files, orOfStage: from != nil, exactly: 1, by: Self.method) { nil }
            (resolved.backbone, resolved.pooling) = (files.backbone, files.pooling)
            return found.map { ClusterContrastStage(settings: resolved, initial: $0) }
        }
        guard let from else {
            resolved.backbone = backbone ?? rules.experiment.backbone
            resolved.pooling = pooling ?? .generalisedMean
            return ClusterContrastStage(settings: resolved, initial: nil)
        }
        for (key, isGiven) in [("backbone", backbone != nil), ("pooling", pooling != nil)] where isGiven {
            rules.report(
                key,
                "'\(key)' goes with from: none or weights, as a network of a stage keeps its own; "
                    + "allowed: one or the other")
        }
        return rules.networksOfOneDomain("from", .named(from)).map {
            ClusterContrastStage(settings: self, initial: GivenNetworks($0.stage, $0.set))
        }
    }
}

extension Field {
    /// The name of an earlier stage, or `none`.
    fileprivate static func stageOrNone(
        _ key: String, _ path: WritableKeyPath<Part, String?>, meaning: KeyMeaning
    ) -> Field {
        Field(key, .reference, path, meaning: meaning, ValueReader<String>.name.map { $0 == "none" ? nil : $0 }) {
            YAMLNode($0 ?? "none")
        }
    }
}

extension ClusterContrast.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .epochs(\.epochs),
            .iterations(\.iterations),
            .batch(\.batch, "Images in a batch."),
            .instances(\.instances, "Images of each cluster in a batch."),
            .rate(\.schedule.rate),
            .milestones(\.schedule.milestones), .weightDecay(\.weightDecay),
            .padding(\.padding),
            .memoryTemperature(\.temperature),
            .memoryMomentum(\.momentum),
            .choice(
                "update", .result, \.update,
                meaning:
                    "What moves a row of the memory: each image of the cluster in turn, or the one that is least like the row."
            ),
            .evaluateEvery(\.evaluateEvery),
        ] + DensityClustering.fields.map { $0.inside(\.clustering) }
    }
}
