// SPDX-License-Identifier: MIT

internal import Configuration

// What follows from several keys of an OpenUnReID configuration.
extension ImportedOptions {
    /// Their programs have no defaults: a key that is missing ends them.
    func requireAll(_ more: [String]) {
        let rules = [
            "TRAIN.datasets", "TRAIN.unsup_dataset_indexes", "TRAIN.LOADER.samples_per_gpu", "TRAIN.SCHEDULER.lr_scheduler",
            "MODEL.pooling", "MODEL.imagenet_pretrained", "DATA.TRAIN.is_pad", "DATA.TRAIN.pad_size",
        ]
        for name in carriedNames + rules + more { requireValue(of: name) }
    }

    private func requireValue(of name: String) { requireGiven(name, "a value, as the program has no default for it") }

    /// Losses are summed as they are here.
    func leaveOutWeights(_ draft: inout ImportDraft) {
        for loss in self["TRAIN.LOSS.losses"]?.node.entries ?? [] where !loss.value.says(1) {
            draft.leaveOut(
                "TRAIN.LOSS.losses: \(loss.key): \(loss.value.yamlText.dropLast())",
                "losses have the weight 1 here, and results differ")
        }
    }

    // MARK: Datasets

    /// One set that is learnt from without labels, and at most one with them.
    func putDatasets(into draft: inout ImportDraft) {
        guard let names = datasets, let unlabelled = read("TRAIN.unsup_dataset_indexes", .positions)?.map(\.value) else {
            return
        }
        guard unlabelled.count == 1, names.count <= 2, names.indices.contains(unlabelled[0]) else {
            report(
                "\(names.count) datasets, of which \(unlabelled.count) without labels; allowed: one without, and at most "
                    + "one with", at: "TRAIN.datasets")
            return
        }
        let source = names.indices.first { $0 != unlabelled[0] }.map { names[$0].1 }
        draft.set("data.source", YAMLNode(.text(source ?? "none"), span: self["TRAIN.datasets"]?.node.span ?? .generated))
        put(target: names[unlabelled[0]], into: &draft)
    }

    /// One set with labels; the one that is scored along the way is the target.
    func putLabelledDatasets(into draft: inout ImportDraft) {
        guard let names = datasets else { return }
        guard names.count == 1 else {
            report("\(names.count) datasets; allowed: one to train on", at: "TRAIN.datasets")
            return
        }
        let scored = read("TRAIN.val_dataset", .word(of: Self.datasetNames.map { $0.key })) ?? names[0].0
        draft.set("data.source", YAMLNode(.text(names[0].1), span: self["TRAIN.datasets"]?.node.span ?? .generated))
        put(target: Self.datasetNames.first { $0.key == scored } ?? names[0], into: &draft)
    }

    private static let datasetNames: KeyValuePairs = [
        "market1501": "market1501", "dukemtmcreid": "dukemtmc", "msmt17": "msmt17", "personx": "personx",
        "vehicleid": "vehicleid", "vehiclex": "vehiclex", "veri": "veri",
    ]

    /// The sets that are trained on, by their names and ours, in order.
    private var datasets: [(key: String, value: String)]? {
        guard let value = self["TRAIN.datasets"] else { return nil }
        if value.node.entries.isEmpty {
            report("no set; allowed: sets with their splits, as {market1501: trainval}", at: "TRAIN.datasets")
        }
        let words = value.node.entries.map { entry in
            let name = YAMLNode(.text(entry.key), span: value.node.span)
            return ValueReader<String>.word(of: Self.datasetNames.map { $0.key }).value(name, at: "", problems)
        }
        let known = words.compactMap { word in Self.datasetNames.first { $0.key == word } }
        return known.count == words.count && !known.isEmpty ? known : nil
    }

    private func put(target: (key: String, value: String), into draft: inout ImportDraft) {
        draft.set("data.target", YAMLNode(.text(target.value), span: self["TRAIN.datasets"]?.node.span ?? .generated))
        for (set, split) in (self["TRAIN.datasets"]?.node.entries ?? []).map({ ($0.key, $0.value.yamlText.dropLast()) })
        where split != "trainval" {
            draft.leaveOut("TRAIN.datasets: \(set): \(split)", "all training images of a set are taken here")
        }
        if let scored = self["TRAIN.val_dataset"], !scored.node.isNull {
            let name = scored.node.yamlText.dropLast()
            draft.leaveOut(
                "TRAIN.val_dataset: \(name)",
                name == target.key
                    ? "scores along the way are of the target's queries and gallery, not of a part of its training images"
                    : "scores along the way are of the target, \(target.value)")
        }
        putDataFolder(into: &draft)
    }

    /// The folder of all datasets, unless it is relative to where their programs lie.
    private func putDataFolder(into draft: inout ImportDraft) {
        guard let given = read("DATA_ROOT", .name) else { return }
        if given.hasPrefix("/") {
            draft.set("data.location.folder", self["DATA_ROOT"])
        } else {
            draft.leaveOut(
                "DATA_ROOT: \(given)", "relative to the folder of their programs; here data.location.folder says it")
        }
    }

    var hasSource: Bool { (self["TRAIN.datasets"]?.node.entries.count ?? 0) > 1 }

    func requireSource(_ why: String) {
        guard !hasSource else { return }
        report("one dataset, which has no labels; needed: one with labels too, as \(why)", at: "TRAIN.datasets")
    }

    // MARK: The network

    func putPooling(_ stage: String, into draft: inout ImportDraft) {
        guard let pooling = self["MODEL.pooling"], let word = read("MODEL.pooling", .word(of: ["gem", "avg"])) else {
            return
        }
        draft.set("\(stage).pooling", YAMLNode(.text(word == "avg" ? "average" : word), span: pooling.node.span))
    }

    /// ImageNet's weights, a file's, or drawn ones.
    func putInitialWeights(into draft: inout ImportDraft) {
        if let path = self["MODEL.source_pretrained"], !path.node.isNull {
            draft.set("initial_weights", path)
        } else if let published = self["MODEL.imagenet_pretrained"], isOn("MODEL.imagenet_pretrained") {
            draft.set("initial_weights", YAMLNode(.text("imagenet"), span: published.node.span))
        }
    }

    // MARK: Batches and images

    /// Devices of one launch unless its environment says otherwise.
    private static let devices = 4

    func putBatches(_ stage: String, into draft: inout ImportDraft) {
        guard let share = self["TRAIN.LOADER.samples_per_gpu"],
            let images = read("TRAIN.LOADER.samples_per_gpu", .integer(Limits.batch))
        else { return }
        draft.set(
            "\(stage).batch", YAMLNode(.integer(images * Self.devices), span: share.node.span),
            reason: "\(images) on each of \(Self.devices) devices, which GPUS has by default")
        if let padding { draft.set("\(stage).padding", padding) }
    }

    private var padding: ImportedValue? {
        guard let size = self["DATA.TRAIN.pad_size"] else { return nil }
        guard isOn("DATA.TRAIN.is_pad") else {
            return ImportedValue(node: YAMLNode(.integer(0), span: size.node.span), reason: nil)
        }
        return size
    }

    /// The images that are normalised together: a device's, or those of several where it has fewer than it should.
    var normGroup: ImportedValue? {
        guard let share = self["TRAIN.LOADER.samples_per_gpu"], let images = share.node.integer else { return nil }
        let wanted = isOn("MODEL.sync_bn") ? self["MODEL.samples_per_bn"]?.node.integer ?? images : images
        return ImportedValue(node: YAMLNode(.integer(max(images, wanted)), span: share.node.span), reason: nil)
    }

    // MARK: The rate

    var milestones: ImportedValue? {
        let scheduler = "TRAIN.SCHEDULER.lr_scheduler"
        guard let value = self[scheduler] else { return nil }
        guard !value.node.isNull else {
            return ImportedValue(node: YAMLNode(.sequence([])), reason: "no scheduler")
        }
        let word = read(scheduler, .word(of: ["single_step", "multi_step", "warmup_multi_step"]))
        if word != nil { requireGiven("TRAIN.SCHEDULER.stepsize", "the epochs after which the rate falls") }
        switch word {
        case "single_step"?: return stepMilestones("TRAIN.SCHEDULER.stepsize", epochs: "TRAIN.epochs")
        case nil: return nil
        default: return self["TRAIN.SCHEDULER.stepsize"]
        }
    }

    /// Only one of their schedules begins with a warm-up, whatever the file says of its steps.
    private var warmsUp: Bool { self["TRAIN.SCHEDULER.lr_scheduler"]?.node.says("warmup_multi_step") == true }

    func putWarmup(into draft: inout ImportDraft) {
        let steps = "TRAIN.SCHEDULER.warmup_steps"
        guard warmsUp else { return draft.set("pretrain.warmup", 0, reason: "a schedule without one") }
        requireGiven(steps, "the epochs of the warm-up")
        draft.set("pretrain.warmup", self[steps])
    }

    /// - Parameter method: One whose rate begins as it goes on.
    func leaveOutWarmup(of method: String, _ draft: inout ImportDraft) {
        guard warmsUp else { return }
        draft.leaveOut("warmup_multi_step's warm-up", "the rate of \(method) has none here, and results differ")
    }

    func requireConstantRate() {
        guard let value = self["TRAIN.SCHEDULER.lr_scheduler"], !value.node.isNull else { return }
        report("a rate that falls; allowed: null, as clustering-baseline's is constant", at: "TRAIN.SCHEDULER.lr_scheduler")
    }

    // MARK: Clusters

    /// What the baseline's clusters are, by DBSCAN or by k-means.
    func putClustering(into draft: inout ImportDraft) {
        let labels = "TRAIN.PSEUDO_LABELS."
        switch read(labels + "cluster", .word(of: ["dbscan", "kmeans"])) {
        case "dbscan"?:
            for name in ["eps", "min_samples", "k1", "k2"] { requireValue(of: labels + name) }
            putRadius(into: &draft)
            for name in ["min_samples", "k1", "k2"] { draft.set("adapt.\(name)", self[labels + name]) }
        case "kmeans"?:
            let name = labels + "cluster_num"
            requireGiven(name, "a list with the number of clusters")
            draft.set("adapt.clustering", "kmeans")
            guard let value = self[name], let counts = read(name, .list(of: .integer(Limits.clusters), count: 1...1)) else {
                return
            }
            draft.set("adapt.clusters", YAMLNode(.integer(counts[0].value), span: value.node.span))
            draft.set("adapt.runs", 1, reason: ImportedProgram.inCode)
        default: break
        }
    }

    /// The middle one of three, and how far the others are from it.
    func putRadii(into draft: inout ImportDraft) {
        let name = "TRAIN.PSEUDO_LABELS.eps"
        guard let value = self[name], let radii = read(name, .list(of: .number(Limits.radius), count: 3...3)) else { return }
        let sorted = radii.map(\.value).sorted()
        // What is written in decimals is meant in decimals.
        let gaps = [sorted[1] - sorted[0], sorted[2] - sorted[1]].map { ($0 * 1e9).rounded() / 1e9 }
        guard gaps[0] == gaps[1] else {
            report(
                "\(sorted[0]), \(sorted[1]) and \(sorted[2]) are not evenly spaced; allowed: eps - gap, eps, eps + gap",
                at: name)
            return
        }
        draft.set("adapt.eps", YAMLNode(.float(sorted[1]), span: value.node.span))
        draft.set("adapt.eps_gap", YAMLNode(.float(gaps[0]), span: value.node.span))
    }

    private func putRadius(into draft: inout ImportDraft) {
        let name = "TRAIN.PSEUDO_LABELS.eps"
        guard let value = self[name], let radii = read(name, .list(of: .number(Limits.radius), count: 1...1)) else { return }
        draft.set("adapt.eps", YAMLNode(.float(radii[0].value), span: value.node.span))
    }
}

extension ValueReader where Value == [Located<Int>] {
    fileprivate static var positions: ValueReader { .list(of: .integer(0...999)) }
}
