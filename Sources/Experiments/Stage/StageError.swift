// SPDX-License-Identifier: MIT

internal import Layers
internal import Pipeline
public import Reporting
internal import Retrieval
internal import Tensor
internal import Training

/// What went wrong in a stage, where the error itself knows no file and no stage: a loss, a clustering, a tensor.
public struct StageError: ReportedError {
    /// The stage as the experiment calls it, and its method.
    public let stage: String
    public let method: String
    public let cause: any ReportedError
    /// What to change in the stage, where more is known than the cause can say.
    let remedy: String?

    public var exitKind: ExitKind { cause.exitKind }

    /// `adapt (mmt): the identity loss of …`.
    public var description: String { "\(stage) (\(method)): \(cause)" + (remedy.map { ". \($0)" } ?? "") }

    /// Nothing for errors that say themselves where they come from.
    ///
    /// - Parameter training: What the stage trains; nothing where it trains nothing.
    init?(_ error: any Error, in plan: StagePlan, training: @autoclosure () -> StageLoad.Training?) {
        let cause: any ReportedError
        switch error {
        case let error as MethodError: cause = error
        case let error as RetrievalError: cause = error
        case let error as TensorError: cause = error
        case let error as LayerError: cause = error
        default: return nil
        }
        (stage, method, self.cause) = (plan.name, plan.method, cause)
        if case TensorError.outOfMemory = error {
            remedy = Self.relief(of: plan.name, training())
        } else {
            remedy = nil
        }
    }

    /// Half of a batch takes about half the memory, where half of it is not less than what it is a multiple of.
    private static func relief(of stage: String, _ training: StageLoad.Training?) -> String {
        let smaller = training.map { $0.batch / 2 / $0.batchUnit * $0.batchUnit } ?? 0
        guard let training, smaller > 0 else {
            return "Here smaller images with image, or a smaller backbone, take less"
        }
        return "Here \(stage).\(training.batchKey)=\(smaller) instead of \(training.batch) takes about half as much"
    }
}
