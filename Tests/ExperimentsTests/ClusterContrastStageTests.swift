// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Layers
import Pipeline
import Retrieval
import Testing
import Training

@testable import Backbones
@testable import Experiments

private let settings = """
    method: cluster-contrast, epochs: 2, iterations: 2, batch: 8, instances: 4, images_per_norm_group: 4, padding: 2,
                    k1: 6, k2: 2, eps: 0.7, min_samples: 2, evaluate_every: 1
    """

/// Alone, on the target.
private func alone(_ keys: String = "", _ overrides: [String] = []) throws -> Experiment {
    let text =
        tinyData.replacing("data:\n", with: "data:\n  source: none\n") + """

            workers: 0
            stages:
              - adapt: {\(settings)\(keys)}
              - postprocess: {camera: false, rerank: {k1: 6, k2: 2}}
            """
    return try Experiment(Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides), name: "x")
}

/// After two networks, with average pooling, that a source has trained.
private func chained(_ keys: String = ", from: direct", _ overrides: [String] = []) throws -> Experiment {
    let text =
        tinyData + """

            workers: 0
            stages:
              - pretrain: {name: direct, images: source, networks: 2, epochs: 1, iterations: 2, batch: 8, padding: 2,
                           target_forward: false, evaluate_every: 0}
              - adapt: {\(settings)\(keys)}
            """
    return try Experiment(Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides), name: "x")
}

@Suite struct `A cluster-contrast stage` {
    @Test func `begins a network of its own where nothing else is said`() throws {
        let stage = try #require(try alone().stages.first).definition
        #expect(stage.inputs.isEmpty && stage.begins == .resnet18)
        #expect(stage.offer.networks?.members.map(\.file) == ["network-1.safetensors"])
        #expect(stage.offer.networks?.members.map(\.shape) == [NetworkShape(backbone: .resnet18, imagesPerNormGroup: 4)])
        // An earlier stage with networks changes nothing.
        let beside = try chained("").stages[1].definition
        #expect(beside.inputs.isEmpty && beside.begins == .resnet18)
    }

    @Test func `may have a backbone and a pooling of its own then`() throws {
        let shape = try alone(", backbone: resnet50_ibn_a, pooling: average").stages[0].definition.offer.networks?.members[0]
            .shape
        #expect(shape?.backbone == .resnet50IBNa && shape?.pooling == .average)
    }

    @Test func `goes on from the first network of a stage that it names, in groups of its own`() throws {
        let stage = try chained(", from: direct", ["direct.backbone=resnet50"]).stages[1].definition
        #expect(stage.inputs.map(\.stage) == ["direct"] && stage.begins == nil)
        #expect(stage.offer.networks?.members.map(\.shape) == [NetworkShape(backbone: .resnet50, imagesPerNormGroup: 4)])
    }

    @Test func `has the authors' numbers where a file leaves them out`() throws {
        let config = ClusterContrast.Config()
        #expect(config.epochs == 50 && config.iterations == 200 && config.batch == 256 && config.instances == 16)
        // 3.5e-4 in epochs 0 to 19, a tenth to 39, a hundredth to 49.
        let rates = [0, 19, 20, 39, 40, 49].map { Int((config.schedule.rate(epoch: $0) * 1e7).rounded()) }
        #expect(rates == [3500, 3500, 350, 350, 35, 35])
        #expect(config.clustering == DensityClustering(neighbours: 30, expansion: 6, radius: 0.6, minimumPoints: 4))
        #expect(config.temperature == 0.05 && config.momentum == 0.1 && config.update == .mean && config.weightDecay == 5e-4)
        let alone = ClusterContrastSettings()
        #expect(alone.imagesPerNormGroup == 64 && alone.from == nil)
    }

    @Test(arguments: [
        (
            "adapt.images_per_norm_group=3",
            "adapt.images_per_norm_group: a batch of 8 has no whole number of "
                + "groups of 3 images that are normalised together; allowed: what divides 'batch', 8 for all of it"
        ),
        (
            "adapt.batch=6",
            "adapt.batch: a batch of 6 holds no whole number of identities with 4 images each; allowed: a multiple of 'instances'"
        ),
        ("adapt.update=easy", "adapt.update: found 'easy'; allowed: mean, hard"),
        ("adapt.momentum=1.5", "adapt.momentum: found 1.5; allowed: 0 to 1"),
        ("adapt.from=nobody", "adapt.from: 'nobody' is no earlier stage that leaves networks; allowed: direct"),
        (
            "adapt.backbone=resnet50",
            "adapt.backbone: 'backbone' goes with from: none or weights, as a network of a stage keeps its own; "
                + "allowed: one or the other"
        ),
        (
            "adapt.pooling=gem",
            "adapt.pooling: 'pooling' goes with from: none or weights, as a network of a stage keeps its own; "
                + "allowed: one or the other"
        ),
        (
            "adapt.head={arcface: {}}",
            "adapt.head: unknown key 'head'; allowed: backbone, batch, epochs, eps, evaluate_every, from, images_per_norm_group, "
                + "instances, iterations, k1, k2, method, milestones, min_samples, momentum, name, padding, pooling, rate, "
                + "temperature, update, weight_decay"
        ),
    ])
    func `is refused with the place, what was found and what is allowed`(override: String, report: String) {
        let error = #expect(throws: ConfigurationError.self) { try chained(", from: direct", [override]) }
        let found = error?.problems.first.map { "\($0)" } ?? ""
        #expect(found.contains(": " + report), "\(found)")
    }

    /// A network with statistics by domain wants half a batch of each.
    @Test func `goes on from no network with statistics by domain`() throws {
        let text =
            tinyData + """

                stages:
                  - pretrain: {name: direct, images: source}
                  - adapt: {name: mutual}
                  - adapt: {name: contrast, method: cluster-contrast, from: mutual}
                """
        let error = #expect(throws: ConfigurationError.self) {
            try Experiment(Document.parse(text, file: "x.yaml"), name: "x")
        }
        let report =
            ": contrast.from: 'mutual' leaves a network with statistics by domain, which needs images of both; "
            + "allowed: one without"
        #expect(error?.problems.map { "\($0)" }.first?.contains(report) == true, "\(String(describing: error))")
        #expect(error?.problems.count == 1)
    }

    /// An option that changes a result enters the key of the stage, one that is only reported does not.
    @Test func `has keys that its results depend on`() throws {
        func key(_ experiment: Experiment) throws -> StageKey {
            let plan = try experiment.plan(dataDigest: ContentDigest(of: "data"))
            return plan.key(of: plan.stages[plan.stages.count - 1])
        }
        let before = try key(chained(""))
        for change in [
            "images_per_norm_group=8", "pooling=average", "update=hard", "momentum=0.3", "temperature=0.06",
            "milestones=[1]",
            "from=direct",
        ] {
            #expect(try key(chained("", ["adapt.\(change)"])) != before, "\(change)")
        }
        for same in ["evaluate_every=2", "from=none", "pooling=gem", "update=mean"] {
            #expect(try key(chained("", ["adapt.\(same)"])) == before, "\(same)")
        }
    }

    /// As a run keeps it, with nothing left to defaults.
    @Test(arguments: ["", ", from: direct"]) func `is read again from its resolved form`(keys: String) throws {
        let experiment = try chained(keys)
        let again = try Experiment(Document.parse(experiment.document.yamlText, file: "resolved.yaml"), name: "x")
        #expect(again.document.yamlText == experiment.document.yamlText)
        #expect(again.document.yamlText.contains(keys.isEmpty ? "from: none" : "from: direct"))
    }
}

@Suite struct `A forecast of cluster contrast` {
    /// 0.1 s and 100 MiB for each image of a batch beside 1 s and 200 MiB; 10 ms an image that is embedded.
    private let cost = StageCost(
        steps: [.init(batch: 4, seconds: 1.4, peakBytes: 600 << 20), .init(batch: 8, seconds: 1.8, peakBytes: 1000 << 20)],
        secondsPerImage: 0.01, peakBytes: 1000 << 20, stateBytes: 100 << 20, networkBytes: 40 << 20, matrixRate: 1e6)

    /// The tiny world has 28 images for validation, twice during three epochs and once after them. 30 steps of 1.8 s; four
    /// embeddings of the target's N images, the last for the last epoch's score, four searches of N² products, and 30 steps
    /// of 8 images times N/2 clusters of two or more, there and back.
    @Test func `is steps, embeddings, searches and looks at the memory`() throws {
        let experiment = try alone("", ["adapt.epochs=3", "adapt.iterations=10"])
        let world = try #require(experiment.settings.data.drawnWorld)
        let counts = DatasetCounts(world)
        #expect(counts.validation == 28)
        let clusters = counts.target / 2
        let load = experiment.stages[0].definition.load(counts)
        let found = Forecaster(statesKept: 2).forecast(load, cost, done: 0)
        let images = Double(4 * counts.target + 3 * 28)
        let products = Double(4 * counts.target * counts.target + 30 * 8 * clusters) * 4 * 512 / 1e6
        #expect(abs(found.seconds - (54 + images / 100 + products)) < 1e-9)
        let clustering = MemoryForecast.clustering(count: counts.target, dimension: 512, neighbours: 6).total
        // Four tables of a batch against all clusters.
        let tables = 4 * 8 * clusters * 4
        #expect((load.bytesHeld, load.bytesInSteps, load.bytesBetweenSteps) == (clusters * 2048, tables, clustering))
        #expect(found.memoryBytes == Int(1.15 * Double((1000 << 20) + clusters * 2048 + tables)))
        #expect(found.diskBytes == 40 << 20)
        #expect(found.scratchBytes == 3 * (100 << 20 + clusters * 2048 + 2 * counts.target * 8))
    }

    /// Groups of 4 do not divide a batch of 2, with which a step is measured too.
    @Test func `is measured by steps of two batches and by images that are embedded`() throws {
        let launch = Launch(
            try alone(), dataFolder: "/nowhere", weightFolders: [], cacheFolder: "/nowhere", output: StandardError())
        var peak = 0
        let cost = try launch.rehearse("adapt", threads: 1, limit: .infinity) {
            peak += 1000
            return peak
        }
        #expect(cost.steps.map(\.batch) == [4, 8])
        #expect(cost.steps.allSatisfy { $0.seconds > 0 } && cost.secondsPerImage > 0)
        // resnet18, once with each of Adam's moments.
        #expect(cost.stateBytes > 3 * 44_710_144)
    }
}

/// The whole of an experiment with this method, unsupervised and after pre-training. What so few steps come to may have one
/// cluster alone, with which a batch of four can be filled.
@Suite(.serialized) struct `A cluster-contrast experiment` {
    private func run(_ experiment: Experiment, _ check: (RunResult, RunFolder) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let logs = URL(fileURLWithPath: folder + "/logs")
        let result = try Launch(
            experiment, dataFolder: folder + "/data", weightFolders: [], cacheFolder: folder + "/cache",
            output: StandardError()
        ).run(.new, logs: logs, until: nil, interruption: Interruption(), under: ConditionsOffer(threads: 2)).result
        try check(result, #require(RunFolder.runs(of: "x", in: logs).first))
    }

    private func facts(_ run: RunFolder) throws -> [String] {
        let path = run.stageFolder("adapt").appendingPathComponent("network-1.safetensors").path
        let file = try WeightFile(readingFrom: path)
        return ["pooling", "domains", "images_per_norm_group"].map { file.facts[$0] ?? "" }
    }

    @Test func `trains without a source, scores and says what its network is`() throws {
        try run(alone(", pooling: average", ["adapt.batch=4"])) { result, folder in
            #expect(result.status == .completed)
            #expect(result.rows.suffix(2).map(\.name) == ["+ flip", "+ re-ranking"])
            try expectPicks(result.rows.dropLast(2), "unsupervised", "stability")
            let said = try facts(folder)
            #expect(said == ["average", "shared", "4"])
        }
    }

    @Test func `goes on from a network that a source has trained`() throws {
        try run(chained(", from: direct", ["adapt.batch=4"])) { result, folder in
            #expect(result.status == .completed)
            try expectPicks(result.rows, "adapted", "stability", after: ["direct transfer"])
            let said = try facts(folder)
            #expect(said == ["gem", "shared", "4"])
        }
    }
}
