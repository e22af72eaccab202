// SPDX-License-Identifier: MIT

import Backbones
import Configuration
import Foundation
import Layers
import Pipeline
import Randomness
import Reporting
import Tensor
import Testing
import Training

@testable import Experiments

@Suite struct `An error of a stage` {
    private let plan = StagePlan(name: "second", method: "mmt", settings: .object([:]), inputs: [], outputs: [])

    @Test func `says in which stage and method it was, and ends the program as its cause would`() {
        let cause = MethodError.notFinite(loss: "identity", epoch: 2, step: 4)
        let error = StageError(cause, in: plan, training: nil)
        #expect(
            error?.description
                == "second (mmt): the identity loss of epoch 3, step 5 is not a finite number; a smaller learning rate may help"
        )
        #expect(error?.exitKind == .badData)
        #expect(
            StageError(TensorError.outOfMemory("add", shapes: [], reason: "no"), in: plan, training: nil)?.exitKind
                == .missing)
    }

    /// By a path.
    @Test func `is left as it is where it names its place itself`() {
        let path = WeightFileError.notFinite(path: "/w", [])
        for error in [path, PipelineError.readOnly(path: "/logs")] as [any Error] {
            #expect(StageError(error, in: plan, training: nil) == nil)
        }
    }
}

/// Weights that are numbers, and so large that a step's are not.
@Suite(.serialized) final class `A run whose losses are no longer numbers` {
    private let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
    private var logs: URL { URL(fileURLWithPath: folder + "/logs") }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func weights() throws -> String {
        let shape = NetworkShape(backbone: .resnet18)
        var state = try EmbeddingNetwork(shape, random: .init(seed: 1)).store.state
        let name = try #require(state.keys.first { $0.hasSuffix("conv1.weight") && !$0.contains("layer") })
        state[name] = try Tensor.full(3e38, shape: #require(state[name]).shape)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/large.safetensors"
        try Safetensors(tensors: state).write(to: path)
        return path
    }

    @Test(arguments: [
        (
            "pretrain: {name: first, images: source, epochs: 1, iterations: 1, batch: 8, networks: 1, padding: 2}",
            "first (source-pretraining): the identity loss of epoch 1, step 1 is not a finite number; a smaller learning rate "
                + "may help"
        ),
        (
            "adapt: {name: alone, method: cluster-contrast, from: none, epochs: 1, iterations: 1, batch: 8, instances: 4, images_per_norm_group: 4}",
            "alone (cluster-contrast): "
        ),
    ])
    func `names the stage, the epoch, the step and the loss`(stage: String, message: String) throws {
        let text = tinyData + "\nworkers: 0\ninitial_weights: \(try weights())\nstages: [{\(stage)}]"
        let experiment = try Experiment(Document.parse(text, file: "x.yaml"), name: "x")
        let launch = Launch(
            experiment, dataFolder: folder + "/data", weightFolders: [], cacheFolder: folder + "/cache",
            output: StandardError())
        let error = #expect(throws: StageError.self) {
            try launch.run(
                .new, logs: logs, until: nil, interruption: Interruption(), under: ConditionsOffer(threads: 1))
        }
        #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
        let run = try #require(RunFolder.runs(of: "x", in: logs).first)
        let result = try #require(try run.result())
        #expect(result.status == .failed && result.error == error?.description)
    }
}
