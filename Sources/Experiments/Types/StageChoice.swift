// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Methods

/// The kinds of stages, by the keys of `stages:`. This enum and the `switch`es over it are the only list of them.
enum StageKind: String, Sendable, CaseIterable {
    case pretrain, translate, adapt, postprocess
}

/// A stage with its settings resolved.
enum StageChoice: Sendable, Equatable {
    case pretrain(PretrainSettings)
    case translate(TranslateSettings)
    case adapt(AdaptSettings)
    case postprocess(PostprocessSettings)

    var kind: StageKind {
        switch self {
        case .pretrain: .pretrain
        case .translate: .translate
        case .adapt: .adapt
        case .postprocess: .postprocess
        }
    }

    var entries: [YAMLNode.Entry] {
        switch self {
        case .pretrain(let settings): settings.entries
        case .translate(let settings): settings.entries
        case .adapt(let settings): settings.entries
        case .postprocess(let settings): settings.entries
        }
    }

    init(_ kind: StageKind, _ mapping: MappingReader) {
        switch kind {
        case .pretrain: self = .pretrain(PretrainSettings(mapping))
        case .translate: self = .translate(TranslateSettings(mapping))
        case .adapt: self = .adapt(AdaptSettings(mapping))
        case .postprocess: self = .postprocess(PostprocessSettings(mapping))
        }
    }
}

/// Which images pre-training sees.
enum PretrainingImages: String, Sendable, CaseIterable {
    /// The source's own: direct transfer.
    case source
    /// The source's, translated to the target by an earlier stage.
    case translated
}

/// Training on labelled images.
struct PretrainSettings: Sendable, Equatable, Configurable {
    var images = PretrainingImages.translated
    /// The experiment's where the stage has none of its own.
    var backbone: Backbone?
    /// How many networks are trained, each from a seed of its own; MMT+ starts from two.
    var networks = 2
    /// The stage that translates, where there are several.
    var from = ""
    var config = SourcePretraining.Config()

    static var fields: [Field<Self>] {
        [
            .choice("images", \.images), .backbone(\.backbone), .integer("networks", \.networks, Limits.networks),
            .text("from", \.from),
        ] + SourcePretraining.Config.fields.map { $0.inside(\.config) }
    }
}

/// The methods that translate images. The only list of them.
enum TranslationMethod: String, Sendable, CaseIterable {
    case sda
}

/// Translation of the source's images to the target.
struct TranslateSettings: Sendable, Equatable, Configurable {
    var method = TranslationMethod.sda
    /// The pre-training stage whose first network is the frozen encoder.
    var encoder = ""
    /// JPEG quality of the translated images; the authors' files have Pillow's default.
    var quality = 75
    var config = SDA.Config()

    static var fields: [Field<Self>] {
        [
            .choice("method", \.method), .text("encoder", \.encoder),
            .integer("quality", \.quality, Limits.jpegQuality),
        ] + SDA.Config.fields.map { $0.inside(\.config) }
    }
}

/// The methods that adapt networks to the target. The only list of them.
enum AdaptationMethod: String, Sendable, CaseIterable {
    case mmtPlus = "mmt+"
}

/// Adaptation to the target.
struct AdaptSettings: Sendable, Equatable, Configurable {
    var method = AdaptationMethod.mmtPlus
    /// The pre-training stage whose networks are adapted.
    var from = ""
    var config = MMTPlus.Config()

    static var fields: [Field<Self>] {
        [.choice("method", \.method), .text("from", \.from)]
            + MMTPlus.Config.fields.map { $0.inside(\.config) }
    }
}

/// What is done at test time.
struct PostprocessSettings: Sendable, Equatable, Configurable {
    /// The adaptation stage whose networks are tested.
    var from = ""
    var flip = true
    var ensemble = true
    var camera: CameraSettings? = CameraSettings()
    var reRanking: PostProcessing.ReRanking? = PostProcessing.ReRanking()

    static var fields: [Field<Self>] {
        [
            .text("from", \.from), .boolean("flip", \.flip), .boolean("ensemble", \.ensemble),
            Field("camera", \.camera, .switchable(CameraSettings.reader)) { $0?.node ?? YAMLNode(false) },
            Field("rerank", \.reRanking, .switchable(PostProcessing.ReRanking.reader)) {
                $0?.node ?? YAMLNode(false)
            },
        ]
    }
}

/// The camera network and the weight of its distances.
struct CameraSettings: Sendable, Equatable, Configurable {
    var weight = 0.1
    /// The experiment's where the camera network has none of its own.
    var backbone: Backbone?
    var config = CameraNetwork.Config()

    static var fields: [Field<Self>] {
        [.number("weight", \.weight, Limits.cameraWeight), .backbone(\.backbone)]
            + CameraNetwork.Config.fields.map { $0.inside(\.config) }
    }
}

extension Field {
    /// A backbone that may be left out.
    static func backbone(_ path: WritableKeyPath<Part, Backbone?>) -> Field {
        Field("backbone", path, ValueReader<Backbone>.choice().map(Optional.some)) { $0.map { YAMLNode($0.rawValue) } }
    }

    /// The same key for a value that holds the part.
    func inside<Whole>(_ path: WritableKeyPath<Whole, Part>) -> Field<Whole> {
        Field<Whole>(
            key: key, read: { mapping, whole in read(mapping, &whole[keyPath: path]) },
            write: { write($0[keyPath: path]) })
    }

    init(key: String, read: @escaping (MappingReader, inout Part) -> Void, write: @escaping (Part) -> YAMLNode?) {
        self.key = key
        self.read = read
        self.write = write
    }
}

extension ValueReader {
    /// `false` for without, `true` for the defaults, or a mapping.
    static func switchable<Part>(_ reader: ValueReader<Part>) -> ValueReader where Value == Part? {
        ValueReader(expected: "true, false or \(reader.expected)") { node, keyPath, collector in
            if case .scalar(.boolean(let isOn)) = node.value {
                guard isOn else { return .some(nil) }
                return reader.value(YAMLNode(.mapping([]), span: node.span), at: keyPath, collector)
            }
            return reader.value(node, at: keyPath, collector)
        }
    }
}
