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

/// Two networks with average pooling that the source has trained, and what goes on from them.
private func experiment(_ adapt: String, _ overrides: [String] = []) throws -> Experiment {
    let text =
        tinyData + """

            workers: 0
            stages:
              - pretrain: {name: direct, images: source, pooling: average, networks: 2, epochs: 1, iterations: 2, batch: 8,
                           padding: 2, target_forward: false, evaluate_every: 0}
              - adapt: {\(adapt), epochs: 2, iterations: 2, batch: 8, padding: 2}
            """
    return try Experiment(Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides), name: "x")
}

private let mutual = "method: mmt, images_per_norm_group: 4"
private let byMeans = mutual + ", clustering: kmeans, clusters: 4, runs: 2"
private let byDensity = mutual + ", clustering: dbscan, k1: 6, k2: 2, min_samples: 2"

@Suite struct `A stage of mutual mean-teaching` {
    @Test func `goes on from both networks of a stage, in groups of its own`() throws {
        let stage = try experiment(byMeans).stages[1].definition
        let shape = NetworkShape(backbone: .resnet18, pooling: .average, imagesPerNormGroup: 4)
        #expect(stage.inputs.map(\.stage) == ["direct"] && stage.begins == nil)
        #expect(stage.offer.networks?.members.map(\.shape) == [shape, shape])
        #expect(stage.offer.networks?.members.map(\.file) == ["mean-1.safetensors", "mean-2.safetensors"])
    }

    @Test func `has the authors' numbers where a file leaves them out`() {
        let config = MMT.Config()
        #expect(config.epochs == 40 && config.iterations == 800 && config.batch == 64 && config.instances == 4)
        #expect(config.rate == 3.5e-4 && config.weightDecay == 5e-4 && config.meanDecay == 0.999)
        #expect(config.softClassification == 0.5 && config.softTriplet == 0.8 && MMTSettings().imagesPerNormGroup == 16)
        guard case .kMeans(let means) = config.clustering else { preconditionFailure("the paper's clustering is k-means") }
        #expect(means.clusters == 500 && means.runs == 10)
        let density = MMT.Config.density
        #expect(density.neighbours == 20 && density.expansion == 6 && density.minimumPoints == 4)
        #expect(density.scale == .relative && density.radius == .nearest(share: 1.6e-3))
    }

    @Test(arguments: [
        (
            "adapt.images_per_norm_group=3",
            "adapt.images_per_norm_group: a batch of 8 has no whole number of groups of 3 images that are normalised together; "
                + "allowed: what divides 'batch', 8 for all of it"
        ),
        ("adapt.clusters=1", "adapt.clusters: 1 cluster with 4 images each fill no batch of 8; allowed: 2 or more"),
        ("adapt.clusters=0", "adapt.clusters: found 0; allowed: 1 to 1000000"),
        ("adapt.clustering=means", "adapt.clustering: found 'means'; allowed: dbscan, kmeans"),
        ("adapt.eps=0.6", "adapt.eps: 'eps' goes with clustering: dbscan; allowed: one or the other"),
        ("adapt.k1=30", "adapt.k1: 'k1' goes with clustering: dbscan; allowed: one or the other"),
        ("direct.networks=1", "adapt.from: 'direct' trains 1 network, and mmt needs 2"),
        (
            "adapt.head={arcface: {}}",
            "adapt.head: unknown key 'head'; allowed: alpha, backbone, batch, clustering, clusters, "
        ),
    ])
    func `is refused with the place, what was found and what is allowed`(override: String, report: String) {
        let named = byMeans + ", from: direct"
        let error = #expect(throws: ConfigurationError.self) { try experiment(named, [override]) }
        let found = error?.problems.first.map { "\($0)" } ?? ""
        #expect(found.contains(": " + report) && error?.problems.count == 1, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("adapt.clusters=500", "adapt.clusters: 'clusters' goes with clustering: kmeans; allowed: one or the other"),
        ("adapt.runs=1", "adapt.runs: 'runs' goes with clustering: kmeans; allowed: one or the other"),
        ("adapt.eps=1.5", "adapt.eps: found 1.5; allowed: "),
        ("adapt.eps={nearest: 2}", "adapt.eps.nearest: found 2; allowed: 1e-06 to 1"),
        ("adapt.eps={}", "adapt.eps: "),
        ("adapt.eps={share: 0.1}", "adapt.eps: "),
    ])
    func `with DBSCAN is refused likewise`(override: String, report: String) {
        for method in ["mmt", "clustering-baseline"] {
            let keys = "method: \(method), clustering: dbscan, from: direct"
            let groups = method == "mmt" ? ", images_per_norm_group: 8" : ""
            let error = #expect(throws: ConfigurationError.self) { try experiment(keys + groups, [override]) }
            #expect(error?.problems.contains { "\($0)".contains(": " + report) } == true, "\(String(describing: error))")
        }
    }

    /// `null` asks for the default, whatever is chosen, so that an override can change the choice of a file.
    @Test func `takes another clustering in an override`() throws {
        let overrides = ["adapt.clustering=kmeans", "adapt.k1=null", "adapt.k2=null", "adapt.min_samples=null"]
        let text = try experiment(byDensity, overrides).document.yamlText
        #expect(text.contains("clustering: kmeans") && text.contains("clusters: 500") && !text.contains("k1: "))
    }

    @Test func `has keys that its results depend on`() throws {
        func key(_ keys: String, _ overrides: [String] = []) throws -> StageKey {
            let plan = try experiment(keys, overrides).plan(dataDigest: ContentDigest(of: "data"))
            return plan.key(of: plan.stages[1])
        }
        let (means, density) = (try key(byMeans), try key(byDensity))
        #expect(means != density)
        for change in [
            "clusters=5", "runs=3", "alpha=0.99", "soft_classification=0.4", "soft_triplet=0.7", "images_per_norm_group=8",
        ] {
            #expect(try key(byMeans, ["adapt.\(change)"]) != means, "\(change)")
        }
        for change in ["eps=0.6", "eps={nearest: 2.0e-3}", "k1=7", "min_samples=3"] {
            #expect(try key(byDensity, ["adapt.\(change)"]) != density, "\(change)")
        }
        for same in ["evaluate_every=2", "clustering=kmeans"] { #expect(try key(byMeans, ["adapt.\(same)"]) == means) }
        for same in ["eps={nearest: 1.6e-3}", "eps=null"] { #expect(try key(byDensity, ["adapt.\(same)"]) == density) }
    }

    /// As a run keeps it, with nothing left to defaults and no key of the clustering that is not chosen.
    @Test(arguments: [byMeans, byDensity, byDensity + ", eps: 0.6"])
    func `is read again from its resolved form`(keys: String) throws {
        let experiment = try experiment(keys)
        let text = experiment.document.yamlText
        let again = try Experiment(Document.parse(text, file: "resolved.yaml"), name: "x")
        #expect(again.document.yamlText == text)
        #expect(text.contains("clusters: ") == (keys == byMeans) && text.contains("eps") == (keys != byMeans))
        #expect(text.contains("nearest: ") == (keys == byDensity))
    }
}

@Suite struct `The clustering of the baseline` {
    @Test func `is DBSCAN with a given radius where nothing else is said`() throws {
        let text = try experiment("method: clustering-baseline").document.yamlText
        #expect(text.contains("clustering: dbscan") && text.contains("eps: 0.6"))
    }

    @Test func `is k-means where that is chosen`() throws {
        let text = try experiment("method: clustering-baseline, clustering: kmeans, clusters: 7").document.yamlText
        #expect(text.contains("clusters: 7") && text.contains("runs: 10") && !text.contains("eps"))
    }
}

@Suite struct `A forecast of mutual mean-teaching` {
    /// 0.1 s and 100 MiB for each image of a batch beside 1 s and 200 MiB; 10 ms an image that is embedded.
    private let cost = StageCost(
        steps: [.init(batch: 4, seconds: 1.4, peakBytes: 600 << 20), .init(batch: 8, seconds: 1.8, peakBytes: 1000 << 20)],
        secondsPerImage: 0.01, peakBytes: 1000 << 20, stateBytes: 100 << 20, networkBytes: 40 << 20, matrixRate: 1e6)

    /// 4 steps of 1.8 s; two embeddings of the target's N images an epoch and after the last, and two of the 28 for
    /// validation after every epoch. DBSCAN: a search of N² products an epoch, and all pairs below distance 1 where it finds
    /// its radius among them. k-means: two runs of thirty times N·4.
    @Test(arguments: [(byMeans, true), (byDensity, false), (byDensity + ", eps: 0.6", false)])
    func `is steps, embeddings and clusterings`(keys: String, isByMeans: Bool) throws {
        let experiment = try experiment(keys)
        let world = try #require(experiment.settings.data.drawnWorld)
        let counts = DatasetCounts(world)
        let load = experiment.stages[1].definition.load(counts)
        let found = Forecaster(statesKept: 2).forecast(load, cost, done: 0)
        let images = Double(6 * counts.target + 4 * 28)
        let products = Double(2 * counts.target * (isByMeans ? 2 * 30 * 4 : counts.target)) * 4 * 512 / 1e6
        #expect(abs(found.seconds - (7.2 + images / 100 + products)) < 1e-9)
        let bytes =
            isByMeans
            ? MemoryForecast.kMeans(count: counts.target, dimension: 512, clusterCount: 4).total
            : MemoryForecast.clustering(
                count: counts.target, dimension: 512, neighbours: 6, holding: keys == byDensity ? .belowOne : .near
            ).total
        #expect((load.bytesHeld, load.bytesInSteps, load.bytesBetweenSteps) == (0, 0, bytes))
        #expect(found.memoryBytes == Int(1.15 * Double(1000 << 20)))
        #expect(found.diskBytes == 2 * 40 << 20)
    }

    /// Groups of 4 do not divide a batch of 2, with which a step is measured too.
    @Test func `is measured by steps of two batches and by images that are embedded`() throws {
        let launch = Launch(
            try experiment(byMeans), dataFolder: "/nowhere", weightFolders: [], cacheFolder: "/nowhere",
            output: StandardError())
        var peak = 0
        let cost = try launch.rehearse("adapt", threads: 1, limit: .infinity) {
            peak += 1000
            return peak
        }
        #expect(cost.steps.map(\.batch) == [4, 8])
        #expect(cost.steps.allSatisfy { $0.seconds > 0 } && cost.secondsPerImage > 0)
        // Two students and two mean networks of resnet18, the students once more with each of Adam's moments.
        #expect(cost.stateBytes > 8 * 44_710_144)
    }
}

@Suite(.serialized) struct `An experiment of mutual mean-teaching` {
    @Test(arguments: [byMeans, byDensity + ", eps: 0.7"]) func `trains, scores and says what its networks are`(keys: String)
        throws
    {
        let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let logs = URL(fileURLWithPath: folder + "/logs")
        let result = try Launch(
            experiment(keys), dataFolder: folder + "/data", weightFolders: [], cacheFolder: folder + "/cache",
            output: StandardError()
        ).run(.new, logs: logs, until: nil, interruption: Interruption(), under: ConditionsOffer(threads: 2)).result
        #expect(result.status == .completed)
        try expectPicks(result.rows, "adapted", "agreement", after: ["direct transfer"])
        #expect(result.final?.figures == result.rows.last?.figures)
        let run = try #require(RunFolder.runs(of: "x", in: logs).first)
        for number in 1...2 {
            let path = run.stageFolder("adapt").appendingPathComponent("mean-\(number).safetensors").path
            let facts = try WeightFile(readingFrom: path).facts
            let said = ["pooling", "domains", "images_per_norm_group"].map { facts[$0] ?? "" }
            #expect(said == ["average", "shared", "4"])
        }
    }

    /// The last epoch's row is the same whether its networks were scored with the epoch or, where none was, for the row.
    @Test func `has one row where no epoch is scored, with the figures that it has beside picks`() throws {
        func rows(_ interval: Int) throws -> [ResultRow] {
            let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            return try Launch(
                experiment(byMeans, ["adapt.evaluate_every=\(interval)"]), dataFolder: folder + "/data", weightFolders: [],
                cacheFolder: folder + "/cache", output: StandardError()
            ).run(
                .new, logs: URL(fileURLWithPath: folder + "/logs"), until: nil, interruption: Interruption(),
                under: ConditionsOffer(threads: 2)
            ).result.rows
        }
        let (without, with) = (try rows(0), try rows(1))
        #expect(without.map(\.name) == ["direct transfer", "adapted"])
        let last = try #require(with.last)
        #expect(last.figures.filter { ["mAP", "mINP", "top1", "top5", "top10"].contains($0.key) } == without[1].figures)
    }
}
