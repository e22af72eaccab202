// SPDX-License-Identifier: MIT

public import Tensor

// Shapes: N images · C channels in · F channels out · H, W height and width of the map.

/// A convolution and the normalisation of its results, which a copy for inference folds into one layer.
///
/// Both keep their own parameters under their own keys. Where some channels are normalised by instance, whose
/// statistics are those of each image, these channels stay as they are and the others are folded.
public struct NormalisedConvolution {
    private enum Form {
        case apart(Normalisation)
        case folded(InstanceNormalisation?)
    }

    private let convolution: Convolution
    private let form: Form

    public init(_ convolution: Convolution, _ normalisation: Normalisation) {
        self.convolution = convolution
        form = .apart(normalisation)
    }

    public init(_ convolution: Convolution, _ normalisation: BatchNormalisation) {
        self.init(convolution, .batch(normalisation))
    }

    private init(_ convolution: Convolution, beside instances: InstanceNormalisation?) {
        self.convolution = convolution
        form = .folded(instances)
    }

    /// `[N, C, H, W] → [N, F, H′, W′]`.
    public func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        switch form {
        case .apart(let normalisation): try normalisation(convolution(maps), mode)
        case .folded(let instances): try folded(maps, instances)
        }
    }

    /// ReLU of the normalised maps, to which others of the same shape may be added first.
    ///
    /// - Parameter addend: Given up by the caller: a folded layer overwrites it.
    public func rectified(_ maps: Tensor, _ mode: Mode, adding addend: Tensor? = nil) throws -> Tensor {
        switch form {
        case .apart(let normalisation):
            return try normalisation.rectified(convolution(maps), mode, adding: addend)
        case .folded(nil):
            return try convolution.fused(maps, into: addend, rectified: true)
        case .folded(let instances):
            return try folded(maps, instances).rectified(adding: addend)
        }
    }

    /// A copy for inference.
    public func folded(_ folding: Folding) throws -> NormalisedConvolution {
        switch form {
        case .apart(.batch(let layer)):
            NormalisedConvolution(
                try convolution.folded(folding, followedBy: layer.scaling(for: folding.domain)), beside: nil)
        case .apart(.instanceBatch(let layer)):
            NormalisedConvolution(
                try convolution.folded(folding, followedBy: layer.scaling(for: folding.domain)),
                beside: try layer.instances.copied())
        case .folded:
            preconditionFailure("a folded layer has no normalisation left to fold")
        }
    }

    private func folded(_ maps: Tensor, _ instances: InstanceNormalisation?) throws -> Tensor {
        let results = try convolution.fused(maps, rectified: false)
        try instances?.apply(within: results)
        return results
    }
}
