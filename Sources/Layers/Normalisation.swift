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

    /// ReLU of the normalised maps, to which others of the same shape may be added first.
    func rectified(_ maps: Tensor, _ mode: Mode, adding addend: Tensor?) throws -> Tensor {
        switch self {
        case .batch(let layer): try layer.rectified(maps, mode, adding: addend)
        case .instanceBatch(let layer): try layer.rectified(maps, mode, adding: addend)
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

extension Tensor {
    /// ReLU, of the sum with others of the same shape where there are any.
    func rectified(adding addend: Tensor?) throws -> Tensor {
        try (addend.map { try self + $0 } ?? self).relu()
    }
}
