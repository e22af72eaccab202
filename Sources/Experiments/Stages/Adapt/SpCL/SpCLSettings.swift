// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Layers
internal import Retrieval
internal import Training

/// Adaptation to the target, or learning from it alone, by self-paced contrastive learning; begins with the experiment's
/// initial weights.
struct SpCLSettings: StageSettings {
    static let kind = StageKind.adapt
    static let method = "spcl"

    /// The experiment's where the stage has none of its own.
    var backbone: Backbone?
    var pooling = GlobalPooling.Kind.average
    /// Images of one domain that are normalised together: the papers' devices had 16 each.
    var imagesPerNormGroup = 16
    var config = SpCL.Config()

    static var fields: [Field<Self>] {
        [
            .choice("backbone", [.result, .cost], \.backbone), .choice("pooling", .result, \.pooling),
            .integer("images_per_norm_group", [.result, .cost], \.imagesPerNormGroup, Limits.batch),
        ] + SpCL.Config.fields.map { $0.inside(\.config) }
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        rules.batch(config.batch, holds: config.instances)
        rules.batch(config.batch, fillsGroupsOf: imagesPerNormGroup)
        rules.epoch(config.iterations, of: config.batch)
        rules.gap(config.gap, around: config.clustering.radius)
        var resolved = self
        resolved.backbone = backbone ?? rules.experiment.backbone
        return SpCLStage(settings: resolved, hasSource: rules.experiment.data.source != nil)
    }
}

extension StageRules {
    fileprivate func gap(_ gap: Double, around radius: Double) {
        guard !SelfPacedSelection.fits(gap: gap, radius: radius) else { return }
        report(
            "eps_gap",
            "\(gap) does not fit an eps of \(radius); allowed: eps - eps_gap at least 0 and eps + eps_gap "
                + "below 1")
    }
}

extension SpCL.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", .result, \.epochs, Limits.epochs),
            .integer("iterations", .result, \.iterations, Limits.iterations),
            .integer("batch", [.result, .cost], \.batch, Limits.batch),
            .integer("instances", [.result, .cost], \.instances, Limits.instances),
            .number("rate", .result, \.schedule.rate, Limits.learningRate),
            .milestones(\.schedule.milestones), .number("weight_decay", .result, \.weightDecay, Limits.weightDecay),
            .integer("padding", .result, \.padding, Limits.padding),
            .number("eps_gap", .result, \.gap, Limits.radius),
            .number("temperature", .result, \.temperature, Limits.temperature),
            .number("momentum", .result, \.momentum, Limits.share),
            .integer("evaluate_every", .reporting, \.evaluateEvery, Limits.optionalEpochs),
        ] + DensityClustering.fields.map { $0.inside(\.clustering) }
    }
}
