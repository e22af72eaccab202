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
    static let meaning = "Training on the labelled images of the source, or on their translations."

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
            .choice(
                "images", .result, \.images,
                meaning: "Whether the source's own images are learnt from, which is direct transfer, or their translations."),
            .backbone(\.backbone, "The architecture of the networks."),
            .pooling(\.pooling, leftOut: "gem"),
            .integer(
                "networks", .result, \.networks, Limits.networks,
                meaning: KeyMeaning(
                    "How many networks are trained, each from drawings of its own. MMT and MMT+ need two.", unit: "networks")
            ),
            .reference(
                "from", \.from,
                meaning: KeyMeaning(
                    "The earlier stage that translates, with `images: translated`.",
                    leftOut: "the latest stage that translates")),
            .imagesPerNormGroup(\.imagesPerNormGroup, leftOut: "all images of a batch"),
        ] + SourcePretraining.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.requireSource()
        rules.batch(config.batch, holds: config.instances)
        rules.batch(config.batch, holdsNegativesBeside: config.instances)
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
            .epochs(\.epochs),
            .iterations(\.iterations),
            .batch(\.batch, "Images of each domain in a batch."),
            .instances(\.instances, "Images of each identity in a batch."),
            .rate(\.schedule.rate),
            .warmup(\.schedule.warmup),
            .milestones(\.schedule.milestones), .weightDecay(\.weightDecay),
            .boolean(
                "auto_augment", [.result, .cost], \.autoAugment,
                meaning: "Whether images are changed by the AutoAugment policy too."),
            .padding(\.padding),
            .boolean(
                "target_forward", [.result, .cost], \.targetForward,
                meaning: "Whether the target's images pass through the network too, so that its normalisation knows them."),
            .evaluateEvery(\.evaluateEvery),
        ]
    }
}
