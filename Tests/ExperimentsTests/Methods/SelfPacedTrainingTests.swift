// SPDX-License-Identifier: MIT

import Data
import Layers
import Randomness
import Testing
import Vocabulary

@testable import Backbones
@testable import Experiments
@testable import Retrieval
@testable import Tensor
@testable import Training

@Suite struct `Self-paced training` {
    private let shape = NetworkShape(backbone: .resnet18, pooling: .average)

    private func training(_ state: TrainingState? = nil) throws -> SelfPacedTraining {
        try SelfPacedTraining(
            shape, from: nil, sourceClassCount: 1, SpCL.Config(), random: RandomKey(seed: 3), restoring: state)
    }

    private func rows(_ count: Int) throws -> Tensor {
        try Tensor((0..<count * 512).map { Float($0 % 7) + 1 }, shape: [count, 512]).normalisedRows()
    }

    /// Ten rows in three ids in the middle: two clusters stay, of which the second leaves a tenth of the others behind.
    private func selection(_ threshold: Float?) -> SelfPacedSelection.Selection {
        SelfPacedSelection.select(
            normal: [0, 0, 0, 0, 0, 1, 1, 1, 1, 2], tight: [0, 0, 0, 0, 2, 1, 1, 1, 1, 3],
            loose: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], independenceThreshold: threshold)
    }

    /// Alone, the first selection learns 1 − 4/5; under 0.1 the second cluster is dissolved.
    @Test func `keeps the first threshold, and hands it to later epochs`() throws {
        var training = try training()
        #expect(training.independenceThreshold == nil)
        try training.remember(rows(11), sourceClassCount: 1, SpCL.Config())
        try training.relabel(selection(training.independenceThreshold))
        #expect(training.independenceThreshold == 1 - Float(4) / 5)
        #expect(training.labels == [0, 0, 0, 0, 2, 1, 1, 1, 1, 3])
        training.endEpoch()
        #expect(training.labels == nil && training.independenceThreshold == 1 - Float(4) / 5)
        try training.relabel(selection(0.1))
        #expect(training.independenceThreshold == 0.1)
        #expect(training.labels == [0, 0, 0, 0, 1, 2, 3, 4, 5, 6])
    }

    @Test func `goes on with memory, labels and threshold of its state`() throws {
        var training = try training()
        try training.remember(rows(11), sourceClassCount: 1, SpCL.Config())
        try training.relabel(selection(nil))
        var state = try training.state()
        state.step = 1
        let again = try self.training(state)
        #expect(again.labels == training.labels && again.independenceThreshold == training.independenceThreshold)
        #expect(try again.memory?.rows.floats() == rows(11).floats())
        #expect(again.meter.epoch == 0 && again.meter.step == 1)
        // Between epochs there are no labels, and images are clustered again.
        training.endEpoch()
        #expect(try self.training(training.state()).labels == nil)
    }

    @Test(arguments: ["memory/rows", "round/labels"]) func `does not go on within an epoch without`(part: String) throws {
        var training = try training()
        try training.remember(rows(11), sourceClassCount: 1, SpCL.Config())
        try training.relabel(selection(nil))
        var state = try training.state()
        state.step = 1
        state.tensors[part] = nil
        #expect(throws: MethodError.incompleteState(missing: part)) { try self.training(state) }
    }

    /// A state of before the first embedding was done: all images are embedded again.
    @Test func `has no memory before all images were embedded`() throws {
        #expect(try training(training().state()).memory == nil)
    }

    /// The layers of both domains begin as the shared one, whose statistics here are not those of a new network.
    @Test func `begins both domains' normalisation with the weights' one`() throws {
        let weights = try EmbeddingNetwork(shape, random: RandomKey(seed: 8)).store.state
        try #require(weights["bn1.running_mean"]).copy(from: Tensor.full(0.25, shape: [64]))
        var separate = shape
        separate.domains = .separate
        let training = try SelfPacedTraining(
            separate, from: weights, sourceClassCount: 1, SpCL.Config(), random: RandomKey(seed: 3), restoring: nil)
        for key in ["bn1.BN_S.running_mean", "bn1.BN_T.running_mean"] {
            #expect(try training.network.store.state[key]?.floats() == [Float](repeating: 0.25, count: 64))
        }
        #expect(try training.network.store.state["conv1.weight"]?.floats() == weights["conv1.weight"]?.floats())
    }
}

@Suite struct `Self-paced labels` {
    private func error(_ labels: [Int]) -> MethodError? {
        var config = SpCL.Config()
        (config.batch, config.instances) = (8, 4)
        do {
            try config.requireBatch(of: ClusterLabels(values: labels), epoch: 2)
            return nil
        } catch {
            return error
        }
    }

    /// Of nine images in one cluster a pass takes four, of a lone one that one: five, and 7 / 4 clusters are needed.
    @Test func `have to fill a batch where there are images enough`() {
        let together = Array(repeating: 0, count: 9)
        #expect(error(together + [-1]) == .tooFewClusters(found: 1, needed: 2, outliers: 1, images: 10, epoch: 2))
        #expect(error(together) == .tooFewClusters(found: 1, needed: 2, outliers: 0, images: 9, epoch: 2))
        #expect(error(together + [-1, -1, -1, -1]) == nil)
        #expect(error(together + [1, 1]) == nil)
    }

    /// No cluster at all is no error here: every image is a class of its own.
    @Test func `may all be alone, and are not to blame for too few images`() {
        #expect(error(Array(repeating: -1, count: 8)) == nil)
        #expect(error(Array(repeating: 0, count: 7)) == nil)
    }
}

@Suite struct `Self-paced learning on few images` {
    @Test func `says how many there are where they fill no batch`() throws {
        var config = SpCL.Config()
        (config.epochs, config.iterations, config.batch) = (1, 1, 8)
        var setting = TraceInputs.setting()
        setting.source = nil
        setting.target = TargetImages((0..<4).map { UnlabelledImage(path: "\($0).png", camera: Camera(rawValue: 0)) })
        let error = #expect(throws: DataError.self) {
            try SpCL(config, setting).rehearse(NetworkShape(backbone: .resnet18), in: SilentScope())
        }
        #expect(error == .tooFewImages(purpose: "adapt.target", found: 4, needed: 8))
    }
}
