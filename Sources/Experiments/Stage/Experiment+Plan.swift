// SPDX-License-Identifier: MIT

internal import Backbones
internal import Pipeline
internal import Configuration
internal import Data
internal import Retrieval

extension Experiment {
    /// The experiment as an ordered list of stages with what goes in and what comes out.
    ///
    /// - Parameters:
    ///   - dataDigest: The digest of the datasets.
    ///   - dataParts: What it is made of, where that is known.
    ///   - weights: Those of the weights that networks of a backbone begin with, where the experiment names them.
    ///   - images: Those of the folders of images from elsewhere that stages take, by how the experiment names them.
    ///   - networks: Those of the files of networks that stages go on with, by the paths that they name.
    ///   - evaluated: Those of the queries and galleries that stages score networks on beside the target's.
    ///   - testSet: That of the target's test set, where the experiment takes it and the digest of the datasets does not
    ///     cover it.
    func plan(
        dataDigest: ContentDigest, dataParts: [String: ContentDigest]? = nil, weights: [Backbone: ContentDigest] = [:],
        images: [String: ContentDigest] = [:], networks: [String: ContentDigest] = [:],
        evaluated: [EvaluatedPlace: ContentDigest] = [:], testSet: ContentDigest? = nil
    ) throws -> Plan {
        try Plan(
            experiment: name, seed: settings.seed, dataDigest: dataDigest, dataParts: dataParts,
            stages: stages.map { stage in
                StagePlan(
                    name: stage.name, method: stage.definition.method,
                    settings: identity(of: stage.definition, weights, images, networks, evaluated, testSet),
                    inputs: [StagePlan.data] + stage.definition.inputs.map(\.stage), outputs: stage.definition.outputs)
            })
    }

    /// Every backbone of which networks are begun.
    var backbonesBegun: Set<Backbone> { Set(stages.compactMap(\.definition.begins)) }

    /// Every folder of images from elsewhere, as the file names it.
    var imageFolders: Set<String> { Set(stages.compactMap(\.definition.imageFolder)) }

    /// Whether some stage takes the target's test set.
    var takesTestSet: Bool { stages.contains(where: \.definition.takesTestSet) }

    /// All that changes the stage's result beside its inputs, the data and the seed: its own settings, what the networks
    /// that it begins start from, what it takes from elsewhere, and what of the experiment concerns it.
    private func identity(
        of stage: any StageDefinition, _ weights: [Backbone: ContentDigest], _ images: [String: ContentDigest],
        _ networks: [String: ContentDigest], _ evaluated: [EvaluatedPlace: ContentDigest], _ testSet: ContentDigest?
    ) -> JSONValue {
        var members = Dictionary(settings.entries(.result).map { ($0.key, JSONValue($0.value)) }) { $1 }
        var own = Dictionary(stage.entries(.result).map { ($0.key, JSONValue($0.value)) }) { $1 }
        // Under the key that names the files, so that a changed one is said with its place.
        let digests = stage.networkFiles?.members.compactMap { networks[$0.file] } ?? []
        if !digests.isEmpty { own["weights"] = .array(digests.map { .string($0.hexadecimal) }) }
        if !stage.evaluatedSets.isEmpty { own["on"] = .array(stage.evaluatedSets.map { $0.identity(evaluated[$0.place]) }) }
        members[stage.kind.rawValue] = .object(own)
        if let begun = stage.begins, let digest = weights[begun] {
            members["initial_weights"] = .string(digest.hexadecimal)
        }
        if let folder = stage.imageFolder, let digest = images[folder] {
            members["images_in_folder"] = .string(digest.hexadecimal)
        }
        if stage.takesTestSet, let testSet { members["test_set"] = .string(testSet.hexadecimal) }
        // The target's own goes without saying.
        let data = settings.data
        if stage.isScored, data.rankingProtocol != data.target.dataset.rankingProtocol {
            members["protocol"] = .string(data.rankingProtocol.rawValue)
        }
        return .object(members)
    }

    /// The stages, ready to run.
    func runnableStages(_ plan: Plan, _ workspace: Workspace) -> [any Stage] {
        zip(stages, plan.stages).map { stage, plan -> any Stage in
            guard let badImages = workspace.badImages else {
                return DefinedStage(plan: plan, definition: stage.definition, workspace: workspace)
            }
            return CountingStage(plan: plan, badImages: badImages) { met in
                DefinedStage(plan: plan, definition: stage.definition, workspace: workspace.telling(met))
            }
        }
    }
}

extension EvaluatedSet {
    /// What of it a result depends on; the data's own digest covers the target's images.
    fileprivate func identity(_ images: ContentDigest?) -> JSONValue {
        var members: [String: JSONValue] = ["set": .string(name), "protocol": .string(rankingProtocol.rawValue)]
        members["images"] = images.map { .string($0.hexadecimal) }
        return .object(members)
    }
}
