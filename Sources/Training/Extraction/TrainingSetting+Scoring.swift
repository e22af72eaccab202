// SPDX-License-Identifier: MIT

package import Backbones
internal import Reporting
internal import Retrieval

extension TrainingSetting {
    /// Reports the mAP of a network after every so many epochs but the last, whose network is scored with its stage.
    ///
    /// - Parameters:
    ///   - interval: Epochs from one score to the next; 0 for none.
    ///   - state: That after the last step, with which the run may be left meanwhile.
    package func score(
        _ network: EmbeddingNetwork, after epoch: Int, of epochs: Int, every interval: Int, in scope: any TrainingScope,
        _ state: () throws -> TrainingState
    ) throws {
        guard interval > 0, (epoch + 1) % interval == 0, epoch + 1 < epochs else { return }
        scope.begin(.evaluating, of: validation.samples.count)
        let metrics = try validation.metrics(of: network) { try scope.pause(after: $0, state) }
        try scope.record("mAP", metrics.mAP, epoch: epoch)
        try scope.record("top1", metrics.top1, epoch: epoch)
        scope.tell(.score(name: "mAP", latest: metrics.mAP, best: metrics.mAP))
    }
}
