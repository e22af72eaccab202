// SPDX-License-Identifier: MIT

public import Backbones
internal import Configuration
public import Tensor
public import Training

/// What holds for all stages of an experiment.
public struct ExperimentSettings: Sendable, Configurable {
    /// What the experiment is for, in the words of who wrote it.
    public var description: String?
    /// The datasets, and where they are.
    public var data = DataChoice()
    /// The size that images are brought to.
    public var image = ImageSize(height: 256, width: 128)
    /// That of networks which a stage begins without a backbone of its own.
    public var backbone = Backbone.resnet50
    /// Weights that networks begin with: a path or a published name; nothing for drawn ones.
    public var initialWeights: String?
    /// What every draw of a run comes from.
    public var seed: UInt64 = 1
    /// What tensors are on.
    public var device = DeviceChoice.best
    /// What convolutions and products compute in while networks train.
    public var precision = TrainingPrecision.fp32
    /// Whether a card computes so that a run can be had again to the last bit.
    public var isDeterministic = true
    /// Whether a card repeats steps as CUDA graphs.
    public var usesGraphs = true
    /// Threads that load images.
    public var workers = 2
    /// Where decoded images are kept.
    public var cache = CacheChoice.off
    /// What training does about images that cannot be read.
    public var onBadImage = BadImageChoice.error
    /// When training keeps its state.
    public var checkpoints = CheckpointChoice()
    /// A shell's command that is handed the result when a run has ended; nothing for none.
    public var onEnd: String?

    init() {}

    // Datasets and weights enter keys by their digests, the seed by the plan, and the backbone by the stages that begin
    // networks.
    static var fields: [Field<Self>] {
        [
            Field(
                "description", .reporting, \.description,
                meaning: KeyMeaning("What the experiment is for. Nothing depends on it.", leftOut: "no description"),
                ValueReader<String>.text.map { $0 }
            ) { $0.map { YAMLNode($0) } },
            Field("data", .reference, \.data, meaning: "The pair of datasets, and where they are.", DataChoice.reader) {
                $0.node
            },
            Field(
                "image", [.result, .cost], \.image,
                meaning: KeyMeaning("The size that every image is brought to.", unit: "pixels"), .imageSize
            ) { size in
                YAMLNode(["height": YAMLNode(size.height), "width": YAMLNode(size.width)])
            },
            .choice(
                "backbone", .reference, \.backbone,
                meaning: "The architecture of networks that a stage begins, where the stage names none of its own."),
            Field(
                "initial_weights", .reference, \.initialWeights,
                meaning: KeyMeaning(
                    "What networks begin with: `imagenet` for the published weights, or a file, or a folder with one per backbone.",
                    leftOut: "weights that are drawn"),
                ValueReader<String>.path(orName: InitialWeights.isPublished).map { $0 }
            ) { $0.map { YAMLNode($0) } },
            Field(
                "seed", .reference, \.seed,
                meaning: "What every drawing begins from. Equal seeds give equal results on one machine.", .seed
            ) { YAMLNode(Int($0)) },
            .choice(
                "device", .cost, \.device, orMatching: "^cuda:[0-9]+$",
                meaning: "What to compute on. `auto` takes what `PASSERBY_DEVICE` names, else a card, else the processor."),
            Field(
                "precision", [.result, .cost], \.precision,
                meaning:
                    "What convolutions and products of networks compute in while they train, and while they embed what clusters are made of.",
                .choice()
            ) { YAMLNode($0.rawValue) }.leftOutOfKeys(where: YAMLNode(TrainingPrecision.fp32.rawValue)),
            .boolean(
                "deterministic", .cost, \.isDeterministic,
                meaning: "Whether a card computes so that a run can be had again to the last bit."),
            .boolean(
                "graphs", .cost, \.usesGraphs,
                meaning:
                    "Whether a card repeats training steps as CUDA graphs, instead of being given each kernel by itself."),
            .integer(
                "workers", .cost, \.workers, Limits.workers,
                meaning: KeyMeaning("Threads that load images. With 0 the thread that computes does it.", unit: "threads")),
            .choice(
                "cache", .reporting, \.cache,
                meaning: "Where decoded images are kept between epochs: nowhere, in memory, or in a file that runs share."),
            .choice(
                "on_bad_image", .result, \.onBadImage,
                meaning: "What training does about an image that cannot be read: end the run, or take another in its place."),
            Field(
                "checkpoints", .reporting, \.checkpoints,
                meaning: "When training keeps its state, from which `--resume` goes on.",
                CheckpointChoice.reader
            ) { $0.node },
            Field(
                "on_end", .reporting, \.onEnd,
                meaning: KeyMeaning(
                    "A shell's command that is handed `result.json` when the run has completed or failed.",
                    leftOut: "no command"),
                ValueReader<String>.name.map { $0 }
            ) { $0.map { YAMLNode($0) } },
        ]
    }
}

extension ExperimentSettings {
    /// Whether steps are repeated on what this process computes on.
    var repeatsSteps: Bool { usesGraphs && Engine.device != .cpu }
}

extension ValueReader where Value == ImageSize {
    fileprivate static var imageSize: ValueReader {
        let side = ValueForm.integer(Limits.imageSide)
        let keys = [
            KeyDescription("height", side, meaning: KeyMeaning("Height of an image.", unit: "pixels"), isRequired: true),
            KeyDescription("width", side, meaning: KeyMeaning("Width of an image.", unit: "pixels"), isRequired: true),
        ]
        return .mapping(keys) { mapping in
            let height = mapping.required("height", .integer(Limits.imageSide))
            let width = mapping.required("width", .integer(Limits.imageSide))
            guard let height, let width else { return nil }
            return ImageSize(height: height.value, width: width.value)
        }
    }
}
