// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Layers
internal import Training

/// Learning from the target alone, or adaptation of a network that an earlier stage has trained on a source.
struct ClusterContrastSettings: StageSettings {
    static let kind = StageKind.adapt
    static let method = "cluster-contrast"

    /// The stage whose first network goes on; nothing for one that begins with the experiment's initial weights.
    var from: String?
    /// Of a network that begins: the experiment's backbone where the stage has none of its own, and GeM.
    var backbone: Backbone?
    var pooling: GlobalPooling.Kind?
    /// Images that are normalised together: the authors' four devices had 64 each.
    var imagesPerNormGroup = 64
    var config = ClusterContrast.Config()

    static var fields: [Field<Self>] {
        [
            .stageOrNone("from", \.from), .choice("backbone", [.result, .cost], \.backbone),
            .choice("pooling", .result, \.pooling),
            .integer("images_per_norm_group", [.result, .cost], \.imagesPerNormGroup, Limits.batch),
        ] + ClusterContrast.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.batch(config.batch, holds: config.instances)
        rules.batch(config.batch, fillsGroupsOf: imagesPerNormGroup)
        rules.epoch(config.iterations, of: config.batch)
        guard let from else {
            var resolved = self
            resolved.backbone = backbone ?? rules.experiment.backbone
            resolved.pooling = pooling ?? .generalisedMean
            return ClusterContrastStage(settings: resolved, initial: nil)
        }
        for (key, isGiven) in [("backbone", backbone != nil), ("pooling", pooling != nil)] where isGiven {
            rules.report(
                key,
                "'\(key)' goes with from: none, as a network that goes on keeps its own; "
                    + "allowed: one or the other")
        }
        return rules.networksOfOneDomain("from", .named(from)).map { ClusterContrastStage(settings: self, initial: $0) }
    }
}

extension Field {
    /// The name of an earlier stage, or `none`.
    fileprivate static func stageOrNone(_ key: String, _ path: WritableKeyPath<Part, String?>) -> Field {
        Field(key, .reference, path, ValueReader<String>.name.map { $0 == "none" ? nil : $0 }) { YAMLNode($0 ?? "none") }
    }
}

extension ClusterContrast.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", .result, \.epochs, Limits.epochs),
            .integer("iterations", .result, \.iterations, Limits.iterations),
            .integer("batch", [.result, .cost], \.batch, Limits.batch),
            .integer("instances", [.result, .cost], \.instances, Limits.instances),
            .number("rate", .result, \.schedule.rate, Limits.learningRate),
            .milestones(\.schedule.milestones), .number("weight_decay", .result, \.weightDecay, Limits.weightDecay),
            .integer("padding", .result, \.padding, Limits.padding),
            .number("temperature", .result, \.temperature, Limits.temperature),
            .number("momentum", .result, \.momentum, Limits.share), .choice("update", .result, \.update),
            .integer("evaluate_every", .reporting, \.evaluateEvery, Limits.optionalEpochs),
        ] + DensityClustering.fields.map { $0.inside(\.clustering) }
    }
}
