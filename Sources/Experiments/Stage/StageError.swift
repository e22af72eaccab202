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

    public var exitKind: ExitKind { cause.exitKind }

    /// `adapt (mmt): the identity loss of …`.
    public var description: String { "\(stage) (\(method)): \(cause)" }

    /// Nothing for errors that say themselves where they come from.
    init?(_ error: any Error, in plan: StagePlan) {
        let cause: any ReportedError
        switch error {
        case let error as MethodError: cause = error
        case let error as RetrievalError: cause = error
        case let error as TensorError: cause = error
        case let error as LayerError: cause = error
        default: return nil
        }
        (stage, method, self.cause) = (plan.name, plan.method, cause)
    }
}
