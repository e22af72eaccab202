// SPDX-License-Identifier: MIT

public import Backbones
public import Pipeline
internal import Configuration
internal import Methods
internal import Retrieval

extension Experiment {
    /// The experiment as an ordered list of stages with what goes in and what comes out.
    ///
    /// - Parameters:
    ///   - dataDigest: The digest of the datasets.
    ///   - dataParts: What it is made of, where that is known.
    ///   - weights: Those of the weights that networks of a backbone begin with, where the experiment names them.
    public func plan(
        dataDigest: ContentDigest, dataParts: [String: ContentDigest]? = nil, weights: [Backbone: ContentDigest] = [:]
    ) throws -> Plan {
        try Plan(
            experiment: name, seed: seed, dataDigest: dataDigest, dataParts: dataParts,
            stages: stages.map { try StagePlan(
                name: $0.name, method: $0.choice.method, settings: settings(of: $0.choice, weights),
                inputs: $0.choice.inputs,
                outputs: $0.choice.outputs)
            })
    }

    /// All that changes the stage's result: its own settings, the backbone of networks that it begins, what they begin
    /// with, and the image size. Threads and logging do not, nor do the names of the stages that it takes something from:
    /// their results enter its key as inputs.
    private func settings(of choice: StageChoice, _ weights: [Backbone: ContentDigest]) throws -> JSONValue {
        let entries = choice.entries.filter { !choice.references.contains($0.key) && !choice.logging.contains($0.key) }
            .map { $0.key == "camera" ? YAMLNode.Entry(key: $0.key, value: $0.value.without("backbone")) : $0 }
        var members: [YAMLNode.Entry] = [
            .init(key: "image", value: YAMLNode(["height": YAMLNode(image.height), "width": YAMLNode(image.width)])),
            .init(key: choice.kind.rawValue, value: YAMLNode(.mapping(entries))),
        ]
        if let begun = backboneBegun(by: choice) {
            members.append(.init(key: "backbone", value: YAMLNode(begun.rawValue)))
            if let digest = weights[begun] {
                members.append(.init(key: "initial_weights", value: YAMLNode(digest.hexadecimal)))
            }
        }
        // The target's own goes without saying.
        if choice.isScored, data.rankingProtocol != data.target.dataset.rankingProtocol {
            members.append(.init(key: "protocol", value: YAMLNode(data.rankingProtocol.rawValue)))
        }
        // A result of what was left over of damaged data is not one that stops at damage.
        if onBadImage == .skip { members.append(.init(key: "on_bad_image", value: YAMLNode(onBadImage.rawValue))) }
        return try JSONValue(text: YAMLNode(.mapping(members)).canonicalJSON)
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

extension YAMLNode {
    /// A mapping without one of its keys; anything else as it is.
    fileprivate func without(_ key: String) -> YAMLNode {
        guard case .mapping(let entries) = value else { return self }
        return YAMLNode(.mapping(entries.filter { $0.key != key }))
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

    var inputs: [String] {
        switch self {
        case .pretrain(let settings): settings.images == .source ? [StagePlan.data] : [StagePlan.data, settings.from]
        case .translate(let settings): [StagePlan.data, settings.encoder]
        case .adapt(let settings): [StagePlan.data, settings.from]
        case .postprocess(let settings): [StagePlan.data, settings.from]
        }
    }

    /// The keys that stand elsewhere in what determines the result: names of earlier stages, and the backbone.
    var references: Set<String> {
        switch self {
        case .translate: ["encoder"]
        case .pretrain: ["from", "backbone"]
        case .adapt, .postprocess: ["from"]
        }
    }

    /// The keys that change what is reported and nothing else.
    var logging: Set<String> {
        switch self {
        case .pretrain, .adapt: ["evaluate_every"]
        case .translate, .postprocess: []
        }
    }

    /// Whether its result holds figures of a ranking.
    var isScored: Bool {
        switch self {
        case .translate: false
        case .pretrain, .adapt, .postprocess: true
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
