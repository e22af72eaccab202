// SPDX-License-Identifier: MIT

public import Configuration
internal import Pipeline

/// An experiment with every default applied and every rule checked.
public struct Experiment: Sendable {
    /// A stage under its name.
    struct NamedStage: Sendable {
        let name: String
        let definition: any StageDefinition
    }

    public let name: String
    public let settings: ExperimentSettings
    let stages: [NamedStage]
    /// What the file and the overrides say, before defaults.
    let written: YAMLNode

    /// The experiment of a file.
    ///
    /// - Parameters:
    ///   - path: An experiment file.
    ///   - name: What its runs are filed under.
    ///   - overrides: `key.path=value` as typed on a command line.
    /// - Throws: `ConfigurationError` with all problems at once, each with its place, what was found, what is
    ///   allowed, and the nearest known key.
    public init(path: String, name: String, overrides: [String]) throws {
        let document = try Document.load(path)
        try self.init(Document.overriding(document, with: overrides), name: name)
    }

    /// - Parameter methods: Those that stages may have.
    init(_ document: YAMLNode, name: String, methods: any MethodList.Type = StageMethod.self) throws {
        let problems = ProblemCollector()
        let draft = ExperimentDraft(document, methods, reportingTo: problems)
        // Rules that relate values are checked only between values that are each allowed.
        let stages = problems.problems.isEmpty ? draft.resolvedStages(problems) : []
        try problems.check()
        self.name = name
        written = document
        settings = draft.settings
        self.stages = stages
    }

    func stage(named name: String) -> NamedStage? { stages.first { $0.name == name } }

    /// The experiment as a document that gives the same experiment when it is read.
    public var document: YAMLNode { document(of: settings) }

    /// The same with other settings for all stages.
    func document(of settings: ExperimentSettings) -> YAMLNode {
        let stages = YAMLNode.Entry(
            key: "stages",
            value: YAMLNode(
                self.stages.map { stage in
                    let name = YAMLNode.Entry(key: "name", value: YAMLNode(stage.name))
                    let method = YAMLNode.Entry(key: "method", value: YAMLNode(stage.definition.method))
                    let body = YAMLNode(.mapping([name, method] + stage.definition.entries()))
                    return YAMLNode(.mapping([.init(key: stage.definition.kind.rawValue, value: body)]))
                }))
        return YAMLNode(.mapping(settings.entries() + [stages]))
    }
}

/// The experiment as the file says it, defaults applied key by key, before values are held against each other.
struct ExperimentDraft {
    /// A stage's settings, and where its keys are written.
    typealias Stage = (settings: any StageSettings, places: [String: Located<String>])

    let settings: ExperimentSettings
    let stages: [NamedItem<StageKind, Stage>]
    /// Where the image size is written, for rules about it.
    let imagePlace: Located<String>

    init(_ document: YAMLNode, _ methods: any MethodList.Type, reportingTo problems: ProblemCollector) {
        let mapping = MappingReader(document, reportingTo: problems)
        Self.requireData(of: document, problems)
        settings = ExperimentSettings(mapping)
        imagePlace = Located("image", span: document["image"]?.span ?? mapping.span, keyPath: "image")
        stages =
            mapping.required(
                "stages",
                .namedItems(StageKind.self, reserved: [StagePlan.data]) { kind, stage in
                    let places = Dictionary(stage.keys.map { ($0.value, $0) }) { first, _ in first }
                    return methods.settings(of: kind.value, stage).map { ($0, places) }
                })?.value ?? []
        mapping.suggest(stages.map(\.name.value))
        mapping.finish()
    }

    /// Reports where nothing is said of the data: an experiment says what it is about, even where all of that is the
    /// default. A key with nothing behind it, and a document that is no mapping, are reported as what they are.
    private static func requireData(of document: YAMLNode, _ problems: ProblemCollector) {
        let isMapping = if case .mapping = document.value { true } else { document.isNull }
        guard isMapping, document["data"].map({ $0.isNull && !$0.isEmpty }) ?? true else { return }
        let expected = "a mapping such as {source: market1501, target: msmt17}"
        problems.report(.missing(key: "data", expected: expected), at: document.span, keyPath: "")
    }

    /// The stages with their references resolved; every broken rule is reported.
    func resolvedStages(_ problems: ProblemCollector) -> [Experiment.NamedStage] {
        if stages.isEmpty {
            problems.report(.conflict("no stages; allowed: one or more"), at: imagePlace.span, keyPath: "stages")
        }
        var earlier: [StageRules.Earlier] = []
        return stages.compactMap { item in
            let rules = StageRules(
                name: item.name, places: item.value.places, earlier: earlier, experiment: settings, imagePlace: imagePlace,
                problems: problems)
            let definition = item.value.settings.definition(under: rules)
            // A stage that breaks a rule is still one that later stages may name.
            earlier.append(.init(name: item.name.value, offer: definition?.offer))
            return definition.map { Experiment.NamedStage(name: item.name.value, definition: $0) }
        }
    }
}
