// SPDX-License-Identifier: MIT

/// An experiment as an ordered list of stages: what will run, and nothing about where.
public struct Plan: Sendable, Codable, Equatable {
    /// The version of the artefacts' formats; part of every key, so that old results are not taken for new.
    public static let formatVersion = 4

    /// The format that the plan was made for; part of every key.
    public let format: Int
    /// The experiment's name; may hold `/` between parts.
    public let experiment: String
    /// The seed from which every random stream is derived.
    public let seed: UInt64
    /// The digest of the datasets' manifests.
    public let dataDigest: ContentDigest
    /// What ``dataDigest`` is made of, by what it is of, so that a difference can be named; nil where that is not known,
    /// as in plans from before there was such a thing. No part of any key.
    public let dataParts: [String: ContentDigest]?
    /// The stages, each after all its inputs.
    public let stages: [StagePlan]
    /// What determines their results, one for each.
    let identities: [StageIdentity]

    /// A plan whose names are file names and whose inputs come before they are needed.
    ///
    /// - Throws: ``PipelineError/invalidPlan(reason:)``.
    public init(
        experiment: String, seed: UInt64, dataDigest: ContentDigest, dataParts: [String: ContentDigest]? = nil,
        stages: [StagePlan]
    ) throws {
        try self.init(
            format: Self.formatVersion, experiment: experiment, seed: seed, dataDigest: dataDigest,
            dataParts: dataParts, stages: stages)
    }

    private init(
        format: Int, experiment: String, seed: UInt64, dataDigest: ContentDigest, dataParts: [String: ContentDigest]?,
        stages: [StagePlan]
    ) throws {
        self.format = format
        self.experiment = experiment
        self.seed = seed
        self.dataDigest = dataDigest
        self.dataParts = dataParts
        self.stages = stages
        if let reason = Self.problem(experiment: experiment, stages: stages) {
            throw PipelineError.invalidPlan(reason: reason)
        }
        identities = StageIdentity.all(of: stages, format: format, seed: seed, data: dataDigest, parts: dataParts)
    }

    private enum CodingKeys: String, CodingKey {
        case format, experiment, seed, dataDigest = "data", dataParts = "data_parts", stages
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // Formats 1 and 2 did not say which they were. Plans of 1 are taken for 2: their keys fit neither.
        let format = try container.decodeIfPresent(Int.self, forKey: .format) ?? 2
        guard format <= Self.formatVersion else {
            throw PipelineError.invalidPlan(
                reason: "it is of format \(format), and this program knows formats up to \(Self.formatVersion)")
        }
        try self.init(
            format: format,
            experiment: container.decode(String.self, forKey: .experiment),
            seed: container.decode(UInt64.self, forKey: .seed),
            dataDigest: container.decode(ContentDigest.self, forKey: .dataDigest),
            dataParts: container.decodeIfPresent([String: ContentDigest].self, forKey: .dataParts),
            stages: container.decode([StagePlan].self, forKey: .stages))
    }

    /// The stage of this name.
    ///
    /// - Throws: ``PipelineError/unknownStage(name:allowed:)``.
    public func stage(named name: String) throws -> StagePlan {
        guard let stage = stages.first(where: { $0.name == name }) else {
            throw PipelineError.unknownStage(name: name, allowed: stages.map(\.name))
        }
        return stage
    }

    /// The fields in which this plan, the one on record, differs from the one asked for.
    public func differences(from requested: Plan) -> [JSONDifference] {
        let named = dataParts != nil && requested.dataParts != nil
        return tree(namingData: named).differences(from: requested.tree(namingData: named))
    }

    /// In which parts its data differ from another plan's, in words; empty where they are the same.
    package func dataDifferences(from other: Plan) -> [String] {
        guard dataDigest != other.dataDigest else { return [] }
        let named = differences(from: other).filter { dataPart(at: $0.path) != nil }.map(\.description)
        return named.isEmpty ? ["data: they differ"] : named
    }

    /// All of it but the seed, as one text: equal for runs that differ in nothing else.
    package var settingsText: String {
        guard case .object(var members) = tree() else { preconditionFailure("a plan is an object") }
        members["seed"] = nil
        return JSONValue.object(members).canonicalText
    }

    /// The plan with stages by name, so that a difference is found under `stages.train`, not `stages[2]`.
    func tree(namingData named: Bool = false) -> JSONValue {
        let stages = stages.map { stage in
            let outputs = stage.outputs.map { output in
                JSONValue.object(["name": .string(output.name), "kind": .string(output.kind.rawValue)])
            }
            return (
                stage.name,
                JSONValue.object([
                    "method": .string(stage.method), "settings": stage.settings,
                    "inputs": .array(stage.inputs.map { .string($0) }), "outputs": .array(outputs),
                ])
            )
        }
        return .object([
            "format": .integer(format), "experiment": .string(experiment), "seed": .string(String(seed)),
            "data": .data(dataDigest, parts: named ? dataParts : nil), "order": .array(self.stages.map { .string($0.name) }),
            "stages": .object(Dictionary(stages, uniquingKeysWith: { first, _ in first })),
        ])
    }
}

extension Plan {
    /// The first thing that makes the plan impossible to run, or nil.
    private static func problem(experiment: String, stages: [StagePlan]) -> String? {
        let parts = experiment.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ isFileName(String($0)) }) else {
            return
                "experiment name '\(shown(experiment))' is not made of file names; allowed between slashes: 1 to 199 bytes "
                + "without control characters that do not begin with a dot"
        }
        var earlier: Set = [StagePlan.data]
        for stage in stages {
            if let reason = problem(of: stage, after: earlier) { return reason }
            earlier.insert(stage.name)
        }
        return nil
    }

    private static func problem(of stage: StagePlan, after earlier: Set<String>) -> String? {
        guard isFileName(stage.name) else { return "stage name '\(stage.name)' is no file name" }
        guard !earlier.contains(stage.name) else { return "the name '\(stage.name)' is taken" }
        if let input = stage.inputs.first(where: { !earlier.contains($0) }) {
            let allowed = earlier.sorted().joined(separator: ", ")
            return "stage '\(stage.name)' needs '\(input)', which is none of \(allowed)"
        }
        var names: Set = [StageFolder.manifestName, StageFolder.checkpointsName, StageFolder.eventsName]
        names.formUnion(StageFolder.shownNames)
        for output in stage.outputs {
            guard isFileName(output.name) else { return "artefact name '\(output.name)' is no file name" }
            guard names.insert(output.name).inserted else {
                return "stage '\(stage.name)' cannot write '\(output.name)': the name is taken"
            }
        }
        return nil
    }

    /// As it fits a line.
    private static func shown(_ name: String) -> String {
        name.count > 60 ? name.prefix(60) + "…" : name.replacing("\n", with: "\\n")
    }

    /// Whether a text is one visible path component.
    private static func isFileName(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix(".") && text.utf8.count < 200
            && text.unicodeScalars.allSatisfy { $0.value >= 32 && $0 != "/" }
    }
}
