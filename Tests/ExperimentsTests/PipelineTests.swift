// SPDX-License-Identifier: MIT

import Backbones
import Configuration
import Data
import Foundation
import Pipeline
import Retrieval
import Synchronization
import Tensor
import Testing

@testable import Experiments

/// Every stage for a handful of steps, on images of 32 × 32 pixels.
private let tiny =
    tinyData + """

        stages:
          - pretrain: {name: direct, images: source, networks: 1, epochs: 2, iterations: 3, batch: 8, warmup: 0,
                       milestones: [], padding: 2, auto_augment: false, evaluate_every: 1}
          - translate: {epochs: 2, iterations: 2, batch: 8, constant_epochs: 1, decay_epochs: 1, padding: 2, pool: 10,
                        generator_channels: 4, generator_blocks: 1, discriminator_channels: 4}
          - pretrain: {epochs: 2, iterations: 2, batch: 8, warmup: 1, milestones: [1], padding: 2}
          - adapt: {epochs: 2, iterations: 2, batch: 8, padding: 2, k1: 6, k2: 2, eps: 0.7, min_samples: 2}
          - postprocess:
              camera: {epochs: 2, iterations: 2, batch: 8, warmup: 0, milestones: [], padding: 2}
              rerank: {k1: 6, k2: 2}
        """

/// Takes progress lines and asks the run to stop when a stage shows its first one.
private final class Watcher: ProgressOutput, @unchecked Sendable {
    let columns: Int? = 80
    let usesColour = false
    private(set) var text = ""
    private let watch: (String) -> Void

    init(_ watch: @escaping (String) -> Void = { _ in }) {
        self.watch = watch
    }

    convenience init(stopping stage: String?, _ interruption: Interruption) {
        self.init { text in
            if let stage, text.contains(stage), text.contains("training") { interruption.request(.terminate) }
        }
    }

    func write(_ text: String) {
        self.text += text
        watch(text)
    }
}

/// A folder that is removed with the test.
private final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func run(
    _ experiment: Experiment, in folder: TemporaryFolder, _ start: Launch.Start = .new, stopping stage: String? = nil
) throws -> RunResult {
    let interruption = Interruption()
    return try Launch(
        experiment, dataFolder: folder.path + "/data", weightFolders: [], cacheFolder: folder.path + "/cache",
        output: Watcher(stopping: stage, interruption)
    ).run(
        start, logs: URL(fileURLWithPath: folder.path + "/logs"), until: nil, interruption: interruption,
        under: ConditionsOffer(threads: 2)
    )
    .result
}

private func overriding(_ values: [String], name: String = "tiny") throws -> Experiment {
    try Experiment(Document.overriding(Document.parse(tiny, file: "tiny.yaml"), with: values), name: name)
}

/// What a run's artefacts are, by digest.
private func digests(_ folder: TemporaryFolder) throws -> [String: String] {
    let logs = URL(fileURLWithPath: folder.path + "/logs")
    let run = try #require(RunFolder.runs(of: "tiny", in: logs).first)
    var digests: [String: String] = [:]
    for stage in try run.plan().stages {
        for output in stage.outputs {
            let file = run.stageFolder(stage.name).appendingPathComponent(output.name)
            digests["\(stage.name)/\(output.name)"] = try ContentDigest(of: file).hexadecimal
        }
    }
    return digests
}

@Suite(.serialized) struct `A whole pipeline` {
    let experiment: Experiment

    init() throws {
        experiment = try Experiment(Document.parse(tiny, file: "tiny.yaml"), name: "tiny")
    }

    /// The interrupted run keeps decoded images in a file as well: that must not change a bit either.
    @Test func `ends with the same bits whether or not every stage was interrupted`() throws {
        let whole = TemporaryFolder()
        let result = try run(experiment, in: whole)
        #expect(result.status == .completed)
        #expect(
            result.rows.map(\.name) == [
                "direct transfer", "translated pre-training", "adapted, oracle pick",
                "adapted, label-free pick (agreement)", "adapted", "+ flip", "+ ensemble", "+ camera",
                "+ re-ranking",
            ])
        for row in result.rows {
            let shares = ["top1", "top5", "top10"].compactMap { row.figures[$0] }
            #expect(shares.count == 3 && shares == shares.sorted() && row.figures["mAP"].map((0...1).contains) == true)
        }

        let logs = URL(fileURLWithPath: whole.path + "/logs")
        let folder = try #require(RunFolder.runs(of: "tiny", in: logs).first)
        // A curve of both epochs, the last of which is the row.
        let curve = try Event.read(from: folder.eventsFile).filter { $0.stage == "direct" && $0.name == "mAP" }
        #expect(curve.map(\.epoch) == [0, 1] && curve.last?.value == result.rows[0].figures["mAP"])
        for (stage, name) in [("direct", "network-1"), ("adapt", "mean-2"), ("postprocess", "camera")] {
            let file = folder.stageFolder(stage).appendingPathComponent("\(name).safetensors").path
            let facts = try NetworkFacts(WeightFile(readingFrom: file))
            #expect(facts.image == experiment.settings.image && facts.backbone == .resnet18 && facts.colours == .imageNet)
            let training = try #require(facts.training)
            let plan = try folder.plan()
            #expect(training.experiment == "tiny" && training.stage == stage)
            #expect(training.key == "\(plan.key(of: try plan.stage(named: stage)))")
            #expect(training.source == "personx" && training.target == "visda-target" && training.isDrawn)
            #expect(training.rankingProtocol == .visda2020 && training.epochs >= 1)
        }

        let broken = TemporaryFolder()
        let cached = try overriding(["cache=disk"])
        var start = Launch.Start.new
        for stage in ["direct", "translate", "pretrain", "adapt", "postprocess"] {
            #expect(throws: Interrupted.self) { try run(cached, in: broken, start, stopping: stage) }
            start = .resume
        }
        let resumed = try run(cached, in: broken, .resume)
        #expect(resumed.rows == result.rows)
        #expect(try digests(broken) == digests(whole))

        // What a report shows of the rows is the same too, to the last bit, and of no other epochs.
        let other = try #require(RunFolder.runs(of: "tiny", in: URL(fileURLWithPath: broken.path + "/logs")).first)
        for (stage, count) in [("direct", 1), ("pretrain", 1), ("adapt", nil), ("postprocess", 4)] {
            let files = try evidence(of: stage, in: folder)
            #expect(count == nil || files.count == count, "\(stage): \(files.keys)")
            #expect(try files == evidence(of: stage, in: other), "\(stage)")
        }
        try expectReport(of: folder, result)
    }

    private func evidence(of stage: String, in folder: RunFolder) throws -> [String: Foundation.Data] {
        let place = folder.evidence(of: stage)
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Foundation.Data(contentsOf: place.appendingPathComponent($0))) })
    }

    /// The report that the run left by itself: every part in its order, lists of every row, and pictures for slides.
    private func expectReport(of folder: RunFolder, _ result: RunResult) throws {
        let text = try String(contentsOf: folder.reportFile, encoding: .utf8)
        let parts = [
            "What ran", "Results", "Curves", "Translations", "Rank lists", "Likeness of pairs", "Resources", "Settings",
            "Provenance",
        ]
        #expect(text.matches(of: /<h2>(.*?)<\/h2>/).map { String($0.1) } == parts)
        for row in result.rows {
            let mAP = String(format: "%.1f", 100 * (row.figures["mAP"] ?? .nan))
            #expect(text.contains("<summary>\(row.name): mAP \(mAP)</summary>"), "\(row.name)")
        }
        // Eight queries: two lists of each grade, of a query and ten of the gallery's images; nine rows.
        #expect(text.matches(of: #/<figure class="(query|right|wrong|ignored)"><img /#).count == 9 * 6 * 11)
        #expect(text.contains("<figcaption>memory, GiB</figcaption>") && text.utf8.count < 8_000_000)
        let pictures = try FileManager.default.contentsOfDirectory(atPath: folder.reportPictures.path).sorted()
        #expect(
            pictures == ["adapt-1", "adapt-2", "adapt-3", "direct-1"].map { "ranks-\($0).png" }
                + (1...4).map { "ranks-postprocess-\($0).png" } + ["ranks-pretrain-1.png", "translation-translate.png"])
    }

    /// A state that is whole by its digest, and holds a value that no network can have.
    @Test func `does not go on from a state that is not finite`() throws {
        let folder = TemporaryFolder()
        #expect(throws: Interrupted.self) { try run(experiment, in: folder, stopping: "direct") }
        let logs = URL(fileURLWithPath: folder.path + "/logs")
        let stage = try #require(RunFolder.runs(of: "tiny", in: logs).first).stageFolder("direct")
        let store = CheckpointStore(folder: stage.appendingPathComponent("checkpoints")) { _ in }
        let last = try #require(try store.latest())
        var state = try Safetensors(readingFrom: last.path)
        let name = try #require(state.tensors.keys.sorted().first { $0.hasSuffix("layer1.0.bn1.running_var") })
        state.tensors[name] = try Tensor(Array(repeating: Float.nan, count: 64), shape: [64])
        try store.save(epoch: last.epoch, step: last.step) { try state.write(to: $0) }
        let error = #expect(throws: WeightFileError.self) { try run(experiment, in: folder, .resume) }
        guard case .notFinite(let path, let tensors)? = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(path.contains("/stages/direct/checkpoints/"))
        #expect(tensors == [NotFiniteTensor(tensor: name, count: 64, total: 64, first: 0)])
    }

    @Test func `does not begin with weights that are not finite`() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let path = folder.path + "/begin.safetensors"
        try Safetensors(tensors: ["conv1.weight": Tensor([1, .nan], shape: [2])]).write(to: path)
        #expect(
            throws: WeightFileError.notFinite(
                path: path, [NotFiniteTensor(tensor: "conv1.weight", count: 1, total: 2, first: 1)])
        ) { try run(overriding(["initial_weights=\(path)"]), in: folder) }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/logs"))
    }

    /// Two experiments that differ in the adaptation's backbone or settings, and a sweep over them by hand.
    @Test func `trains once what experiments have in common, and says so`() throws {
        let folder = TemporaryFolder()
        let logs = URL(fileURLWithPath: folder.path + "/logs")
        func launch(_ overrides: [String], _ output: Watcher = Watcher(), name: String = "tiny") throws -> Launch {
            Launch(
                try overriding(overrides, name: name), dataFolder: folder.path + "/data", weightFolders: [],
                cacheFolder: folder.path + "/cache", output: output)
        }
        func plan(_ overrides: [String]) throws -> [Bool] {
            try launch(overrides).status(.new, logs: logs).stages.map { $0.status == .run }
        }
        func run(_ overrides: [String], _ output: Watcher = Watcher(), name: String = "tiny") throws -> RunResult {
            try launch(overrides, output, name: name).run(
                .new, logs: logs, until: "pretrain", interruption: Interruption(), under: ConditionsOffer(threads: 2)
            ).result
        }
        let first = try run([])
        #expect(try plan(["pretrain.backbone=resnet34"]) == [false, false, true, true, true])
        for setting in ["adapt.eps=0.65", "adapt.rate=1.0e-4", "adapt.head={cosface: {scale: 16, margin: 0.2}}"] {
            #expect(try plan([setting]) == [false, false, false, true, true])
        }
        let output = Watcher()
        let second = try run(["adapt.eps=0.65"], output)
        #expect(second.stages.map(\.reused) == [true, true, true] && second.rows == first.rows)
        for stage in ["direct", "translate", "pretrain"] {
            #expect(output.text.contains("\(stage)  reused from tiny/\(first.run)"))
        }
        let other = Watcher()
        let third = try run(["pretrain.backbone=resnet34"], other)
        #expect(third.stages.map(\.reused) == [true, true, false])
        #expect(other.text.contains("translate  reused from tiny/\(first.run)"))

        // Under another name everything is shared too, and a network says who has trained it.
        let renamed = try run(["adapt.eps=0.65"], name: "renamed")
        #expect(renamed.stages.map(\.reused) == [true, true, true] && renamed.rows == first.rows)
        let pretrained = try #require(RunFolder.runs(of: "renamed", in: logs).first).stageFolder("pretrain")
        let network = pretrained.appendingPathComponent("network-1.safetensors").path
        #expect(try NetworkFacts(WeightFile(readingFrom: network)).training?.experiment == "tiny")
    }

    /// Whose name does not enter a key: a network trained again under another name differs in what it says of that, in no
    /// value, and nothing after it runs again.
    @Test func `is the same stage under any name, whoever trained it`() throws {
        let folder = TemporaryFolder()
        func network(_ name: String, _ logs: String) throws -> (facts: TrainingFacts, weights: [String: [Float]]) {
            let logs = URL(fileURLWithPath: "\(folder.path)/\(logs)")
            let launch = Launch(
                try overriding([], name: name), dataFolder: folder.path + "/data", weightFolders: [],
                cacheFolder: folder.path + "/cache", output: Watcher())
            _ = try launch.run(
                .new, logs: logs, until: "direct", interruption: Interruption(), under: ConditionsOffer(threads: 2))
            let file = try #require(RunFolder.runs(of: name, in: logs).first).stageFolder("direct")
                .appendingPathComponent("network-1.safetensors").path
            let weights = try WeightFile(readingFrom: file)
            return (
                try #require(try NetworkFacts(weights).training),
                try weights.tensors.filter { $0.value.elementType == .float32 }.mapValues { try $0.floats() }
            )
        }
        let (first, second) = (try network("one", "a"), try network("two", "b"))
        #expect(first.facts.experiment == "one" && second.facts.experiment == "two")
        #expect(first.facts.key == second.facts.key && first.weights == second.weights)
    }

    @Test func `whose data vanishes says what is gone, and goes on when it is back`() throws {
        let folder = TemporaryFolder()
        let world = try #require(experiment.settings.data.drawnWorld)
        let (data, aside) = (folder.path + "/world", folder.path + "/aside")
        try world.write(to: data) { _, _ in }
        let elsewhere = try overriding(["data.location={folder: \(data)}", "workers=0"])
        func direct(_ start: Launch.Start, at moment: @escaping () throws -> Void = {}) throws -> RunResult {
            try Launch(
                elsewhere, dataFolder: folder.path, weightFolders: [], cacheFolder: folder.path + "/cache",
                output: Watcher { if $0.contains("training") { try? moment() } }
            ).run(
                start, logs: URL(fileURLWithPath: folder.path + "/logs"), until: "direct", interruption: Interruption(),
                under: ConditionsOffer(threads: 2)
            ).result
        }
        let error = #expect(throws: DataError.self) {
            try direct(.new) { try FileManager.default.moveItem(atPath: data, toPath: aside) }
        }
        #expect(error?.description.contains(data) == true, "\(String(describing: error))")
        #expect(throws: MissingInputsError.self) { try direct(.resume) }
        try FileManager.default.moveItem(atPath: aside, toPath: data)
        let resumed = try direct(.resume)
        #expect(resumed.rows == (try direct(.fresh)).rows && resumed.stages.count == 1)
    }

    /// One image of the source and one of the target's training set are none. They are met by many threads,
    /// in many epochs and views; the translation leaves the source's out.
    @Test func `names a bad image once and counts it once in each stage, or ends with it`() throws {
        let folder = TemporaryFolder()
        let named = Mutex<[String]>([])
        func run(_ policy: String, until stage: String? = nil) throws -> RunResult {
            try Launch(
                overriding(
                    ["on_bad_image=\(policy)", "workers=4", "adapt.evaluate_every=0"]
                        + ["translate", "pretrain", "adapt", "postprocess.camera"].map { "\($0).epochs=1" }),
                dataFolder: folder.path + "/data", weightFolders: [], cacheFolder: folder.path + "/cache",
                output: Watcher(),
                warn: { text in named.withLock { $0.append(text) } }
            ).run(
                .new, logs: URL(fileURLWithPath: folder.path + "/logs"), until: stage, interruption: Interruption(),
                under: ConditionsOffer(threads: 1)
            ).result
        }
        let whole = try run("error", until: "direct")
        #expect(whole.stages.map { $0.metrics["bad_images"] } == [nil] && whole.notes == nil)

        let data = folder.path + "/data"
        let files = try FileManager.default.subpathsOfDirectory(atPath: data).sorted().map { "\(data)/\($0)" }
        let bad = try ["personX/image_train/", "target_training/image_train/"].map { part in
            try #require(files.first { $0.contains(part) && $0.hasSuffix(".jpg") })
        }
        for image in bad { try "no image".write(toFile: image, atomically: true, encoding: .utf8) }

        let result = try run("skip")
        let reason = "is neither a JPEG nor a PNG file: it begins with 6e 6f 20 69 6d 61 67 65; another image"
        #expect(named.withLock { $0.sorted() } == bad.map { "'\($0)' \(reason) takes its place" })
        #expect(result.notes?.sorted() == bad.map { "'\($0)' \(reason) took its place" })
        // Which batches draw the two is chance, but the translation goes over the source and clustering over the target.
        let counts = result.stages.map { $0.metrics["bad_images"] ?? 0 }
        #expect(counts[1] >= 1 && counts[3] >= 1 && counts.allSatisfy { $0 <= 2 }, "\(counts)")
        #expect(result.stages[1].metrics["images"] == 35)

        let error = #expect(throws: DataError.self) { try run("error") }
        #expect(error?.description.contains("is neither a JPEG nor a PNG file") == true)
    }

    @Test func `asks for datasets that are not there before it leaves a trace`() throws {
        let folder = TemporaryFolder()
        let elsewhere = try overriding(["data.location={folder: /nowhere/at/all}"])
        let error = #expect(throws: MissingInputsError.self) { try run(elsewhere, in: folder) }
        let texts = error?.errors.map { "\($0)" } ?? []
        #expect(texts.count == 2 && texts[0].contains("/nowhere/at/all/personX"), "\(texts)")
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
}
