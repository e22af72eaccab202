// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Data
internal import Training

/// What is done at test time.
struct PostprocessSettings: StageSettings {
    static let kind = StageKind.postprocess
    static let method = "post-processing"
    static let meaning =
        "What is done at test time, each step scored on top of the ones before: mirror images, an ensemble, cameras, re-ranking."

    /// The stages whose networks are tested, those of several as one ensemble.
    var from = [StageReference.latest]
    var files = NetworkFiles()
    var flip = true
    var ensemble = true
    var camera: CameraSettings? = CameraSettings()
    var reRanking: PostProcessing.ReRanking? = PostProcessing.ReRanking()
    /// Whether the target's test set is ranked as the last row is, for a challenge that scores it.
    var submission = false

    static var fields: [Field<Self>] {
        [
            .references(
                "from", \.from,
                meaning: KeyMeaning(
                    "The earlier stage whose networks are tested, or a list of stages, whose networks are one ensemble.",
                    leftOut: "the latest stage that leaves networks"))
        ] + NetworkFiles.fields.map { $0.inside(\.files) } + [
            .boolean(
                "flip", .result, \.flip, meaning: "Whether an image's embedding is averaged with that of its mirror image."),
            .boolean(
                "ensemble", .result, \.ensemble, meaning: "Whether the embeddings of all networks are put side by side."),
            .switchable(
                "camera", \.camera,
                meaning: "A network that tells cameras apart, whose distances are subtracted. `false` for none."),
            .switchable("rerank", \.reRanking, meaning: "k-reciprocal re-ranking. `false` for none."),
            .boolean(
                "submission", .result, \.submission,
                meaning:
                    "Whether the target's test set, whose people nobody knows, is ranked and written as VisDA-2020 takes it."
            ).leftOutOfKeys(where: false),
        ]
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        var resolved = self
        if let camera {
            rules.epoch(camera.config.iterations, of: camera.config.batch, at: "camera")
            let target = rules.experiment.data.target
            if !target.dataset.definition.hasCameras {
                rules.report(
                    "camera",
                    "'\(target.name)' does not say which camera took an image; "
                        + "allowed: camera: false")
            }
            resolved.camera?.backbone = camera.backbone ?? rules.experiment.backbone
        }
        if from.count > 1, !ensemble {
            rules.report(
                "ensemble", "the networks of \(from.count) stages are tested as one ensemble; allowed: ensemble: true")
        }
        if submission { requireTestSet(under: rules) }
        guard let found = rules.given(&resolved.files, or: from, by: Self.method) else { return nil }
        resolved.from = found.map(\.reference)
        return PostprocessStage(settings: resolved, tested: found)
    }

    /// A drawn world has a test set where it is asked for one. Whether a dataset's is on this machine is seen when it is
    /// listed.
    private func requireTestSet(under rules: StageRules) {
        let data = rules.experiment.data
        if let world = data.drawnWorld {
            guard world.target.testIdentities == nil else { return }
            rules.report(
                "submission",
                "the drawn world has no test set; allowed: submission: false, or test_identities in data.location's target")
        } else if !data.target.dataset.definition.hasTestSet {
            let others = TargetDataset.allCases.filter(\.dataset.definition.hasTestSet).map(\.rawValue)
            rules.report(
                "submission",
                "'\(data.target.name)' has no test set whose people nobody knows; allowed: submission: false, or as "
                    + "data.target \(others.joined(separator: ", "))")
        }
    }
}

/// The camera network and the weight of its distances.
struct CameraSettings: Sendable, Configurable {
    var weight = 0.1
    /// The experiment's where the camera network has none of its own.
    var backbone: Backbone?
    var config = CameraNetwork.Config()

    static var fields: [Field<Self>] {
        [
            .number(
                "weight", .result, \.weight, Limits.cameraWeight,
                meaning: "How much of the camera network's distances is subtracted."),
            .backbone(\.backbone, "The architecture of the camera network."),
        ] + CameraNetwork.Config.fields.map { $0.inside(\.config) }
    }
}

extension CameraNetwork.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .epochs(\.epochs),
            .iterations(\.iterations),
            .batch(\.batch, "Images in a batch."),
            .rate(\.schedule.rate),
            .warmup(\.schedule.warmup), .milestones(\.schedule.milestones),
            .weightDecay(\.weightDecay),
            .padding(\.padding),
        ]
    }
}

extension PostProcessing.ReRanking: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer(
                "k1", .result, \.neighbours, Limits.neighbours,
                meaning: KeyMeaning("Neighbours that re-ranking compares.", unit: "images", symbol: "k₁")),
            .integer(
                "k2", .result, \.expansion, Limits.neighbours,
                meaning: KeyMeaning("Neighbours whose encodings are averaged.", unit: "images", symbol: "k₂")),
            .number(
                "lambda", .result, \.originalWeight, Limits.share,
                meaning: KeyMeaning("Share of the original distance. The Jaccard distance has the rest.", symbol: "λ")),
        ]
    }
}
