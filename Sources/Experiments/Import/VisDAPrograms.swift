// SPDX-License-Identifier: MIT

internal import Configuration

// The programs of the VisDA-2020 solution (MMT+).
extension ImportedProgram {
    /// Pre-training. MMT's program of this name has neither PersonX nor its translations.
    static let visdaPretraining = ImportedProgram(
        repository: "VisDA-ECCV20", name: "source_pretrain.py", pages: ["docs/methods/source-pretraining.md"],
        options: [
            // Its default, resnet50, is none of its networks.
            [visdaSource, .backbone(standard: nil, visdaNetworks)], visdaCommon,
            ImportedOption.training(of: "pretrain", epochs: 80, iterations: 200, evaluateEvery: 40),
            ImportedOption.batches(of: "pretrain"),
            [
                ImportedOption("--warmup-step", standard: 10, .key("pretrain.warmup")),
                ImportedOption("--milestones", standard: [40, 70], .key("pretrain.milestones")),
                ImportedOption.halfPrecision("--fp16"),
            ], ImportedOption.pretrainingModes,
        ]
    ) { given, draft in
        given.requireGiven("--arch", "a network, as the program's own default is none that it knows")
        draft.add(.pretrain, ["images": "source", "networks": 1])
        draft.set("data.target", "visda-target", reason: inCode)
        draft.set("initial_weights", "imagenet", reason: inCode)
        given.carry(into: &draft)
        draft.set("pretrain.auto_augment", true, reason: inCode)
        draft.set("pretrain.target_forward", true, reason: inCode)
        draft.set("pretrain.images_per_norm_group", given.deviceShare(of: "--batch-size", devices: 4))
    }

    /// MMT+, and the stages before it, which its `--init-1` and `--init-2` name: networks that images translated by SDA have
    /// trained, also where it learns from the source as it is.
    static let mmtPlus = ImportedProgram(
        repository: "VisDA-ECCV20", name: "mmt_train_uda.py",
        pages: ["docs/methods/mmt-plus.md", "docs/methods/sda.md", "docs/methods/source-pretraining.md"],
        options: [
            [visdaSource, .backbone(standard: "resnet_ibn50a", visdaNetworks)], visdaCommon,
            ImportedOption.training(of: "adapt", epochs: 40, iterations: 400, evaluateEvery: 1),
            ImportedOption.batches(of: "adapt"), ImportedOption.clustering(of: "adapt"), mmtPlusLosses,
        ]
    ) { given, draft in
        if given.isTranslated {
            draft.add(.pretrain, ["images": "source", "networks": 2])
        } else {
            draft.add(.pretrain, name: "direct", ["images": "source", "networks": 1])
            draft.add(.translate, ["method": "sda"])
            draft.add(.pretrain, ["images": "translated", "networks": 2])
            draft.set("direct.images_per_norm_group", 16, reason: sharesOfPretraining)
        }
        draft.set("pretrain.images_per_norm_group", 16, reason: sharesOfPretraining)
        draft.add(.adapt, ["method": "mmt+"])
        draft.set("data.target", "visda-target", reason: inCode)
        draft.set("initial_weights", "imagenet", reason: inCode)
        given.carry(into: &draft)
        draft.set("adapt.head", given.head)
        draft.set("adapt.images_per_norm_group", given.deviceShare(of: "--batch-size", devices: 4))
    }

    private static let sharesOfPretraining = "a batch of 64 on 4 devices, as the authors have"

    private static let mmtPlusLosses: [ImportedOption] = [
        ImportedOption("--min-samples", standard: 4, .key("adapt.min_samples")),
        ImportedOption("--cluster-alg", .always(["dbscan"], "clusters are those of DBSCAN here, and results differ")),
        ImportedOption("--soft-ce-weight", standard: 0.5, .key("adapt.soft_classification")),
        ImportedOption("--tri-weight", standard: 0, .key("adapt.triplet_weight")),
        ImportedOption("--soft-tri-weight", standard: 0.5, .key("adapt.soft_triplet")),
        ImportedOption("--mc-weight", standard: 0.1, .key("adapt.contrastive_weight")),
        ImportedOption("--moco-neg", .always([1], "the queue holds one epoch's keys here, and results differ")),
        ImportedOption("--alpha", standard: 0.999, .key("adapt.alpha")),
        ImportedOption("--metric", standard: "cos", .rule),
        ImportedOption("--metric-s", or: "--s", standard: 64, .rule),
        ImportedOption("--metric-m", or: "--m", standard: 0.35, .rule),
        ImportedOption("--margin", .always([0], "the triplet loss has no margin here, and results differ")),
        ImportedOption.halfPrecision("--fp16"),
        ImportedOption("--init-1", .beside(initialNetworks)),
        ImportedOption("--init-2", .beside(initialNetworks)),
        ImportedOption("--step-size", .beside("the program itself makes no use of it")),
        ImportedOption("--camera", .beside("the program itself makes no use of it")),
        ImportedOption("--arch-c", .beside("the program itself makes no use of it")),
    ]

    private static let initialNetworks = "the stages before 'adapt' train that network here, with the defaults of theirs"

    private static let visdaCommon =
        ImportedOption.surroundings + ImportedOption.imageSize(height: 384, width: 128) + ImportedOption.bareNetwork

    private static let visdaNetworks: KeyValuePairs = [
        "resnet_ibn50a": "resnet50_ibn_a", "resnet_ibn101a": "resnet101_ibn_a", "resnext_ibn101a": "resnext101_ibn_a",
        "densenet_ibn121a": "densenet121_ibn_a", "densenet_ibn169a": "densenet169_ibn_a", "resnest50": "resnest50",
        "resnest101": "resnest101",
    ]

    private static let visdaSource = ImportedOption.dataset(
        "--dataset-source", or: "-ds", standard: "personx", under: "data.source", visdaSources)

    fileprivate static let visdaSources: KeyValuePairs = [
        "personx": "personx", "personx_sda": "personx-sda", "personx_spgan": "personx-spgan",
    ]
}

extension ImportedOptions {
    /// Whether the source has been translated before.
    fileprivate var isTranslated: Bool {
        read("--dataset-source", .word(of: ImportedProgram.visdaSources.map { $0.key })).map { $0 != "personx" } ?? false
    }

    /// The classifier by its name, its scale and its margin.
    fileprivate var head: ImportedValue? {
        guard let word = read("--metric", .word(of: ["linear", "arc", "cos", "am", "circle"])),
            let metric = self["--metric"], let scale = self["--metric-s"], let margin = self["--metric-m"]
        else { return nil }
        let span = metric.node.span
        guard word != "linear" else {
            return ImportedValue(node: YAMLNode(.text(word), span: span), reason: metric.reason)
        }
        let name = ["arc": "arcface", "cos": "cosface"][word] ?? word
        let numbers = YAMLNode(["scale": scale.node, "margin": margin.node])
        let head = YAMLNode(.mapping([.init(key: name, keySpan: span, value: numbers)]), span: span)
        let reasons = [metric, scale, margin].compactMap(\.reason)
        return ImportedValue(node: head, reason: reasons.isEmpty ? nil : reasons.joined(separator: ", "))
    }
}
