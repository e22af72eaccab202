// SPDX-License-Identifier: MIT

import Backbones
import Configuration
import Data
import Foundation
import Layers
import Pipeline
import Randomness
import Retrieval
import Tensor
import Testing

@testable import Experiments
@testable import Training

/// A scope that is left at one moment with the state that is there then, as a process is that saves and ends.
private final class LeavingScope: TrainingScope {
    struct Left: Error {}

    private let first: TrainingState?
    private let moment: Int
    private(set) var moments = 0
    private(set) var last: TrainingState?
    private(set) var end: ContentDigest?
    private(set) var reports: [String: Double] = [:]
    private(set) var records: [String: Double] = [:]
    /// What has no value twice.
    private(set) var durations: Set<String> = []

    init(from first: TrainingState? = nil, leavingAt moment: Int = .max) {
        self.first = first
        self.moment = moment
    }

    private func pass(_ state: () throws -> TrainingState) throws {
        moments += 1
        guard moments == moment else { return }
        // As read from a file: nothing is shared with the networks that go on.
        let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let kept = try state()
        try kept.file.write(to: path)
        last = try TrainingState(Safetensors(readingFrom: path), epoch: kept.epoch, step: kept.step)
        throw Left()
    }

    func restore() throws -> TrainingState? { first }
    func endEpoch(_ state: TrainingState) throws { try pass { state } }
    func endStep(_ state: () throws -> TrainingState) throws { try pass(state) }
    func pause(_ state: () throws -> TrainingState) throws { try pass(state) }
    func finish(_ state: TrainingState) throws { (end, reports) = (try state.digest(), state.reports) }
    func begin(epochs: Int, iterations: Int, at epoch: Int, step: Int) {}

    func record(_ name: String, _ value: Double, epoch: Int) throws {
        let key = "\(name) of epoch \(epoch)"
        guard !name.hasSuffix("seconds") else { return durations.formUnion([key]) }
        records[key] = value
    }
}

/// Every method for two epochs of two steps on a drawn world, left at moments at which it can be: some of each kind, and
/// all of them, which takes six minutes, where PASSERBY_LONG_TESTS is set, as scripts/check-machine does.
@Suite final class `Training that is left at any moment` {
    private let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
    private let workspace: Workspace
    private let random = RandomKey(seed: 1)
    private let shape = NetworkShape(backbone: .resnet18)

    init() throws {
        let text =
            tinyData + """

                workers: 0
                stages: [{pretrain: {images: source}}]
                """
        workspace = try DrawnWorkspace(text, in: folder).workspace
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Runs to the end, then once for each moment: until there, and on from what was kept.
    ///
    /// - Parameters:
    ///   - count: How many moments there are.
    ///   - chosen: Those that are always tried.
    private func expectSameEnd(
        _ count: Int, leavingAt chosen: [Int], _ train: (any TrainingScope) throws -> Void
    ) throws {
        let whole = LeavingScope()
        try train(whole)
        let end = try #require(whole.end)
        #expect(whole.moments == count)
        #expect(whole.durations.contains("loading/seconds of epoch 0"))
        let isLong = ProcessInfo.processInfo.environment["PASSERBY_LONG_TESTS"] != nil
        for moment in isLong ? Array(1...count) : chosen {
            let left = LeavingScope(leavingAt: moment)
            #expect(throws: LeavingScope.Left.self) { try train(left) }
            let resumed = LeavingScope(from: left.last)
            try train(resumed)
            #expect(resumed.end == end, "left at moment \(moment)")
            // The picks are made of these.
            #expect(resumed.reports == whole.reports, "left at moment \(moment)")
            // What was recorded before and after, the later of two counting, is what the whole training recorded.
            #expect(left.records.merging(resumed.records) { $1 } == whole.records, "left at moment \(moment)")
        }
    }

    /// Two epochs of two steps and an end, and a batch of validation images after the first epoch: moment 3.
    @Test func `ends with the bits of one that was not: pre-training`() throws {
        var config = SourcePretraining.Config()
        (config.epochs, config.iterations, config.batch, config.padding) = (2, 2, 8, 2)
        (config.autoAugment, config.evaluateEvery) = (true, 1)
        try expectSameEnd(2 * 3 + 1, leavingAt: [3, 5]) { scope in
            _ = try SourcePretraining(config, workspace.training("pre-training")).train(shape, from: nil, in: scope)
        }
    }

    @Test(arguments: [1, 2]) func `ends with the bits of one that was not: SDA`(encoderCount: Int) throws {
        var config = SDA.Config()
        (config.epochs, config.iterations, config.batch, config.padding) = (2, 2, 4, 2)
        config.networks = smallNetworks
        try expectSameEnd(2 * 3, leavingAt: [4]) { scope in
            let source = try EmbeddingNetwork(shape, random: random)
            let target = encoderCount == 1 ? source : try EmbeddingNetwork(shape, random: random.derived("target"))
            _ = try SDA(config, workspace.training("SDA"))
                .train(SDA.Encoders(source: source, target: target), in: scope)
        }
    }

    private var smallNetworks: TranslationNetworks {
        var networks = TranslationNetworks()
        (networks.generatorChannels, networks.generatorBlocks, networks.discriminatorChannels) = (4, 1, 4)
        networks.pool = 3
        return networks
    }

    @Test func `ends with the bits of one that was not: CycleGAN`() throws {
        var config = CycleGAN.Config()
        (config.epochs, config.iterations, config.batch, config.networks) = (2, 2, 4, smallNetworks)
        try expectSameEnd(2 * 3, leavingAt: [1, 4]) { scope in
            _ = try CycleGAN(config, workspace.training("CycleGAN")).train(in: scope)
        }
    }

    /// Three epochs of three steps and an end: 2 is a step without the generators, after which their mean losses are of
    /// one step; 5 is the siamese network's first, and 9 the first in which the generators hear of it.
    @Test func `ends with the bits of one that was not: SPGAN`() throws {
        var config = SPGAN.Config()
        (config.epochs, config.iterations, config.batch, config.networks) = (3, 3, 4, smallNetworks)
        config.metricChannels = 4
        try expectSameEnd(3 * 4, leavingAt: [2, 5, 9]) { scope in
            _ = try SPGAN(config, workspace.training("SPGAN")).train(in: scope)
        }
    }

    /// Each epoch two embeddings, two steps, two scorings and an end, and two embeddings after the last: 3 is a step, 5 a
    /// scoring, 8 an embedding with which the first epoch gets its score, 16 the last with which the second does. Source
    /// rows that are centroids take two embeddings more before all that: 2 is the second, when one network has its rows, and
    /// 3 the first embedding of the target, when both do.
    @Test(arguments: MMTPlus.SourceRows.allCases)
    func `ends with the bits of one that was not: MMT+`(sourceRows: MMTPlus.SourceRows) throws {
        var config = MMTPlus.Config()
        (config.epochs, config.iterations, config.batch, config.padding, config.evaluateEvery) = (2, 2, 8, 2, 1)
        config.clustering = DensityClustering(neighbours: 6, expansion: 2, radius: 0.7, minimumPoints: 2)
        let initial = try (1...2).map { number in
            try EmbeddingNetwork(shape, random: random.derived("initial \(number)")).store.state
                .mapValues { try $0.detached().copied() }
        }
        config.sourceRows = sourceRows
        let (first, moments) = sourceRows == .centroids ? (2, [2, 3]) : (0, [3, 5, 8, 16])
        try expectSameEnd(first + 2 * 7 + 2, leavingAt: moments) { scope in
            _ = try MMTPlus(config, workspace.training("MMT+"))
                .train(NetworkShape(backbone: .resnet18, domains: .separate), from: initial, in: scope)
        }
    }

    /// A radius that is given, one that is learnt, and as many clusters as fill a batch.
    private static let clusterings: [EpochClustering] = [
        .dbscan(.init(neighbours: 6, expansion: 2, scale: .plain, radius: .fixed(0.7), minimumPoints: 2)),
        .dbscan(.init(neighbours: 6, expansion: 2, scale: .relative, radius: .nearest(share: 0.05), minimumPoints: 2)),
        {
            var means = EpochClustering.Means()
            (means.clusters, means.runs) = (4, 2)
            return .kMeans(means)
        }(),
    ]

    /// Each epoch two embeddings, two steps, two scorings and an end, and two embeddings after the last: 1 is an embedding
    /// before there are classes, 3 a step, 5 a scoring, 8 an embedding, 14 the end of the last epoch. With the radius that
    /// is learnt; the clustering baseline has all of them, in a tenth of the time.
    @Test(arguments: clusterings[1...1])
    func `ends with the bits of one that was not: MMT`(clustering: EpochClustering) throws {
        var config = MMT.Config()
        (config.epochs, config.iterations, config.batch, config.padding, config.evaluateEvery) = (2, 2, 8, 2, 1)
        config.clustering = clustering
        let initial = try (1...2).map { number in
            try EmbeddingNetwork(shape, random: random.derived("initial \(number)")).store.state
                .mapValues { try $0.detached().copied() }
        }
        var setting = workspace.training("MMT")
        setting.source = nil
        try expectSameEnd(2 * 7 + 2, leavingAt: [1, 3, 5, 8, 14]) { scope in
            _ = try MMT(config, setting)
                .train(NetworkShape(backbone: .resnet18, imagesPerNormGroup: 4), from: initial, in: scope)
        }
    }

    /// Each epoch an embedding, two steps, a scoring and an end, and an embedding after the last: 2 is a step, 4 a scoring,
    /// 6 an embedding, 9 the second epoch's scoring, 11 the last embedding.
    @Test(arguments: clusterings)
    func `ends with the bits of one that was not: the clustering baseline`(clustering: EpochClustering) throws {
        var config = ClusteringBaseline.Config()
        (config.epochs, config.iterations, config.batch, config.padding, config.evaluateEvery) = (2, 2, 8, 2, 1)
        config.clustering = clustering
        let initial = try EmbeddingNetwork(shape, random: random).store.state
        try expectSameEnd(2 * 5 + 1, leavingAt: [2, 4, 6, 9, 11]) { scope in
            _ = try ClusteringBaseline(config, workspace.training("baseline")).train(shape, from: initial, in: scope)
        }
    }

    /// Two embeddings with a source and one without; each epoch two steps, a scoring and an end: 1 is an embedding, then
    /// come a step, the scoring, the second epoch's first step and its end.
    @Test(arguments: [true, false]) func `ends with the bits of one that was not: SpCL`(hasSource: Bool) throws {
        var config = SpCL.Config()
        (config.epochs, config.iterations, config.batch, config.padding, config.evaluateEvery) = (2, 2, 8, 2, 1)
        config.clustering = DensityClustering(neighbours: 6, expansion: 2, radius: 0.7, minimumPoints: 2)
        let shape = NetworkShape(
            backbone: .resnet18, pooling: .average, domains: hasSource ? .separate : .shared, imagesPerNormGroup: 4)
        var setting = workspace.training("SpCL")
        if !hasSource { setting.source = nil }
        let first = hasSource ? 2 : 1
        try expectSameEnd(first + 2 * 4, leavingAt: [1, first + 1, first + 3, first + 5, first + 8]) { scope in
            _ = try SpCL(config, setting).train(shape, from: nil, in: scope)
        }
    }

    /// Each epoch an embedding, two steps, a scoring and an end, and an embedding after the last: 2 is a step, 4 a scoring,
    /// 6 an embedding, 8 the second epoch's last step, 11 the last embedding.
    @Test(arguments: ClusterMemory.Update.allCases)
    func `ends with the bits of one that was not: Cluster Contrast`(update: ClusterMemory.Update) throws {
        var config = ClusterContrast.Config()
        (config.epochs, config.iterations, config.batch, config.padding, config.evaluateEvery) = (2, 2, 8, 2, 1)
        (config.instances, config.update) = (4, update)
        config.clustering = DensityClustering(neighbours: 6, expansion: 2, radius: 0.7, minimumPoints: 2)
        let shape = NetworkShape(backbone: .resnet18, imagesPerNormGroup: 4)
        var setting = workspace.training("cluster contrast")
        setting.source = nil
        try expectSameEnd(2 * 5 + 1, leavingAt: [2, 4, 6, 8, 11]) { scope in
            _ = try ClusterContrast(config, setting).train(shape, from: nil, in: scope)
        }
    }

    @Test func `ends with the bits of one that was not: the camera network`() throws {
        var config = CameraNetwork.Config()
        (config.epochs, config.iterations, config.batch, config.padding) = (2, 2, 8, 2)
        try expectSameEnd(2 * 3, leavingAt: [1]) { scope in
            _ = try CameraNetwork(config, workspace.training("camera")).train(shape, from: nil, in: scope)
        }
    }
}
