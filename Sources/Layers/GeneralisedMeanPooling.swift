// SPDX-License-Identifier: MIT

public import Tensor

/// Generalised-mean pooling (GeM): `(mean over H, W of max(x, 1e-6)^p)^(1/p)`, p learned.
///
/// p = 1 is average pooling, p → ∞ max pooling. One p for all channels, 3 at first.
///
/// - SeeAlso: Radenović et al., TPAMI 2019, arXiv:1711.02512, eq. 3.
public struct GeneralisedMeanPooling {
    private let power: Tensor

    public init(at path: Path) throws {
        power = try path.make("p", shape: [1], .constant(3))
    }

    private init(power: Tensor) {
        self.power = power
    }

    func copied() throws -> GeneralisedMeanPooling {
        GeneralisedMeanPooling(power: try power.detached().copied())
    }

    /// `[N, C, H, W] → [N, C]`.
    public func callAsFunction(_ maps: Tensor) throws -> Tensor {
        try maps.generalisedMeans(power: power)
    }
}
