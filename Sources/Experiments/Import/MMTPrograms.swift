// SPDX-License-Identifier: MIT

internal import Configuration

// The programs of MMT's repository. Those that adapt go on from what its `pretrain.sh` has left.
extension ImportedProgram {
    static let mmtPretraining = ImportedProgram(
        repository: "MMT", name: "source_pretrain.py", pages: ["docs/methods/source-pretraining.md"],
        options: [
            datasetsOfMMT(source: "market1501", target: "dukemtmc"), surroundingsOfMMT,
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
        draft.set("pretrain.images_per_norm_group", given.deviceShare(of: "--batch-size", devices: 4))
        completePretraining(&draft)
    }

    static let mmtByMeans = mmt("mmt_train_kmeans.py", clusters: .byMeans, iterations: 800)
    static let mmtByDensity = mmt("mmt_train_dbscan.py", clusters: .byDensity, iterations: 400)
    static let baselineByMeans = baseline("base_train_kmeans.py", clusters: .byMeans, iterations: 800)
    static let baselineByDensity = baseline("base_train_dbscan.py", clusters: .byDensity, iterations: 400)

    private static func mmt(_ name: String, clusters: ClustersOfMMT, iterations: Int) -> ImportedProgram {
        adapting(
            name, by: "mmt", from: ["--init-1", "--init-2"], clusters, iterations: iterations,
            [
                ImportedOption("--alpha", standard: 0.999, .key("adapt.alpha")),
                ImportedOption("--moving-avg-momentum", .beside("the program itself makes no use of it")),
                ImportedOption("--soft-ce-weight", standard: 0.5, .key("adapt.soft_classification")),
                ImportedOption("--soft-tri-weight", standard: 0.8, .key("adapt.soft_triplet")),
            ])
    }

    private static func baseline(_ name: String, clusters: ClustersOfMMT, iterations: Int) -> ImportedProgram {
        adapting(name, by: "clustering-baseline", from: ["--init"], clusters, iterations: iterations, [])
    }

    /// - Parameter initial: The options that name the networks which it goes on from.
    private static func adapting(
        _ name: String, by method: String, from initial: [String], _ clusters: ClustersOfMMT, iterations: Int,
        _ options: [ImportedOption]
    ) -> ImportedProgram {
        ImportedProgram(
            repository: "MMT", name: name,
            pages: ["docs/methods/\(method).md", "docs/methods/source-pretraining.md"],
            options: [
                clusters.options, surroundingsOfMMT,
                ImportedOption.training(of: "adapt", epochs: 40, iterations: iterations, evaluateEvery: 1),
                ImportedOption.batches(of: "adapt"), options,
                [ImportedOption("--momentum", .beside("the program itself makes no use of it"))],
                initial.map {
                    ImportedOption($0, .beside("the stage 'pretrain' trains that network here, as pretrain.sh does"))
                },
            ]
        ) { given, draft in
            draft.add(.pretrain, ["images": "source", "networks": YAMLNode(initial.count)])
            draft.add(.adapt, ["method": YAMLNode(method)])
            draft.set("initial_weights", "imagenet", reason: inCode)
            for (key, value) in publishedPretraining { draft.set("pretrain.\(key)", value, reason: "in pretrain.sh") }
            draft.set("pretrain.milestones", [39, 69], reason: "40 and 70 in pretrain.sh, \(reachedEarly)")
            draft.set("pretrain.images_per_norm_group", 16, reason: "a batch of 64 on 4 devices in pretrain.sh")
            completePretraining(&draft)
            if clusters == .byMeans { given.putSource(ofPath: initial[0], into: &draft) }
            given.carry(into: &draft)
            draft.set("adapt.images_per_norm_group", given.deviceShare(of: "--batch-size", devices: 4))
            for (key, value) in clusters.inCode { draft.set("adapt.\(key)", value, reason: inCode) }
        }
    }

    private static let publishedPretraining: KeyValuePairs<String, YAMLNode> = [
        "epochs": 80, "iterations": 100, "batch": 64, "instances": 4, "rate": 3.5e-4, "weight_decay": 5e-4, "warmup": 10,
        "evaluate_every": 40,
    ]

    private static let surroundingsOfMMT =
        ImportedOption.surroundings + ImportedOption.imageSize(height: 256, width: 128) + ImportedOption.bareNetwork
        + [.backbone(standard: "resnet50", deepNetworks)]

    fileprivate static let datasetNamesOfMMT: KeyValuePairs = [
        "market1501": "market1501", "dukemtmc": "dukemtmc", "msmt17": "msmt17",
    ]

    fileprivate static func datasetsOfMMT(source: YAMLNode?, target: YAMLNode) -> [ImportedOption] {
        let sources = source.map {
            [ImportedOption.dataset("--dataset-source", or: "-ds", standard: $0, under: "data.source", datasetNamesOfMMT)]
        }
        let target = ImportedOption.dataset(
            "--dataset-target", or: "-dt", standard: target, under: "data.target", datasetNamesOfMMT)
        return (sources ?? []) + [target]
    }

    fileprivate static let reachedEarly = "which that program reaches an epoch early"

    /// What the program's code has, and what of its networks and its schedule pre-training here has not.
    private static func completePretraining(_ draft: inout ImportDraft) {
        draft.set("pretrain.pooling", "average", reason: inCode)
        draft.set("pretrain.auto_augment", false, reason: inCode)
        draft.set("pretrain.target_forward", true, reason: inCode)
        draft.leaveOut("no ReLU behind the first normalisation of a plain ResNet", "there is one here")
        draft.leaveOut("a warm-up that begins with its second epoch's rate", "it begins with its first one's here")
    }
}

/// How a program of MMT's finds pseudo labels.
private enum ClustersOfMMT {
    case byMeans, byDensity

    /// What the program is asked for.
    var options: [ImportedOption] {
        switch self {
        case .byMeans:
            ImportedProgram.datasetsOfMMT(source: nil, target: "market1501")
                + [ImportedOption("--num-clusters", standard: 500, .key("adapt.clusters"))]
        case .byDensity:
            ImportedProgram.datasetsOfMMT(source: "dukemtmc", target: "market1501") + [
                ImportedOption(
                    "--lambda-value",
                    .always([0], "distances to the source have no part in clustering here, and results differ")),
                ImportedOption("--rr-gpu", .beside("the search for neighbours has no such choice")),
            ]
        }
    }

    var inCode: KeyValuePairs<String, YAMLNode> {
        switch self {
        case .byMeans: ["clustering": "kmeans", "runs": 10]
        case .byDensity:
            ["clustering": "dbscan", "k1": 20, "k2": 6, "min_samples": 4, "eps": YAMLNode(["nearest": 1.6e-3])]
        }
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
    /// The source of a program that is not told of it: the scripts name it in the path of its first network.
    fileprivate func putSource(ofPath name: String, into draft: inout ImportDraft) {
        requireGiven(
            name, "a path with a folder SOURCETOTARGET, as the scripts have it; nothing else says what the source is")
        guard let path = self[name], let text = read(name, .name) else { return }
        let folders = text.split(separator: "/").map { $0.split(separator: "TO", maxSplits: 1) }
        let named = folders.first { $0.count == 2 }.map { String($0[0]) }
        guard let source = ImportedProgram.datasetNamesOfMMT.first(where: { $0.key == named })?.value else {
            report(
                "no folder SOURCETOTARGET in it, which is all that says what the source is; allowed: "
                    + ImportedProgram.datasetNamesOfMMT.map { "\($0.key)TO…" }.joined(separator: ", "), at: name)
            return
        }
        draft.set("data.source", YAMLNode(.text(source), span: path.node.span), reason: "the folder in \(name)")
    }

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
