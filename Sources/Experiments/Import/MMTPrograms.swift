// SPDX-License-Identifier: MIT

internal import Configuration

// The programs of MMT's repository that a method here stands for.
extension ImportedProgram {
    static let mmtPretraining = ImportedProgram(
        repository: "MMT", name: "source_pretrain.py", pages: ["docs/methods/source-pretraining.md"],
        options: [
            mmtDatasets(source: "market1501", target: "dukemtmc"), mmtCommon,
            ImportedOption.training(of: "pretrain", epochs: 80, iterations: 200, evaluateEvery: 40),
            ImportedOption.batches(of: "pretrain"),
            [
                ImportedOption("--warmup-step", standard: 10, .key("pretrain.warmup")),
                ImportedOption("--milestones", standard: [40, 70], .rule),
            ], ImportedOption.pretrainingModes,
        ]
    ) { given, draft in
        draft.add(.pretrain, ["images": "source", "networks": 1])
        draft.set("initial_weights", "imagenet", reason: inCode)
        given.carry(into: &draft)
        draft.set("pretrain.milestones", given.milestonesOneEarlier("--milestones"))
        completeMMTPretraining(&draft)
    }

    /// One network on its own clusters, after the pre-training that its `--init` names.
    static let mmtBaseline = ImportedProgram(
        repository: "MMT", name: "base_train_dbscan.py",
        pages: ["docs/methods/clustering-baseline.md", "docs/methods/source-pretraining.md"],
        options: [
            mmtDatasets(source: "dukemtmc", target: "market1501"), mmtCommon,
            ImportedOption.training(of: "adapt", epochs: 40, iterations: 400, evaluateEvery: 1),
            ImportedOption.batches(of: "adapt"),
            [
                ImportedOption(
                    "--init", .beside("the stage 'pretrain' trains that network here, with source_pretrain.py's defaults")),
                ImportedOption(
                    "--lambda-value",
                    .always([0], "distances to the source have no part in clustering here, and results differ")),
                ImportedOption("--rr-gpu", .beside("the search for neighbours has no such choice")),
                ImportedOption("--momentum", .beside("the program itself makes no use of it")),
            ],
        ]
    ) { given, draft in
        draft.add(.pretrain, ["images": "source", "networks": 1])
        draft.add(.adapt, ["method": "clustering-baseline"])
        draft.set("initial_weights", "imagenet", reason: inCode)
        for (key, value) in pretrainingDefaults {
            draft.set("pretrain.\(key)", value, reason: "the default of source_pretrain.py")
        }
        draft.set("pretrain.milestones", [39, 69], reason: "the default of source_pretrain.py, \(reachedEarly)")
        given.carry(into: &draft)
        draft.set("adapt.k1", 20, reason: inCode)
        draft.set("adapt.k2", 6, reason: inCode)
        draft.set("adapt.min_samples", 4, reason: inCode)
        draft.set("adapt.eps", 0.6, reason: "a number here; the program takes it from the data of its first epoch")
        completeMMTPretraining(&draft)
    }

    private static let pretrainingDefaults: KeyValuePairs<String, YAMLNode> = [
        "epochs": 80, "iterations": 200, "batch": 64, "instances": 4, "rate": 3.5e-4, "weight_decay": 5e-4, "warmup": 10,
        "evaluate_every": 40,
    ]

    private static let mmtCommon =
        ImportedOption.surroundings + ImportedOption.imageSize(height: 256, width: 128) + ImportedOption.bareNetwork
        + [.backbone(standard: "resnet50", deepNetworks)]

    private static func mmtDatasets(source: YAMLNode, target: YAMLNode) -> [ImportedOption] {
        let names: KeyValuePairs = ["market1501": "market1501", "dukemtmc": "dukemtmc", "msmt17": "msmt17"]
        return [
            .dataset("--dataset-source", or: "-ds", standard: source, under: "data.source", names),
            .dataset("--dataset-target", or: "-dt", standard: target, under: "data.target", names),
        ]
    }

    fileprivate static let reachedEarly = "which that program reaches an epoch early"

    /// What the program's code has, and what of its networks and its schedule pre-training here has not.
    private static func completeMMTPretraining(_ draft: inout ImportDraft) {
        draft.set("pretrain.auto_augment", false, reason: inCode)
        draft.set("pretrain.target_forward", true, reason: inCode)
        draft.leaveOut("average pooling, in the program's code", "pre-training here pools by GeM")
        draft.leaveOut("no ReLU behind the first normalisation of a plain ResNet", "there is one here")
        draft.leaveOut("16 images normalised together on each of 4 devices", "pre-training here normalises whole batches")
        draft.leaveOut("a warm-up that begins with its second epoch's rate", "it begins with its first one's here")
    }
}

extension ImportedOption {
    /// What pre-training programs do beside training.
    static let pretrainingModes: [ImportedOption] = [
        ImportedOption("--margin", .always([0], "the triplet loss has no margin here, and results differ")),
        ImportedOption("--momentum", .beside("the program itself makes no use of it")),
        ImportedOption("--resume", .beside("a run goes on from its own states: passerby run … --resume")),
        ImportedOption("--evaluate", .always([false], "a run trains; passerby evaluate tests")),
        ImportedOption("--rerank", .always([false], "passerby evaluate --rerank, or a stage 'postprocess'")),
    ]
}

extension ImportedOptions {
    /// Milestones of a schedule that the program steps before its first epoch.
    fileprivate func milestonesOneEarlier(_ name: String) -> ImportedValue? {
        guard let value = self[name] else { return nil }
        let span = value.node.span
        let items: [YAMLNode] = if case .sequence(let items) = value.node.value { items } else { [value.node] }
        let earlier = items.map { item in
            // What is no epoch is reported where it is put.
            guard let epoch = item.integer, epoch > 0 else { return item }
            return YAMLNode(.integer(epoch - 1), span: span)
        }
        let reason = (value.reason.map { "\($0), " } ?? "") + ImportedProgram.reachedEarly
        return ImportedValue(node: YAMLNode(.sequence(earlier), span: span), reason: reason)
    }
}
