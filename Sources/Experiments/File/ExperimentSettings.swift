// SPDX-License-Identifier: MIT

public import Backbones
internal import Configuration
public import Tensor
public import Training

/// What holds for all stages of an experiment.
public struct ExperimentSettings: Sendable, Configurable {
    public var data = DataChoice()
    public var image = ImageSize(height: 256, width: 128)
    /// That of networks which a stage begins without a backbone of its own.
    public var backbone = Backbone.resnet50
    /// Weights that networks begin with: a path or a published name; nothing for drawn ones.
    public var initialWeights: String?
    public var seed: UInt64 = 1
    /// What tensors are on.
    public var device = DeviceChoice.best
    /// What convolutions and products compute in while networks train.
    public var precision = TrainingPrecision.fp32
    /// Whether a card computes so that a run can be had again to the last bit.
    public var isDeterministic = true
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
            Field("data", .reference, \.data, DataChoice.reader) { $0.node },
            Field("image", [.result, .cost], \.image, .imageSize) { size in
                YAMLNode(["height": YAMLNode(size.height), "width": YAMLNode(size.width)])
            },
            .choice("backbone", .reference, \.backbone),
            Field("initial_weights", .reference, \.initialWeights, ValueReader<String>.name.map { $0 }) {
                $0.map { YAMLNode($0) }
            },
            Field("seed", .reference, \.seed, .seed) { YAMLNode(Int($0)) },
            .choice("device", .cost, \.device),
            // Said only where it is not single precision, so that keys from before it could be chosen hold.
            Field("precision", [.result, .cost], \.precision, .choice()) { $0 == .fp32 ? nil : YAMLNode($0.rawValue) },
            .boolean("deterministic", .cost, \.isDeterministic),
            .integer("workers", .cost, \.workers, Limits.workers),
            .choice("cache", .reporting, \.cache),
            .choice("on_bad_image", .result, \.onBadImage),
            Field("checkpoints", .reporting, \.checkpoints, CheckpointChoice.reader) { $0.node },
            Field("on_end", .reporting, \.onEnd, ValueReader<String>.name.map { $0 }) { $0.map { YAMLNode($0) } },
        ]
    }
}

extension ValueReader where Value == ImageSize {
    fileprivate static var imageSize: ValueReader {
        .mapping { mapping in
            let height = mapping.required("height", .integer(Limits.imageSide))
            let width = mapping.required("width", .integer(Limits.imageSide))
            guard let height, let width else { return nil }
            return ImageSize(height: height.value, width: width.value)
        }
    }
}
