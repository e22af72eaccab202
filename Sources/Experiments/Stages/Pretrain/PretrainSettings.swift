// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Layers
internal import Training

/// Which images pre-training sees.
enum PretrainingImages: String, Sendable, CaseIterable {
    /// The source's own: direct transfer.
    case source
    /// The source's, translated to the target by an earlier stage.
    case translated
}

/// Training on labelled images.
struct PretrainSettings: StageSettings {
    static let kind = StageKind.pretrain
    static let method = "source-pretraining"

    var images = PretrainingImages.translated
    /// The experiment's where the stage has none of its own.
    var backbone: Backbone?
    /// GeM as in the report where it is left out; MMT has the average.
    var pooling: GlobalPooling.Kind?
    /// How many networks are trained, each from a seed of its own; MMT+ starts from two.
    var networks = 2
    /// Images that are normalised together, 16 on each of the papers' four cards; nothing for the whole batch.
    var imagesPerNormGroup: Int?
    /// The stage that translates, where there are several.
    var from = StageReference.latest
    var config = SourcePretraining.Config()

    static var fields: [Field<Self>] {
        [
            .choice("images", .result, \.images), .choice("backbone", [.result, .cost], \.backbone),
            .choice("pooling", .result, \.pooling),
            .integer("networks", .result, \.networks, Limits.networks), .reference("from", \.from),
            .integer("images_per_norm_group", [.result, .cost], \.imagesPerNormGroup, Limits.batch),
        ] + SourcePretraining.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.requireSource()
        rules.batch(config.batch, holds: config.instances)
        rules.epoch(config.iterations, of: config.batch)
        if let imagesPerNormGroup { rules.batch(config.batch, fillsGroupsOf: imagesPerNormGroup) }
        var resolved = self
        resolved.backbone = backbone ?? rules.experiment.backbone
        switch images {
        case .source:
            if from != .latest {
                rules.report("from", "'from' goes with images: translated; allowed: one or the other")
            }
            return PretrainStage(settings: resolved, translated: nil)
        case .translated:
            guard let found = rules.images("from", from) else { return nil }
            resolved.from = .named(found.stage)
            return PretrainStage(settings: resolved, translated: found)
        }
    }
}

extension SourcePretraining.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", .result, \.epochs, Limits.epochs),
            .integer("iterations", .result, \.iterations, Limits.iterations),
            .integer("batch", [.result, .cost], \.batch, Limits.batch),
            .integer("instances", [.result, .cost], \.instances, Limits.instances),
            .number("rate", .result, \.schedule.rate, Limits.learningRate),
            .integer("warmup", .result, \.schedule.warmup, Limits.optionalEpochs),
            .milestones(\.schedule.milestones), .number("weight_decay", .result, \.weightDecay, Limits.weightDecay),
            .boolean("auto_augment", [.result, .cost], \.autoAugment),
            .integer("padding", .result, \.padding, Limits.padding),
            .boolean("target_forward", [.result, .cost], \.targetForward),
            .integer("evaluate_every", .reporting, \.evaluateEvery, Limits.optionalEpochs),
        ]
    }
}

extension Field {
    /// The epochs after which a rate falls.
    static func milestones(_ path: WritableKeyPath<Part, [Int]>) -> Field {
        .integers("milestones", .result, path, Limits.optionalEpochs, count: Limits.milestones)
    }
}
