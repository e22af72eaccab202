// SPDX-License-Identifier: MIT

internal import Configuration
internal import Data
internal import Methods

/// What stages need of each other and of the experiment; fills in the names of earlier stages that are left out.
struct StageRules {
    private let draft: ExperimentDraft
    private let problems: ProblemCollector

    init(_ draft: ExperimentDraft, _ problems: ProblemCollector) {
        self.draft = draft
        self.problems = problems
    }

    /// The stages with their references resolved; every broken rule is reported.
    func resolvedStages() -> [Experiment.NamedStage] {
        if draft.stages.isEmpty {
            problems.report(.conflict("no stages; allowed: one or more"), at: draft.imagePlace.span, keyPath: "stages")
        }
        var earlier: [Experiment.NamedStage] = []
        for item in draft.stages {
            let rules = OneStageRules(item.name, places: item.value.places, earlier: earlier, draft, problems)
            earlier.append(.init(name: item.name.value, choice: rules.resolved(item.value.settings)))
        }
        return earlier
    }
}

/// The rules of one stage.
private struct OneStageRules {
    let name: Located<String>
    let places: [String: Located<String>]
    let earlier: [Experiment.NamedStage]
    let draft: ExperimentDraft
    let problems: ProblemCollector

    init(
        _ name: Located<String>, places: [String: Located<String>], earlier: [Experiment.NamedStage],
        _ draft: ExperimentDraft, _ problems: ProblemCollector
    ) {
        self.name = name
        self.places = places
        self.earlier = earlier
        self.draft = draft
        self.problems = problems
    }

    func resolved(_ choice: StageChoice) -> StageChoice {
        switch choice {
        case .pretrain(var settings):
            batch(settings.config.batch, holds: settings.config.instances)
            epoch(settings.config.iterations, of: settings.config.batch)
            switch settings.images {
            case .translated: settings.from = reference("from", settings.from, to: .translate)
            case .source where !settings.from.isEmpty:
                report("from", "'from' goes with images: translated; allowed: one or the other")
            case .source: break
            }
            return .pretrain(settings)
        case .translate(var settings):
            batch(settings.config.batch, holds: settings.config.instances)
            epoch(settings.config.iterations, of: settings.config.batch)
            settings.encoder = reference("encoder", settings.encoder, to: .pretrain)
            let (constant, decaying) = (settings.config.schedule.constant, settings.config.schedule.decaying)
            if constant + decaying < settings.config.epochs {
                report("epochs", "\(settings.config.epochs) epochs, but constant_epochs \(constant) + decay_epochs "
                    + "\(decaying) end before; allowed: up to \(constant + decaying)")
            }
            translatable()
            return .translate(settings)
        case .adapt(var settings):
            batch(settings.config.batch, holds: settings.config.instances)
            epoch(settings.config.iterations, of: settings.config.batch)
            settings.from = reference("from", settings.from, to: .pretrain) { stage in
                guard case .pretrain(let pretrain) = stage, pretrain.networks != 2 else { return nil }
                return "trains \(pretrain.networks) network\(pretrain.networks == 1 ? "" : "s"), and mmt+ needs 2"
            }
            return .adapt(settings)
        case .postprocess(var settings):
            settings.from = reference("from", settings.from, to: .adapt)
            if let camera = settings.camera?.config { epoch(camera.iterations, of: camera.batch, at: "camera") }
            if settings.camera != nil, !draft.data.target.dataset.definition.hasCameras {
                report("camera", "'\(draft.data.target.rawValue)' does not say which camera took an image; "
                    + "allowed: camera: false")
            }
            return .postprocess(settings)
        }
    }

    private func batch(_ batch: Int, holds instances: Int) {
        guard batch % instances != 0 else { return }
        report("batch", "a batch of \(batch) holds no whole number of identities with \(instances) images each; "
            + "allowed: a multiple of 'instances'")
    }

    /// All positions of an epoch's batches are drawn before it begins, and a batch is in memory whole.
    private func epoch(_ iterations: Int, of batch: Int, at key: String = "batch") {
        if iterations * batch > Limits.imagesPerEpoch {
            report(key, "\(iterations) iterations of \(batch) images are more than an epoch may have; allowed: "
                + "iterations × batch up to \(Limits.imagesPerEpoch)")
        }
        if batch * draft.height * draft.width > Limits.pixelsPerBatch {
            report(key, "\(batch) images of \(draft.height) × \(draft.width) pixels are more than a batch may hold; "
                + "allowed: batch × height × width up to \(Limits.pixelsPerBatch)")
        }
    }

    /// The generator halves the image twice, the discriminator needs room for its patches.
    private func translatable() {
        guard draft.height % 4 != 0 || draft.width % 4 != 0 || min(draft.height, draft.width) < 32 else { return }
        problems.report(
            .conflict("\(draft.height) × \(draft.width) pixels cannot be translated by sda; "
                + "allowed: multiples of 4, 32 or more"), at: draft.imagePlace)
    }

    /// The earlier stage that a key names, or the latest suitable one where it names none.
    private func reference(
        _ key: String, _ written: String, to kind: StageKind, unsuitable: (StageChoice) -> String? = { _ in nil }
    ) -> String {
        let candidates = earlier.filter { $0.choice.kind == kind }
        let names = candidates.map(\.name).joined(separator: ", ")
        if written.isEmpty {
            if let stage = candidates.last(where: { unsuitable($0.choice) == nil }) { return stage.name }
            let reason = candidates.last.flatMap { unsuitable($0.choice) }.map { " ('\(names)' \($0))" } ?? ""
            report(key, "'\(name.value)' needs an earlier stage of kind '\(kind.rawValue)'\(reason); there is none")
            return ""
        }
        guard let stage = candidates.first(where: { $0.name == written }) else {
            report(key, "'\(written)' is no earlier stage of kind '\(kind.rawValue)'; "
                + "allowed: \(names.isEmpty ? "none" : names)")
            return ""
        }
        if let reason = unsuitable(stage.choice) { report(key, "'\(written)' \(reason)") }
        return written
    }

    private func report(_ key: String, _ message: String) {
        problems.report(
            .conflict(message), at: places[key]?.span ?? name.span, keyPath: "\(name.value).\(key)")
    }
}
