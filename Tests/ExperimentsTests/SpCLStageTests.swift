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

private func experiment(_ data: String = tinyData, _ keys: String = "", _ overrides: [String] = []) throws -> Experiment {
    let text =
        data + """

            workers: 0
            stages:
              - adapt: {method: spcl, epochs: 2, iterations: 2, batch: 8, images_per_norm_group: 4, padding: 2, k1: 6, k2: 2,
                        eps: 0.7, min_samples: 2, evaluate_every: 1\(keys)}
              - postprocess: {camera: false, rerank: {k1: 6, k2: 2}}
            """
    return try Experiment(Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides), name: "x")
}

private let targetAlone = tinyData.replacing("data:\n", with: "data:\n  source: none\n")

@Suite struct `A self-paced stage` {
    @Test(arguments: [(tinyData, NormalisationDomains.separate), (targetAlone, .shared)])
    func `begins one network of its own, by domain where there is a source`(
        data: String, domains: NormalisationDomains
    ) throws {
        let stage = try #require(try experiment(data).stages.first).definition
        #expect(stage.inputs.isEmpty && stage.begins == .resnet18)
        #expect(stage.offer.networks?.members.map(\.file) == ["network-1.safetensors"])
        #expect(
            stage.offer.networks?.members.map(\.shape) == [
                NetworkShape(backbone: .resnet18, pooling: .average, domains: domains, imagesPerNormGroup: 4)
            ])
    }

    @Test func `may have a backbone and a pooling of its own`() throws {
        let shape = try experiment(tinyData, ", backbone: resnet50_ibn_a, pooling: gem").stages[0].definition.offer.networks?
            .members[0].shape
        #expect(shape?.backbone == .resnet50IBNa && shape?.pooling == .generalisedMean)
    }

    @Test func `has the authors' numbers where a file leaves them out`() throws {
        let config = SpCL.Config()
        #expect(config.epochs == 50 && config.iterations == 400 && config.batch == 64 && config.instances == 4)
        // 3.5e-4 in epochs 0 to 19, a tenth to 39, a hundredth to 49.
        let rates = [0, 19, 20, 39, 40, 49].map { Int((config.schedule.rate(epoch: $0) * 1e7).rounded()) }
        #expect(rates == [3500, 3500, 350, 350, 35, 35])
        #expect(config.clustering == DensityClustering(neighbours: 30, expansion: 6, radius: 0.6, minimumPoints: 4))
        #expect(config.gap == 0.02 && config.temperature == 0.05 && config.momentum == 0.2 && config.weightDecay == 5e-4)
        #expect(SpCLSettings().imagesPerNormGroup == 16 && SpCLSettings().pooling == .average)
    }

    @Test(arguments: [
        (
            "adapt.images_per_norm_group=3",
            "x.yaml:13:63: adapt.images_per_norm_group: a batch of 8 has no whole number of "
                + "groups of 3 images that are normalised together; allowed: what divides 'batch', 8 for all of it"
        ),
        (
            "adapt.batch=6",
            "x.yaml:13:53: adapt.batch: a batch of 6 holds no whole number of identities with 4 images each; "
                + "allowed: a multiple of 'instances'"
        ),
        (
            "adapt.eps_gap=0.3",
            "override 'adapt.eps_gap=0.3':1:7: adapt.eps_gap: 0.3 does not fit an eps of 0.7; allowed: eps - eps_gap at least 0 "
                + "and eps + eps_gap below 1"
        ),
        (
            "adapt.eps_gap=0.71",
            "override 'adapt.eps_gap=0.71':1:7: adapt.eps_gap: 0.71 does not fit an eps of 0.7; allowed: eps - eps_gap at least 0 "
                + "and eps + eps_gap below 1"
        ),
        ("adapt.momentum=1.5", "override 'adapt.momentum=1.5':1:16: adapt.momentum: found 1.5; allowed: 0 to 1"),
        (
            "adapt.from=direct",
            "override 'adapt.from=direct':1:7: adapt.from: unknown key 'from'; allowed: "
                + "backbone, batch, epochs, eps, eps_gap, evaluate_every, images_per_norm_group, instances, iterations, k1, k2, "
                + "method, milestones, min_samples, momentum, name, padding, pooling, rate, temperature, weight_decay"
        ),
    ])
    func `is refused with the place, what was found and what is allowed`(override: String, report: String) {
        let error = #expect(throws: ConfigurationError.self) { try experiment(tinyData, "", [override]) }
        #expect(error?.problems.first.map { "\($0)" }?.hasPrefix(report) == true, "\(String(describing: error))")
    }

    /// An option that changes a result enters the key of the stage, one that is only reported does not.
    @Test func `has keys that its results depend on`() throws {
        func key(_ overrides: [String] = []) throws -> StageKey {
            let plan = try experiment(tinyData, "", overrides).plan(dataDigest: ContentDigest(of: "data"))
            return plan.key(of: plan.stages[0])
        }
        let before = try key()
        for change in [
            "images_per_norm_group=8", "pooling=gem", "eps_gap=0.03", "momentum=0.3", "temperature=0.06", "milestones=[1]",
        ] {
            #expect(try key(["adapt.\(change)"]) != before, "\(change)")
        }
        #expect(try key(["adapt.evaluate_every=2"]) == before)
    }
}

@Suite struct `A forecast of self-paced learning` {
    /// 0.1 s and 100 MiB for each image of a batch beside 1 s and 200 MiB; 10 ms an image that is embedded.
    private let cost = StageCost(
        steps: [.init(batch: 4, seconds: 1.4, peakBytes: 600 << 20), .init(batch: 8, seconds: 1.8, peakBytes: 1000 << 20)],
        secondsPerImage: 0.01, peakBytes: 1000 << 20, stateBytes: 100 << 20, networkBytes: 40 << 20, matrixRate: 1e6)

    private func forecast(_ data: String) throws -> StageForecast {
        let experiment = try experiment(data, "", ["adapt.epochs=3", "adapt.iterations=10"])
        let world = try #require(experiment.settings.data.drawnWorld)
        let counts = DatasetCounts(world, hasSource: experiment.settings.data.source != nil)
        let load = experiment.stages[0].definition.load(counts)
        return Forecaster(statesKept: 2).forecast(load, cost, done: 0)
    }

    /// The tiny world has 6 people in 36 source images, 40 ± 8 target images and 28 for validation, twice during training
    /// and once after it. 30 steps of 1.8 s; the first embedding of all images; four searches of N_t² products, the last for
    /// the last epoch's score, and 30 steps of
    /// 16 (8) images times all rows, there and back.
    @Test func `is steps, one embedding of everything, searches and looks at the memory`() throws {
        let world = try #require(experiment().settings.data.drawnWorld)
        let counts = DatasetCounts(world)
        let target = counts.target
        #expect(counts.source == 36 && counts.identities == 6 && counts.validation == 28)
        let alone = DatasetCounts(world, hasSource: false)
        #expect(alone.source == 0 && alone.identities == 0 && alone.target == target && alone.validation == 28)
        for (data, source, classes, batch) in [(tinyData, 36, 6, 16), (targetAlone, 0, 0, 8)] {
            let rows = classes + target
            let images = Double(source + target + 3 * 28)
            let products = Double(4 * target * target + 30 * batch * rows) * 4 * 512 / 1e6
            let found = try forecast(data)
            #expect(abs(found.seconds - (54 + images / 100 + products)) < 1e-9)
            let clustering = MemoryForecast.clustering(count: target, dimension: 512, neighbours: 6).total
            // Six tables of a batch against all rows.
            let tables = 6 * batch * rows * 4
            let load = try experiment(data).stages[0].definition.load(source == 0 ? alone : counts)
            #expect(
                (load.bytesHeld, load.bytesInSteps, load.bytesBetweenSteps)
                    == (rows * 2048, tables, max(source * 2048, clustering)))
            #expect(found.memoryBytes == Int(1.15 * Double((1000 << 20) + rows * 2048 + tables)))
            #expect(found.diskBytes == 40 << 20)
            #expect(found.scratchBytes == 3 * (100 << 20 + rows * 2048))
        }
    }

    /// Groups of 4 do not divide a batch of 2, with which a step is measured too.
    @Test(arguments: [tinyData, targetAlone]) func `is measured by steps of two batches and by images that are embedded`(
        data: String
    ) throws {
        let launch = Launch(
            try experiment(data), dataFolder: "/nowhere", weightFolders: [], cacheFolder: "/nowhere", output: StandardError()
        )
        var peak = 0
        let cost = try launch.rehearse("adapt", threads: 1, limit: .infinity) {
            peak += 1000
            return peak
        }
        #expect(cost.steps.map(\.batch) == [4, 8])
        #expect(cost.steps.allSatisfy { $0.seconds > 0 } && cost.secondsPerImage > 0)
        // resnet18 without GeM's power, once with each of Adam's moments.
        #expect(cost.stateBytes > 3 * 44_710_144)
    }
}

@Suite struct `A drawn world` {
    /// Its files are the same; what is learnt from them is not.
    @Test func `gives other keys where its source is left out`() throws {
        func keys(_ data: String) throws -> [StageKey] {
            let launch = Launch(
                try experiment(data), dataFolder: "/nowhere", weightFolders: [], cacheFolder: "/nowhere",
                output: StandardError())
            let plan = try launch.plan()
            return plan.stages.map { plan.key(of: $0) }
        }
        let (both, alone) = (try keys(tinyData), try keys(targetAlone))
        #expect(zip(both, alone).allSatisfy { $0 != $1 })
        #expect(try keys(tinyData) == both)
    }
}

/// The whole of an experiment with one method, whose networks post-processing takes.
@Suite(.serialized) struct `A self-paced experiment` {
    @Test(arguments: [(tinyData, "adapted", "separate"), (targetAlone, "unsupervised", "shared")])
    func `trains, scores and says what its network is`(data: String, row: String, domains: String) throws {
        let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let logs = URL(fileURLWithPath: folder + "/logs")
        let result = try Launch(
            experiment(data), dataFolder: folder + "/data", weightFolders: [], cacheFolder: folder + "/cache",
            output: StandardError()
        ).run(.new, logs: logs, until: nil, interruption: Interruption(), under: ConditionsOffer(threads: 2)).result
        #expect(result.status == .completed)
        #expect(result.rows.suffix(2).map(\.name) == ["+ flip", "+ re-ranking"])
        try expectPicks(result.rows.dropLast(2), row, "stability")
        let run = try #require(RunFolder.runs(of: "x", in: logs).first)
        let file = try WeightFile(readingFrom: run.stageFolder("adapt").appendingPathComponent("network-1.safetensors").path)
        let said = ["pooling", "domains", "images_per_norm_group"].map { file.facts[$0] ?? "" }
        #expect(said == ["average", domains, "4"])
    }
}
