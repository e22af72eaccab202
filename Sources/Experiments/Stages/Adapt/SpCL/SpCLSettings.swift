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
    static let meaning =
        "SpCL, self-paced contrastive learning: one memory of source identities, clusters and single images. Needs no pre-training, and with `data.source: none` no source."

    /// The experiment's where the stage has none of its own.
    var backbone: Backbone?
    var pooling = GlobalPooling.Kind.average
    /// Images of one domain that are normalised together: the papers' devices had 16 each.
    var imagesPerNormGroup = 16
    var config = SpCL.Config()

    static var fields: [Field<Self>] {
        [
            .backbone(\.backbone, "The architecture of the network."), .pooling(\.pooling),
            .imagesPerNormGroup(\.imagesPerNormGroup),
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
            .epochs(\.epochs),
            .iterations(\.iterations),
            .batch(\.batch, "Images of each domain in a batch."),
            .instances(\.instances, "Images of each identity, or cluster, in a batch."),
            .rate(\.schedule.rate),
            .milestones(\.schedule.milestones), .weightDecay(\.weightDecay),
            .padding(\.padding),
            .number(
                "eps_gap", .result, \.gap, Limits.radius,
                meaning: "How much the radius shrinks and grows to see which clusters stay what they are."),
            .memoryTemperature(\.temperature),
            .memoryMomentum(\.momentum),
            .evaluateEvery(\.evaluateEvery),
        ] + DensityClustering.fields.map { $0.inside(\.clustering) }
    }
}
