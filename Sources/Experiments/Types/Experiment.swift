// SPDX-License-Identifier: MIT

public import Backbones
public import Configuration
public import Methods

/// An experiment with every default applied and every rule checked.
public struct Experiment: Sendable, Equatable {
    /// A stage under its name.
    struct NamedStage: Sendable, Equatable {
        let name: String
        var choice: StageChoice
    }

    public let name: String
    public let data: DataChoice
    public let image: ImageSize
    public let backbone: Backbone
    /// Weights that networks begin with: a path or a published name; nothing for drawn ones.
    public let initialWeights: String?
    public let seed: UInt64
    /// Threads that load images; no result depends on them.
    public let workers: Int
    /// Where decoded images are kept; no result depends on it.
    public let cache: CacheChoice
    /// What training does about images that cannot be read.
    public let onBadImage: BadImageChoice
    /// When training keeps its state; no result depends on it.
    public let checkpoints: CheckpointChoice
    let stages: [NamedStage]

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

    init(_ document: YAMLNode, name: String) throws {
        let problems = ProblemCollector()
        let draft = ExperimentDraft(document, reportingTo: problems)
        // Rules that relate values are checked only between values that are each allowed.
        let stages = problems.problems.isEmpty ? StageRules(draft, problems).resolvedStages() : []
        try problems.check()
        self.name = name
        data = draft.data
        image = ImageSize(height: draft.height, width: draft.width)
        backbone = draft.backbone
        initialWeights = draft.initialWeights
        seed = draft.seed
        workers = draft.workers
        cache = draft.cache
        onBadImage = draft.onBadImage
        checkpoints = draft.checkpoints
        self.stages = stages
    }

    /// The experiment as a document that gives the same experiment when it is read.
    public var document: YAMLNode {
        YAMLNode(.mapping([
            .init(key: "data", value: data.node),
            .init(key: "image", value: YAMLNode(["height": YAMLNode(image.height), "width": YAMLNode(image.width)])),
            .init(key: "backbone", value: YAMLNode(backbone.rawValue)),
        ] + (initialWeights.map { [.init(key: "initial_weights", value: YAMLNode($0))] } ?? []) + [
            .init(key: "seed", value: YAMLNode(Int(seed))),
            .init(key: "workers", value: YAMLNode(workers)),
            .init(key: "cache", value: YAMLNode(cache.rawValue)),
            .init(key: "on_bad_image", value: YAMLNode(onBadImage.rawValue)),
            .init(key: "checkpoints", value: checkpoints.node),
            .init(key: "stages", value: YAMLNode(stages.map { stage in
                let name = YAMLNode.Entry(key: "name", value: YAMLNode(stage.name))
                return YAMLNode(.mapping([
                    .init(key: stage.choice.kind.rawValue, value: YAMLNode(.mapping([name] + stage.choice.entries)))
                ]))
            })),
        ]))
    }
}

/// The experiment as the file says it, defaults applied key by key, before values are held against each other.
struct ExperimentDraft {
    let data: DataChoice
    let height: Int
    let width: Int
    let backbone: Backbone
    let initialWeights: String?
    let seed: UInt64
    let workers: Int
    let cache: CacheChoice
    let onBadImage: BadImageChoice
    let checkpoints: CheckpointChoice
    let stages: [NamedItem<StageKind, (settings: StageChoice, places: [String: Located<String>])>]
    /// Where the image size is written, for rules about it.
    let imagePlace: Located<String>

    init(_ document: YAMLNode, reportingTo problems: ProblemCollector) {
        let mapping = MappingReader(document, reportingTo: problems)
        _ = mapping.optional("description", .text)
        data = mapping.required("data", DataChoice.reader)?.value ?? DataChoice()
        let size = mapping.optional("image", Self.imageSize)
        (height, width) = size?.value ?? (256, 128)
        imagePlace = Located("image", span: size?.span ?? mapping.span, keyPath: "image")
        backbone = mapping.optional("backbone", .choice(Backbone.self))?.value ?? .resnet50
        initialWeights = mapping.optional("initial_weights", .name)?.value
        seed = mapping.optional("seed", .seed)?.value ?? 1
        workers = mapping.optional("workers", .integer(Limits.workers))?.value ?? 2
        cache = mapping.optional("cache", .choice(CacheChoice.self))?.value ?? .off
        onBadImage = mapping.optional("on_bad_image", .choice(BadImageChoice.self))?.value ?? .error
        checkpoints = mapping.optional("checkpoints", CheckpointChoice.reader)?.value ?? CheckpointChoice()
        stages = mapping.required("stages", .namedItems(StageKind.self) { kind, stage in
            let places = Dictionary(stage.keys.map { ($0.value, $0) }) { first, _ in first }
            return (StageChoice(kind.value, stage), places)
        })?.value ?? []
        mapping.suggest(stages.map(\.name.value))
        mapping.finish()
    }

    private static var imageSize: ValueReader<(Int, Int)> {
        .mapping { mapping in
            let height = mapping.required("height", .integer(Limits.imageSide))
            let width = mapping.required("width", .integer(Limits.imageSide))
            guard let height, let width else { return nil }
            return (height.value, width.value)
        }
    }
}
