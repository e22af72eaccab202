// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Data
internal import Training

/// What is done at test time.
struct PostprocessSettings: StageSettings {
    static let kind = StageKind.postprocess
    static let method = "post-processing"

    /// The stages whose networks are tested, those of several as one ensemble.
    var from = [StageReference.latest]
    var flip = true
    var ensemble = true
    var camera: CameraSettings? = CameraSettings()
    var reRanking: PostProcessing.ReRanking? = PostProcessing.ReRanking()
    /// Whether the target's test set is ranked as the last row is, for a challenge that scores it.
    var submission = false

    static var fields: [Field<Self>] {
        [
            .references("from", \.from), .boolean("flip", .result, \.flip), .boolean("ensemble", .result, \.ensemble),
            .switchable("camera", \.camera), .switchable("rerank", \.reRanking),
            // Left out where there is none, so that keys are those of a time without submissions.
            Field("submission", .result, \.submission, .boolean) { $0 ? YAMLNode(true) : nil },
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
                    "'\(target.rawValue)' does not say which camera took an image; "
                        + "allowed: camera: false")
            }
            resolved.camera?.backbone = camera.backbone ?? rules.experiment.backbone
        }
        if from.count > 1, !ensemble {
            rules.report(
                "ensemble", "the networks of \(from.count) stages are tested as one ensemble; allowed: ensemble: true")
        }
        if submission { requireTestSet(under: rules) }
        let found = from.compactMap { rules.networks("from", $0) }
        guard found.count == from.count else { return nil }
        resolved.from = found.map { .named($0.stage) }
        let names = found.map(\.stage)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            rules.report("from", "'\(twice)' is named twice; allowed: each stage once")
        }
        return PostprocessStage(settings: resolved, tested: found)
    }

    /// A drawn world has a test set where it is asked for one. Whether a dataset's is on this machine is seen when it is
    /// listed.
    private func requireTestSet(under rules: StageRules) {
        let data = rules.experiment.data
        switch data.location {
        case .synthetic(let world) where world.target.testIdentities == nil:
            rules.report(
                "submission",
                "the drawn world has no test set; allowed: submission: false, or test_identities in data.location's target")
        case .folder where !data.target.dataset.definition.hasTestSet:
            let others = TargetDataset.allCases.filter(\.dataset.definition.hasTestSet).map(\.rawValue)
            rules.report(
                "submission",
                "'\(data.target.rawValue)' has no test set whose people nobody knows; allowed: submission: false, or as "
                    + "data.target \(others.joined(separator: ", "))")
        case .synthetic, .folder: break
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
            .number("weight", .result, \.weight, Limits.cameraWeight),
            .choice("backbone", [.result, .cost], \.backbone),
        ] + CameraNetwork.Config.fields.map { $0.inside(\.config) }
    }
}

extension CameraNetwork.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", .result, \.epochs, Limits.epochs),
            .integer("iterations", .result, \.iterations, Limits.iterations),
            .integer("batch", [.result, .cost], \.batch, Limits.batch),
            .number("rate", .result, \.schedule.rate, Limits.learningRate),
            .integer("warmup", .result, \.schedule.warmup, Limits.optionalEpochs), .milestones(\.schedule.milestones),
            .number("weight_decay", .result, \.weightDecay, Limits.weightDecay),
            .integer("padding", .result, \.padding, Limits.padding),
        ]
    }
}

extension PostProcessing.ReRanking: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("k1", .result, \.neighbours, Limits.neighbours),
            .integer("k2", .result, \.expansion, Limits.neighbours),
            .number("lambda", .result, \.originalWeight, Limits.share),
        ]
    }
}
