// SPDX-License-Identifier: MIT

public import Tensor

/// The normalisation of a layer that may be one of those that IBN-a changes.
public enum Normalisation {
    case batch(BatchNormalisation)
    case instanceBatch(InstanceBatchNormalisation)

    public func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        switch self {
        case .batch(let layer): try layer(maps, mode)
        case .instanceBatch(let layer): try layer(maps, mode)
        }
    }

    /// A copy for inference, where no convolution comes before it that it could be folded into.
    public func folded(_ folding: Folding) throws -> Normalisation {
        switch self {
        case .batch(let layer): .batch(try layer.folded(folding))
        case .instanceBatch(let layer): .instanceBatch(try layer.folded(folding))
        }
    }
}
