// SPDX-License-Identifier: MIT

import Backbones
import Data
import Foundation
import Randomness
import Retrieval
import Tensor
import Testing

@testable import Experiments
@testable import Pipeline
@testable import Training

/// A network after three epochs, some of which were scored.
@Suite(.serialized) final class `The rows of an adaptation` {
    private let folder = URL(fileURLWithPath: NSTemporaryDirectory() + "passerby-\(UUID().uuidString)")
    private let experiment: Experiment
    private let workspace: Workspace

    init() throws {
        let text =
            tinyData.replacing("data:\n", with: "data:\n  source: none\n") + """

                workers: 0
                stages: [adapt: {name: alone, method: cluster-contrast, batch: 8, instances: 4, images_per_norm_group: 4}]
                """
        let drawn = try DrawnWorkspace(text, in: folder.appendingPathComponent("world").path)
        (experiment, workspace) = (drawn.experiment, drawn.workspace)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func scope() throws -> (scope: StageScope, stage: StageFolder) {
        let plan = try experiment.plan(dataDigest: ContentDigest(of: "data"))
        let stage = StageFolder(
            url: folder.appendingPathComponent("stage"), plan: plan.stages[0], key: plan.key(of: plan.stages[0]))
        try stage.prepare()
        let scope = StageScope(
            of: "x", stage: stage, earlier: [],
            events: EventLog(stage: "alone", sink: try EventSink(folder: RunFolder(url: folder), clock: .system)),
            progress: ProgressReporter(label: "alone", output: StandardError()), checkpoints: CheckpointPolicy(),
            attempts: StageAttempts(stage.attempts, clock: .system), clock: .system
        ) {}
        return (scope, stage)
    }

    /// An mAP that no network of these images has.
    private func adapted(_ network: EmbeddingNetwork, scored epochs: [Int]) throws -> AdaptedNetworks {
        let metrics = RankingMetrics(
            rankingProtocol: .market1501, mAP: 0.015625, mINP: 0, cmc: [0], queryCount: 1, skippedCount: 0)
        var state = TrainingState(epoch: 3)
        EvaluatedEpochs(epochs.map { .init(number: $0, networks: [RankingFigures(metrics)], score: 0.5) })
            .store(in: &state)
        return AdaptedNetworks([network], try AdaptationHistory(.stability, restoring: state))
    }

    /// As where a run was gone on with that is to score no more epochs: the weights are of an epoch that nobody has scored.
    @Test(arguments: [([2], false), ([1], true), ([], true)] as [([Int], Bool)])
    func `end with the last epoch's, which is scored where it was not`(epochs: [Int], isNew: Bool) throws {
        let network = try EmbeddingNetwork(NetworkShape(backbone: .resnet18), random: RandomKey(seed: 1))
        let (scope, stage) = try self.scope()
        let rows = try workspace.rows("unsupervised", adapted(network, scored: epochs), after: 3, in: scope)
        let picks = ["unsupervised, oracle pick", "unsupervised, label-free pick (stability)"]
        #expect(rows.map(\.name) == (epochs.isEmpty ? [] : picks) + ["unsupervised"])
        let own = try workspace.validation.metrics(of: network).mAP
        #expect(rows.last?.figures["mAP"] == (isNew ? own : 0.015625))
        #expect(rows.dropLast().allSatisfy { $0.figures["epoch"] == Double(epochs[0] + 1) })
        let evidence = try? FileManager.default.contentsOfDirectory(atPath: stage.evidence.path)
        #expect(evidence ?? [] == (isNew ? ["row-1.json"] : []))
    }
}
