// SPDX-License-Identifier: MIT

package import Backbones
internal import Reporting
internal import Retrieval

extension TrainingSetting {
    /// Reports the mAP of a network after an epoch that is to be looked at; but the last, whose network is scored with its
    /// stage.
    ///
    /// - Parameter state: That after the last step, with which the run may be left meanwhile.
    package func score(
        _ network: EmbeddingNetwork, after epoch: Int, on schedule: EvaluationSchedule, in scope: any TrainingScope,
        _ state: () throws -> TrainingState
    ) throws {
        guard schedule.includes(epoch), epoch + 1 < schedule.epochs else { return }
        scope.begin(.evaluating, of: validation.samples.count)
        let metrics = try validation.metrics(of: network) { try scope.pause(after: $0, state) }
        try scope.record("mAP", metrics.mAP, epoch: epoch)
        try scope.record("top1", metrics.top1, epoch: epoch)
        scope.tell(.score(name: "mAP", latest: metrics.mAP, best: metrics.mAP))
    }
}
