// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Training
import Pipeline
import Synchronization
import Testing

@testable import Experiments

private func experiment(_ overrides: [String] = []) throws -> Experiment {
    let text = """
        \(tenPeople)
        image: {height: 64, width: 32}
        backbone: resnet18
        stages:
          - pretrain: {name: direct, images: source, networks: 2, epochs: 5, iterations: 20, batch: 16, evaluate_every: 2}
          - translate: {epochs: 2, iterations: 10, batch: 8, constant_epochs: 2, pool: 10, quality: 75}
          - pretrain:
          - adapt: {epochs: 3, iterations: 10, batch: 8, evaluate_every: 3}
          - postprocess: {camera: {epochs: 2, iterations: 5, batch: 4}}
        """
    return try Experiment(Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides), name: "x")
}

/// 0.1 s and 100 MiB for each image of a batch beside 1 s and 200 MiB; 10 ms an image that is embedded.
private let cost = StageCost(
    steps: [
        .init(batch: 4, seconds: 1.4, peakBytes: 600 << 20), .init(batch: 8, seconds: 1.8, peakBytes: 1000 << 20),
    ], secondsPerImage: 0.01, peakBytes: 1000 << 20, stateBytes: 100 << 20, networkBytes: 40 << 20, matrixRate: 1e12)

/// The same on a card that holds 300 MiB and 200 MiB for each image; the machine holds 1000 MiB whatever the batch.
private let costOnCard = StageCost(
    steps: [
        .init(batch: 4, seconds: 1.4, peakBytes: 1000 << 20, cardBytes: 1100 << 20),
        .init(batch: 8, seconds: 1.8, peakBytes: 1000 << 20, cardBytes: 1900 << 20),
    ], secondsPerImage: 0.01, peakBytes: 1000 << 20, stateBytes: 100 << 20, networkBytes: 40 << 20, matrixRate: 1e12,
    cardBytes: 1900 << 20)

@Suite struct `A cost of steps` {
    @Test func `is a straight line through both batch sizes`() {
        #expect(abs(cost.seconds(batch: 16) - 2.6) < 1e-12)
        #expect(cost.peakBytes(batch: 16) == 1800 << 20)
        // No less than what the process has had.
        #expect(cost.peakBytes(batch: 4) == 1000 << 20)
        #expect(cost.largestBatch(within: 1700 << 20, below: 32, multipleOf: 4) == 12)
        #expect(cost.largestBatch(within: 100 << 20, below: 32, multipleOf: 4) == nil)
    }

    @Test func `knows the memory of a card besides the machine's`() {
        #expect(costOnCard.peakBytes(batch: 16, in: .card) == 3500 << 20)
        #expect(costOnCard.peakBytes(batch: 16) == 1000 << 20)
        #expect(costOnCard.fixedBytes(in: .card) == 300 << 20)
        #expect(costOnCard.largestBatch(within: 2800 << 20, of: .card, below: 32, multipleOf: 4) == 12)
        #expect(costOnCard.halvingSteps().peakBytes(batch: 16, in: .card) == 3500 << 20)
        #expect(cost.peakBytes(batch: 16, in: .card) == 0)
    }

    /// 10 steps of 1.8 s, each with 6e12 operations: on the processor at the rate of its own products, on a card at the card's.
    @Test func `has a card do the products of its steps`() {
        var load = StageLoad()
        load.training = .init(epochs: 2, iterations: 5, batch: 8, batchUnit: 2)
        load.training?.operationsPerStep = 6e12
        load.during.operations = 2e12
        #expect(abs(Forecaster(statesKept: 2).forecast(load, cost, done: 0).seconds - (18 + 60 + 2)) < 1e-9)
        var quick = costOnCard
        quick.cardRate = 30e12
        #expect(abs(Forecaster(statesKept: 2).forecast(load, quick, done: 0).seconds - (18 + 2 + 2)) < 1e-9)
        #expect(quick.halvingSteps().cardRate == 30e12)
    }

    /// A file that an earlier version has kept.
    @Test func `is read where nothing is said of a card`() throws {
        let text = """
            {"steps": [{"batch": 4, "seconds": 1.4, "peakBytes": 6}], "secondsPerImage": 1, "peakBytes": 6, "stateBytes": 1, \
            "networkBytes": 1, "matrixRate": 1, "correction": 1}
            """
        let found = try JSONDecoder().decode(StageCost.self, from: Data(text.utf8))
        #expect(found.cardBytes == nil && found.steps[0].cardBytes == nil && found.peakBytes == 6)
    }

    @Test func `does not fall with the batch, whatever noise says`() {
        let noisy = StageCost(
            steps: [
                .init(batch: 4, seconds: 2, peakBytes: 600), .init(batch: 8, seconds: 1, peakBytes: 600),
            ], secondsPerImage: 0, peakBytes: 600, stateBytes: 0, networkBytes: 0, matrixRate: 1)
        #expect(noisy.seconds(batch: 64) == 1)
    }
}

@Suite struct `A forecast` {
    private func forecast(_ name: String, done: Double = 0, _ overrides: [String] = []) throws -> StageForecast {
        let experiment = try experiment(overrides)
        let world = try #require(experiment.settings.data.drawnWorld)
        let stage = try #require(experiment.stages.first { $0.name == name })
        return Forecaster(statesKept: experiment.settings.checkpoints.keep)
            .forecast(stage.definition.load(DatasetCounts(world)), cost, done: done)
    }

    @Test func `counts the images of a world that is not drawn`() throws {
        let world = try #require(experiment().settings.data.drawnWorld)
        let counts = DatasetCounts(world)
        #expect(counts.source == 100 && counts.identities == 10 && counts.target == 50)
        #expect(counts.query == 20 && counts.gallery == 80 && counts.validation == 100)
    }

    /// Two networks of 100 steps of 2.6 s and two evaluations of 100 images, and one more: 2·(260 + 2) + 1.
    @Test func `of pre-training is steps and evaluations`() throws {
        let found = try forecast("direct")
        #expect(abs(found.seconds - 525) < 1e-9)
        // Of 1800 MiB, and 15 % for what earlier stages have left.
        #expect(found.memoryBytes == Int(1.15 * Double(1800 << 20)))
        #expect(found.diskBytes == 80 << 20)
        // Two networks, two states kept and one on its way.
        #expect(found.scratchBytes == 600 << 20)
        #expect(abs(try forecast("direct", done: 0.25).seconds - (0.75 * 524 + 1)) < 1e-9)
    }

    /// 20 steps of 1.8 s and 100 images; two pools of ten images of 64×32; 3 bits a pixel.
    @Test func `of translation is steps and images`() throws {
        let found = try forecast("translate")
        #expect(abs(found.seconds - 37) < 1e-9)
        let pools = 2 * 10 * 3 * 2048 * 4
        #expect(found.memoryBytes == Int(1.15 * Double((1000 << 20) + pools)))
        #expect(found.diskBytes == 40 << 20 + 100 * 768)
    }

    /// 30 steps of 1.8 s; every epoch 2·50 images, and after the last, the only one that is scored, 2·100 for validation and
    /// 2·50 to compare both networks: 300 + 300 images; three clusterings of 2·2·50²·512 operations, which take no time
    /// here.
    @Test func `of adaptation is steps, embeddings and clusterings`() throws {
        // Both networks see the source's 100 images first where its rows are their means.
        #expect(
            abs(
                try forecast("adapt", ["adapt.source_rows=centroids"]).seconds
                    - forecast("adapt").seconds - 2) < 1e-9)
        // The last images are embedded however much of the training is done; without scores those of one network's row.
        #expect(abs(try forecast("adapt", done: 1).seconds - 3) < 1e-9)
        #expect(abs(try forecast("adapt", done: 1, ["adapt.evaluate_every=0"]).seconds - 1) < 1e-9)
        let found = try forecast("adapt")
        #expect(abs(found.seconds - (54 + 6 + 3 * 5.12e6 / 1e12)) < 1e-9)
        #expect(found.diskBytes == 80 << 20)
        // Two queues of 80 keys.
        #expect(found.scratchBytes == 3 * (100 << 20 + 2 * 80 * 512 * 4))
    }

    /// A step has 1000 MiB and 100 MiB of tables, what lies between steps 200 MiB and 1000 MiB: 1200 MiB; 300 MiB all the
    /// time.
    @Test func `of memory is the larger of a step and what lies between`() {
        var load = StageLoad()
        load.training = StageLoad.Training(epochs: 1, iterations: 1, batch: 8, batchUnit: 4)
        (load.bytesHeld, load.bytesInSteps, load.bytesBetweenSteps) = (300 << 20, 100 << 20, 1000 << 20)
        let forecaster = Forecaster(statesKept: 2)
        #expect(forecaster.forecast(load, cost, done: 0).memoryBytes == Int(1.15 * Double(1500 << 20)))
        load.bytesBetweenSteps = 0
        #expect(forecaster.forecast(load, cost, done: 0).memoryBytes == Int(1.15 * Double(1400 << 20)))
    }

    /// 1.15 · (200 + 1000 + 300) MiB between steps are held whatever the batch; within a step 600, 100 and 300 MiB with 4
    /// images.
    @Test func `of the largest batch counts what lies between steps`() {
        var load = StageLoad()
        let training = StageLoad.Training(epochs: 1, iterations: 1, batch: 16, batchUnit: 4)
        (load.bytesHeld, load.bytesInSteps, load.bytesBetweenSteps) = (300 << 20, 100 << 20, 1000 << 20)
        let fitting = { (mebibytes: Int) in Forecaster.batch(of: training, load, cost, within: mebibytes << 20) }
        #expect(fitting(1_700) == nil && fitting(1_730) == 8 && fitting(2_100) == 12)
    }

    /// 300 + 8 · 200 MiB in a step, or 300 and 2000 MiB between two; 1.15 · (2300 + 500) MiB and 1 GiB for the driver.
    @Test func `of a card's memory is reckoned as the machine's, with what the driver takes`() {
        var load = StageLoad()
        let training = StageLoad.Training(epochs: 1, iterations: 1, batch: 8, batchUnit: 4)
        load.training = training
        (load.bytesHeld, load.bytesBetweenSteps) = (500 << 20, 2000 << 20)
        let found = Forecaster(statesKept: 2).forecast(load, costOnCard, done: 0)
        #expect(found.cardBytes == Int(1.15 * Double(2800 << 20)) + 1 << 30)
        // 1000 MiB, of which none is a batch's, and 2500 MiB.
        #expect(found.memoryBytes == Int(1.15 * Double(3500 << 20)))
        #expect(Forecaster(statesKept: 2).forecast(load, cost, done: 0).cardBytes == nil)
        load.bytesBetweenSteps = 0
        // (3000 − 1024) MiB / 1.15 − 500 MiB leave 1218 MiB: 4 images have 1100 MiB.
        #expect(Forecaster.batch(of: training, load, costOnCard, within: 3000 << 20, of: .card) == 4)
        #expect(Forecaster.batch(of: training, load, costOnCard, within: 2000 << 20, of: .card) == nil)
    }

    /// Ten steps of 1.4 s; three networks and mirror images. Without either, passes of the three networks alone are left.
    @Test func `of post-processing is the camera network and all passes`() throws {
        let found = try forecast("postprocess")
        #expect(abs(found.seconds - (14 + 6)) < 0.001)
        #expect(try forecast("postprocess", ["postprocess={camera: false, flip: false}"]).seconds < 2.01)
    }
}

@Suite struct `A flight plan` {
    let folder = URL(fileURLWithPath: NSTemporaryDirectory() + "passerby-\(UUID().uuidString)")

    private func flight(_ overrides: [String] = [], machine: String = "abacus") throws -> FlightPlan {
        let experiment = try experiment(overrides)
        let launch = Launch(
            experiment, dataFolder: "/nowhere", weightFolders: [], cacheFolder: "/nowhere", output: StandardError())
        return try launch.flightPlan(
            .new, logs: folder.appendingPathComponent("logs"),
            cache: CalibrationCache(folder: folder.appendingPathComponent("cache"), machine: ["processor": machine])
        ).flight
    }

    @Test func `knows what was measured here, whatever epochs and rates are`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try flight().unmeasured == ["direct", "translate", "pretrain", "adapt", "postprocess"])
        try flight().store(cost, of: "adapt")
        #expect(
            try flight(["adapt.epochs=9", "adapt.rate=1.0e-4", "seed=3"]).unmeasured
                == ["direct", "translate", "pretrain", "postprocess"])
        #expect(try flight(["adapt.batch=12"]).unmeasured.contains("adapt"))
        #expect(try flight(["image.height=96"]).unmeasured.contains("adapt"))
        #expect(try flight(machine: "another").unmeasured.contains("adapt"))
        #expect(try flight().forecast.stages.keys.sorted() == ["adapt"])
    }

    @Test func `learns from a whole stage`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try flight().store(cost, of: "adapt")
        let before = try #require(try flight().forecast.stages["adapt"]).seconds
        try flight().correct("adapt", seconds: before * 1.5)
        #expect(abs(try #require(try flight().forecast.stages["adapt"]).seconds / before - 1.5) < 1e-9)
    }

    @Test func `refuses what cannot fit, and says what would`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try flight().store(cost, of: "direct")
        #expect(try flight().obstacles(memory: 3 << 30, disk: 1 << 40).isEmpty)
        #expect(
            try flight().obstacles(memory: 1700 << 20, disk: 1 << 40) == [
                "'direct' needs 2.0 GiB of memory and 1.7 GiB are free: direct.batch=12 instead of 16 would fit"
            ])
        #expect(
            try flight().obstacles(memory: 100 << 20, disk: 1 << 40) == [
                "'direct' needs 2.0 GiB of memory and 100.0 MiB are free, and no batch size makes it fit: choose smaller "
                    + "images with image, a smaller backbone, or where there are very many images fewer neighbours with k1"
            ])
        try flight().store(costOnCard, of: "direct")
        // 1.15 · (300 + 16 · 200) MiB and 1 GiB are 4.9 GiB; with 12 images 4.03 GiB, with 8 of them 3.1 GiB.
        #expect(try flight().obstacles(memory: 3 << 30, card: 5 << 30, disk: 1 << 40).isEmpty)
        #expect(try flight().obstacles(memory: 3 << 30, disk: 1 << 40).isEmpty)
        #expect(
            try flight().obstacles(memory: 3 << 30, card: 4 << 30, disk: 1 << 40) == [
                "'direct' needs 4.9 GiB of the card's memory and 4.0 GiB are free: direct.batch=8 instead of 16 would fit"
            ])
        try flight().store(cost, of: "direct")
        #expect(
            try flight().obstacles(memory: 3 << 30, disk: 1 << 20) == [
                "the run needs 680.0 MiB on disk and 1.0 MiB are free: free some, keep the runs elsewhere with --logs DIR, or "
                    + "fewer states with checkpoints.keep=1"
            ])
    }
}

@Suite(.serialized) struct `A rehearsal` {
    /// 3 s and 5 s of two steps each are 1.5 s and 2.5 s of one, or ¼ s an image and ½ s; all else is as it was.
    @Test func `may count two steps as one`() {
        let pairs = StageCost(
            steps: [.init(batch: 4, seconds: 3, peakBytes: 10), .init(batch: 8, seconds: 5, peakBytes: 20)],
            secondsPerImage: 7, peakBytes: 30, stateBytes: 40, networkBytes: 50, matrixRate: 60, correction: 2)
        let single = pairs.halvingSteps()
        #expect(single.seconds(batch: 16) == 4.5 && single.peakBytes(batch: 16) == pairs.peakBytes(batch: 16))
        #expect(single.secondsPerImage == 7 && single.stateBytes == 40 && single.networkBytes == 50)
        #expect(single.matrixRate == 60 && single.correction == 2)
    }

    /// Of real steps, on 64 × 32 pixels.
    @Test(arguments: ["direct", "translate", "adapt", "postprocess"])
    func `measures a stage of every kind`(stage: String) throws {
        let experiment = try experiment(["workers=0", "pretrain.networks=2"])
        let launch = Launch(
            experiment, dataFolder: "/nowhere", weightFolders: [], cacheFolder: "/nowhere", output: StandardError())
        var peak = 0
        // However long it takes beside other tests.
        let cost = try launch.rehearse(stage, threads: 1, limit: .infinity) {
            peak += 1000
            return peak
        }
        #expect(cost.steps.map(\.batch).last == ["direct": 16, "translate": 8, "adapt": 8, "postprocess": 4][stage])
        #expect(cost.steps.allSatisfy { $0.seconds > 0 && $0.peakBytes > 0 })
        #expect(cost.secondsPerImage > 0 && cost.matrixRate > 1e6)
        // resnet18's 11,177,537 parameters in four bytes, and as many statistics as normalisations have; once with
        // each of Adam's moments.
        if stage == "direct" {
            #expect((44_710_148..<44_900_000).contains(cost.networkBytes))
            #expect(cost.stateBytes > 3 * 44_710_148 && cost.stateBytes < 3 * 44_900_000)
        }
    }

    /// 200,000 pixels are 4 images of 384 × 128 and 97 of 64 × 32.
    @Test(arguments: [(64, 32, [48, 96]), (384, 128, [2, 4])])
    func `takes batches that a short measurement can afford`(height: Int, width: Int, batches: [Int]) throws {
        let experiment = try experiment(["image={height: \(height), width: \(width)}"])
        let world = try #require(experiment.settings.data.drawnWorld)
        let rehearsal = Rehearsal(
            settings: experiment.settings, counts: DatasetCounts(world), clock: .system, peakMemory: { 0 }, limit: 30)
        #expect(rehearsal.batches(1000) == batches)
        #expect(rehearsal.batches(4) == [2, 4] && rehearsal.batches(2) == [2])
    }

    /// A step of 2 images in so many seconds, and 20 seconds left: 0.5 s an image are 3 steps of 12 in 18 s; 1 s are 2 steps
    /// of 10; 4 s would be 2 steps of 2.5, and a second size there must be.
    @Test(arguments: [(0.0, 12, 3), (1, 12, 3), (2, 10, 2), (8, 4, 2), (1000, 4, 2)] as [(Double, Int, Int)])
    func `measures less where steps are slow`(seconds: Double, batch: Int, steps: Int) throws {
        let experiment = try experiment([])
        let world = try #require(experiment.settings.data.drawnWorld)
        let rehearsal = Rehearsal(
            settings: experiment.settings, counts: DatasetCounts(world), clock: .system, peakMemory: { 0 }, limit: 30)
        let small = StageCost.Steps(batch: 2, seconds: seconds, peakBytes: 0)
        #expect(rehearsal.second(12, after: small, left: 20) == (batch, steps))
        #expect(rehearsal.second(12, after: small, left: -5).batch == (seconds == 0 ? 12 : 4))
    }

    /// A step of 2 images in 1 s: 12 steps of 12 images take 72 s.
    @Test(arguments: [(72.0, 12), (71, 4)] as [(Double, Int)])
    func `measures more steps on a card`(left: Double, steps: Int) throws {
        let experiment = try experiment(["device=cuda"])
        let world = try #require(experiment.settings.data.drawnWorld)
        let rehearsal = Rehearsal(
            settings: experiment.settings, counts: DatasetCounts(world), clock: .system, peakMemory: { 0 }, limit: 30)
        let small = StageCost.Steps(batch: 2, seconds: 1, peakBytes: 0)
        #expect(rehearsal.second(12, after: small, left: left) == (12, steps))
    }

    /// A clock that goes on by an hour whenever it is read leaves time for nothing.
    @Test func `takes what it has where time is up`() throws {
        let experiment = try experiment(["workers=0"])
        let world = try #require(experiment.settings.data.drawnWorld)
        let hours = Mutex(0.0)
        let clock = RunClock(
            now: { 0 },
            uptime: {
                hours.withLock {
                    $0 += 3600; return $0
                }
            })
        var reports: [String] = []
        let rehearsal = Rehearsal(
            settings: experiment.settings, counts: DatasetCounts(world), clock: clock, peakMemory: { 1 }, limit: 30
        ) { reports.append($0) }
        let stage = try #require(experiment.stages.first { $0.name == "direct" })
        let cost = try stage.definition.rehearse(rehearsal)
        #expect(cost.steps.map(\.batch) == [8, 10])
        #expect(cost.steps.allSatisfy { $0.seconds == 3600 })
        #expect(reports == ["2 steps of 8 images", "2 steps of 10 images", "64 and 128 images without training"])
    }
}
