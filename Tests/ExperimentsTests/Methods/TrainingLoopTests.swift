// SPDX-License-Identifier: MIT

import Data
import Foundation
import Layers
import Patterns
import Retrieval
import Tensor
import Testing
import Vocabulary

@testable import Backbones
@testable import Experiments
@testable import Training

/// Notes in which order a training speaks to its scope, and where it is.
private final class Diary: TrainingScope {
    private(set) var entries: [String] = []
    private(set) var last: TrainingState?

    func restore() -> TrainingState? { nil }
    func endEpoch(_ state: TrainingState) { note("epoch ended", state) }
    func endStep(_ state: () throws -> TrainingState) throws { try note("step ended", state()) }
    func pause(_ state: () throws -> TrainingState) {}
    func finish(_ state: TrainingState) { note("finished", state) }
    func record(_ name: String, _ value: Double, epoch: Int) {
        if name.hasPrefix("loss/") { entries.append("\(name) of \(epoch)") }
    }
    func begin(epochs: Int, iterations: Int, at epoch: Int, step: Int) {
        entries.append("\(epochs) epochs of \(iterations) steps, from \(epoch).\(step)")
    }

    private func note(_ moment: String, _ state: TrainingState) {
        entries.append("\(moment): \(state.epoch).\(state.step)")
        last = state
    }
}

@Suite struct `The loop of a training` {
    private let folder: URL

    /// Eight images of two identities by the cameras 3 and 7.
    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("loop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for index in 0..<8 {
            let values = try Pattern.tensor("picture \(index)", shape: [32, 16, 3]).floats()
            let picture = Image(width: 16, height: 32, pixels: values.map { UInt8(127 + 120 * $0) })
            try Data(picture.png()).write(to: file(index))
        }
    }

    private func file(_ index: Int) -> URL { folder.appendingPathComponent("\(index).png") }
    private func camera(_ index: Int) -> Camera { Camera(rawValue: index % 2 == 0 ? 3 : 7) }

    private var setting: TrainingSetting {
        var setting = TraceInputs.setting()
        setting.target = TargetImages((0..<8).map { UnlabelledImage(path: file($0).path, camera: camera($0)) })
        setting.source = SourceImages(
            (0..<8).map {
                LabelledImage(path: file($0).path, identity: Identity(rawValue: 40 + $0 / 4), camera: camera($0))
            })
        return setting
    }

    /// Two epochs of two steps, each with its losses at its end.
    private func entries(_ losses: [String]) -> [String] {
        ["2 epochs of 2 steps, from 0.0"]
            + (0..<2).flatMap { epoch in
                ["step ended: \(epoch).1", "step ended: \(epoch).2"] + losses.map { "loss/\($0) of \(epoch)" }
                    + ["epoch ended: \(epoch + 1).0"]
            } + ["finished: 2.0"]
    }

    @Test func `of the camera network has steps, losses and an end in each epoch, and a class for each camera`() throws {
        var config = CameraNetwork.Config()
        (config.epochs, config.iterations, config.batch) = (2, 2, 4)
        let diary = Diary()
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try CameraNetwork(config, setting).train(NetworkShape(backbone: .resnet18), from: nil, in: diary)
        #expect(diary.entries == entries(["camera"]))
        #expect(diary.last?["classifier"]["classifier.weight"]?.shape == [2, 512])
        // Every step has passed once through the statistics.
        #expect(try diary.last?["network"]["bn1.num_batches_tracked"]?.integers() == [4])
    }

    /// Each of two is the third epoch's, when the generators hear of the siamese network, and made of two steps.
    @Test func `of SPGAN is rehearsed with all its networks`() throws {
        var config = SPGAN.Config()
        (config.iterations, config.batch, config.metricChannels) = (4, 2, 2)
        (config.networks.generatorChannels, config.networks.generatorBlocks) = (2, 1)
        config.networks.discriminatorChannels = 2
        var setting = setting
        setting.images = ImageSource(size: ImageSize(height: 32, width: 32), workers: 1)
        let diary = Diary()
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try SPGAN(config, setting).rehearse(in: diary)
        let losses = ["adversarial", "cycle", "discriminators", "identity", "metric", "similarity"]
        #expect(
            diary.entries == ["step ended: 2.2", "step ended: 2.4"] + losses.map { "loss/\($0) of 2" })
    }

    @Test(arguments: [(true, 8), (false, 4)])
    func `of pre-training passes the target's images too, where that is asked for`(forward: Bool, passes: Int) throws {
        var config = SourcePretraining.Config()
        (config.epochs, config.iterations, config.batch, config.evaluateEvery) = (2, 2, 4, 0)
        config.targetForward = forward
        let diary = Diary()
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try SourcePretraining(config, setting).train(NetworkShape(backbone: .resnet18), from: nil, in: diary)
        #expect(diary.entries == entries(["identity", "triplet"]))
        #expect(diary.last?["classifier"]["classifier.weight"]?.shape == [2, 512])
        #expect(try diary.last?["network"]["bn1.num_batches_tracked"]?.integers() == [passes])
    }
}
