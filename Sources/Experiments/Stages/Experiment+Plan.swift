// SPDX-License-Identifier: MIT

public import Pipeline
internal import Backbones
internal import Configuration
internal import Methods

extension Experiment {
    /// The experiment as an ordered list of stages with what goes in and what comes out.
    ///
    /// - Parameters:
    ///   - dataDigest: The digest of the datasets.
    ///   - weightsDigest: That of the weights that networks begin with, where the experiment names them.
    public func plan(dataDigest: ContentDigest, weightsDigest: ContentDigest? = nil) throws -> Plan {
        try Plan(
            experiment: name, seed: seed, dataDigest: dataDigest,
            stages: stages.map { try StagePlan(
                name: $0.name, method: $0.choice.method, settings: settings(of: $0.choice, weightsDigest), inputs: $0.choice.inputs,
                outputs: $0.choice.outputs)
            })
    }

    /// All that changes the stage's result: its own settings, the network, what it begins with, and the image size.
    /// Threads do not, nor do the names of the stages that it takes something from: their results enter its key as
    /// inputs.
    private func settings(of choice: StageChoice, _ weightsDigest: ContentDigest?) throws -> JSONValue {
        let entries = choice.entries.filter { !choice.references.contains($0.key) }
        let weights = choice.beginsNetworks ? weightsDigest : nil
        // A result of what was left over of damaged data is not one that stops at damage.
        let skips = onBadImage == .skip ? [YAMLNode.Entry(key: "on_bad_image", value: YAMLNode(onBadImage.rawValue))] : []
        let node = YAMLNode(.mapping([
            .init(key: "backbone", value: YAMLNode(backbone.rawValue)),
            .init(key: "image", value: YAMLNode(["height": YAMLNode(image.height), "width": YAMLNode(image.width)])),
            .init(key: choice.kind.rawValue, value: YAMLNode(.mapping(entries))),
        ] + (weights.map { [.init(key: "initial_weights", value: YAMLNode($0.hexadecimal))] } ?? []) + skips))
        return try JSONValue(text: node.canonicalJSON)
    }

    /// The stages, ready to run.
    func runnableStages(_ plan: Plan, _ workspace: Workspace) -> [any Stage] {
        zip(stages, plan.stages).map { stage, plan -> any Stage in
            guard let badImages = workspace.badImages else { return stage.choice.stage(plan, workspace) }
            return CountingStage(plan: plan, badImages: badImages) { met in
                stage.choice.stage(plan, workspace.telling(met))
            }
        }
    }
}

extension StageChoice {
    /// The stage, ready to run.
    fileprivate func stage(_ plan: StagePlan, _ workspace: Workspace) -> any Stage {
        switch self {
        case .pretrain(let settings): PretrainingStage(plan: plan, settings: settings, workspace: workspace)
        case .translate(let settings): TranslationStage(plan: plan, settings: settings, workspace: workspace)
        case .adapt(let settings): AdaptationStage(plan: plan, settings: settings, workspace: workspace)
        case .postprocess(let settings): PostProcessingStage(plan: plan, settings: settings, workspace: workspace)
        }
    }

    /// The method, as results name it.
    var method: String {
        switch self {
        case .pretrain: "source-pretraining"
        case .translate(let settings): settings.method.rawValue
        case .adapt(let settings): settings.method.rawValue
        case .postprocess: "post-processing"
        }
    }

    /// Whether the stage trains networks from their beginning.
    var beginsNetworks: Bool {
        switch self {
        case .pretrain: true
        case .translate, .adapt: false
        case .postprocess(let settings): settings.camera != nil
        }
    }

    var inputs: [String] {
        switch self {
        case .pretrain(let settings): settings.images == .source ? [StagePlan.data] : [StagePlan.data, settings.from]
        case .translate(let settings): [StagePlan.data, settings.encoder]
        case .adapt(let settings): [StagePlan.data, settings.from]
        case .postprocess(let settings): [StagePlan.data, settings.from]
        }
    }

    /// The keys that name earlier stages.
    var references: Set<String> {
        switch self {
        case .translate: ["encoder"]
        case .pretrain, .adapt, .postprocess: ["from"]
        }
    }

    var outputs: [Artefact] {
        switch self {
        case .pretrain(let settings):
            (1...settings.networks).map { Artefact(name: PretrainingStage.network($0), kind: .weights) }
        case .translate:
            [
                Artefact(name: TranslationStage.generatorName, kind: .weights),
                Artefact(name: TranslationStage.imagesName, kind: .images),
            ]
        case .adapt:
            (1...2).map { Artefact(name: AdaptationStage.mean($0), kind: .weights) }
        case .postprocess(let settings):
            settings.camera == nil ? [] : [Artefact(name: PostProcessingStage.cameraName, kind: .weights)]
        }
    }
}
