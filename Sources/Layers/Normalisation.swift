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
    public func rectified(_ maps: Tensor, _ mode: Mode, adding addend: Tensor? = nil) throws -> Tensor {
        guard case .inference = mode else {
            return try maps.normalised(kinds(of: maps), adding: addend, rectified: true)
        }
        return try self(maps, mode).rectified(adding: addend)
    }

    private func kinds(of maps: Tensor) -> [NormalisedChannels] {
        switch self {
        case .batch(let layer): layer.kinds(of: maps)
        case .instanceBatch(let layer): layer.kinds(of: maps)
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
    /// Normalisation in training; then a sum and a rectifier, where they are asked for.
    func normalised(
        _ channels: [NormalisedChannels], adding addend: Tensor? = nil, rectified: Bool = false
    ) throws -> Tensor {
        try normalised(
            channels, momentum: BatchNormalisation.momentum, epsilon: BatchNormalisation.epsilon, adding: addend,
            rectified: rectified)
    }

    /// ReLU, of the sum with others of the same shape where there are any.
    func rectified(adding addend: Tensor?) throws -> Tensor {
        try (addend.map { try self + $0 } ?? self).relu()
    }
}
