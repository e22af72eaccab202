// SPDX-License-Identifier: MIT

internal import Configuration

// OpenUnReID's `tools/METHOD/config.yaml`: which method it is follows from its losses.
extension ImportedProgram {
    /// - Throws: ``ImportError/unknownMethod(file:found:allowed:)``.
    static func openUnReID(_ document: YAMLNode, file: String) throws(ImportError) -> ImportedProgram {
        let train = document["TRAIN"]
        let losses = train?["LOSS"]?["losses"]?.entries.map(\.key) ?? []
        let labels = train?["PSEUDO_LABELS"]
        switch Set(losses) {
        case ["hybrid_memory"]:
            guard case .sequence(let radii)? = labels?["eps"]?.value, radii.count != 3 else { return openUnReIDSpCL }
            throw .unknownMethod(
                file: file, found: "hybrid_memory with \(radii.count) of the three radii that SpCL has",
                allowed: "three, or this experiment by hand with method: cluster-contrast")
        case ["cross_entropy", "softmax_triplet"]:
            return labels == nil ? openUnReIDPretraining : openUnReIDBaseline
        default:
            throw .unknownMethod(
                file: file, found: losses.isEmpty ? "none" : losses.joined(separator: ", "),
                allowed: "hybrid_memory (SpCL), or cross_entropy and softmax_triplet (strong_baseline, source_pretrain)")
        }
    }

    private static let openUnReIDSpCL = openUnReID("SpCL", clusters: true, erases: true, ["docs/methods/spcl.md"]) {
        given, draft in
        draft.add(.adapt, ["method": "spcl"])
        given.putDatasets(into: &draft)
        given.putPooling("adapt", into: &draft)
        given.putBatches("adapt", into: &draft)
        draft.set("adapt.images_per_norm_group", given.normGroup)
        draft.set("adapt.milestones", given.milestones)
        given.leaveOutWarmup(of: "SpCL", &draft)
        given.putRadii(into: &draft)
        for name in ["temp", "momentum"] { given.requireGiven("TRAIN.LOSS.\(name)", "a number of the memory") }
        draft.set("adapt.temperature", given["TRAIN.LOSS.temp"])
        draft.set("adapt.momentum", given["TRAIN.LOSS.momentum"])
        if given.hasSource {
            draft.leaveOut("one mean over both domains' losses", "here both domains' means are added, twice as much")
        }
    }

    private static let openUnReIDBaseline = openUnReID(
        "strong_baseline", clusters: true, erases: true,
        ["docs/methods/clustering-baseline.md", "docs/methods/source-pretraining.md"]
    ) { given, draft in
        draft.add(.pretrain, ["images": "source", "networks": 1, "target_forward": false])
        draft.add(.adapt, ["method": "clustering-baseline"])
        for (key, value) in pretraining { draft.set("pretrain.\(key)", value, reason: "as in source_pretrain's file") }
        given.putDatasets(into: &draft)
        given.requireSource("the network that clustering-baseline goes on from is trained on it")
        given.putPooling("pretrain", into: &draft)
        given.putBatches("adapt", into: &draft)
        draft.set("adapt.images_per_norm_group", given.normGroup)
        given.putClustering(into: &draft)
        given.requireConstantRate()
        draft.leaveOut(
            "training on source images too", "batches here are of the target alone, after a pre-training on the source")
    }

    private static let pretraining: KeyValuePairs<String, YAMLNode> = [
        "epochs": 120, "iterations": 200, "batch": 64, "instances": 4, "rate": 3.5e-4, "warmup": 10, "milestones": [40, 70],
        "weight_decay": 5e-4, "auto_augment": true, "evaluate_every": 40,
    ]

    private static let openUnReIDPretraining = openUnReID(
        "source_pretrain", clusters: false, erases: false, ["docs/methods/source-pretraining.md"]
    ) { given, draft in
        draft.add(.pretrain, ["images": "source", "networks": 1, "target_forward": false])
        given.putLabelledDatasets(into: &draft)
        given.putPooling("pretrain", into: &draft)
        given.putBatches("pretrain", into: &draft)
        draft.set("pretrain.images_per_norm_group", given.normGroup)
        draft.set("pretrain.auto_augment", given["DATA.TRAIN.is_autoaug"])
        draft.set("pretrain.milestones", given.milestones)
        given.putWarmup(into: &draft)
    }

    private static func openUnReID(
        _ name: String, clusters: Bool, erases: Bool, _ pages: [String],
        _ stages: @escaping @Sendable (ImportedOptions, inout ImportDraft) -> Void
    ) -> ImportedProgram {
        let stage = clusters ? "adapt" : "pretrain"
        let isSelfPaced = name == "SpCL"
        let needed =
            clusters ? ["TRAIN.PSEUDO_LABELS.\(isSelfPaced ? "eps" : "cluster")"] : ["DATA.TRAIN.is_autoaug"]
        return ImportedProgram(
            repository: "OpenUnReID", name: name, pages: pages,
            options: [
                ImportedOption.openUnReID(stage, erases: erases, augments: !clusters),
                clusters ? ImportedOption.openUnReIDClustering(selfPaced: isSelfPaced) : [],
            ]
        ) { given, draft in
            given.requireAll(needed)
            stages(given, &draft)
            given.leaveOutWeights(&draft)
            given.putInitialWeights(into: &draft)
            given.carry(into: &draft)
        }
    }
}

extension ImportSource {
    /// The values of a configuration, under their keys joined by dots.
    ///
    /// - Parameter options: Whose names are not taken apart further.
    init(_ document: YAMLNode, file: String, _ options: [ImportedOption]) {
        self.init(title: file, entries: [], labels: [:], devices: nil)
        let known = Set(options.map(\.name))
        for entry in document.entries { add(entry, under: "", known) }
    }

    private mutating func add(_ entry: YAMLNode.Entry, under path: String, _ known: Set<String>) {
        let name = path + entry.key
        if case .mapping(let inner) = entry.value.value, !known.contains(name), !inner.isEmpty {
            for next in inner { add(next, under: name + ".", known) }
            return
        }
        labels[entry.keySpan] = name
        label(entry.value, name)
        entries.append(YAMLNode.Entry(key: name, keySpan: entry.keySpan, value: entry.value))
    }

    private mutating func label(_ node: YAMLNode, _ name: String) {
        labels[node.span] = name
        switch node.value {
        case .scalar: break
        case .sequence(let items): for item in items { label(item, name) }
        case .mapping(let entries): for entry in entries { label(entry.value, name) }
        }
    }
}
