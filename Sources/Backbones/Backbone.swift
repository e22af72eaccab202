// SPDX-License-Identifier: MIT

internal import Layers
internal import Tensor

/// The architectures that turn images into maps. This enum and its `switch` are the only list of them.
public enum Backbone: String, Sendable, CaseIterable {
    case resnet18
    case resnet50
    case resnet50IBNa = "resnet50_ibn_a"

    /// The number of channels of the last map, D.
    public var dimension: Int {
        switch self {
        case .resnet18: ResNet.Variant.resnet18.dimension
        case .resnet50, .resnet50IBNa: ResNet.Variant.resnet50.dimension
        }
    }

    func make(domains: NormalisationDomains, at path: Path) throws -> any FeatureMap {
        switch self {
        case .resnet18: try ResNet(.resnet18, domains: domains, at: path)
        case .resnet50: try ResNet(.resnet50, domains: domains, at: path)
        case .resnet50IBNa: try ResNet(.resnet50IBNa, domains: domains, at: path)
        }
    }
}

/// A network from images `[N, 3, H, W]` to maps `[N, D, H′, W′]`.
protocol FeatureMap {
    func callAsFunction(_ images: Tensor, _ mode: Mode) throws -> Tensor
}
