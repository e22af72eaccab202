// SPDX-License-Identifier: MIT

internal import Layers
internal import Tensor

/// The architectures that turn images into maps. This enum and its `switch` are the only list of them.
public enum Backbone: String, Sendable, CaseIterable {
    case resnet18
    case resnet34
    case resnet50
    case resnet101
    case resnet18IBNa = "resnet18_ibn_a"
    case resnet50IBNa = "resnet50_ibn_a"
    case resnet101IBNa = "resnet101_ibn_a"
    case resnext101IBNa = "resnext101_ibn_a"
    case densenet121IBNa = "densenet121_ibn_a"
    case densenet169IBNa = "densenet169_ibn_a"
    case resnest50
    case resnest101

    /// The number of channels of the last map, D.
    public var dimension: Int {
        switch architecture {
        case .residual(let variant): variant.dimension
        case .dense(let variant): variant.dimension
        case .splitAttention(let variant): variant.dimension
        }
    }

    func make(statistics: BatchStatistics, at path: Path) throws -> any FeatureMap {
        switch architecture {
        case .residual(let variant): try ResNet(variant, statistics: statistics, at: path)
        case .dense(let variant): try DenseNet(variant, statistics: statistics, at: path)
        case .splitAttention(let variant): try ResNeSt(variant, statistics: statistics, at: path)
        }
    }

    enum Architecture {
        case residual(ResNet.Variant)
        case dense(DenseNet.Variant)
        case splitAttention(ResNeSt.Variant)
    }

    var architecture: Architecture {
        switch self {
        case .resnet18: .residual(.resnet18)
        case .resnet34: .residual(.resnet34)
        case .resnet50: .residual(.resnet50)
        case .resnet101: .residual(.resnet101)
        case .resnet18IBNa: .residual(.resnet18IBNa)
        case .resnet50IBNa: .residual(.resnet50IBNa)
        case .resnet101IBNa: .residual(.resnet101IBNa)
        case .resnext101IBNa: .residual(.resnext101IBNa)
        case .densenet121IBNa: .dense(.densenet121IBNa)
        case .densenet169IBNa: .dense(.densenet169IBNa)
        case .resnest50: .splitAttention(.resnest50)
        case .resnest101: .splitAttention(.resnest101)
        }
    }
}

/// A network from images `[N, 3, H, W]` to maps `[N, D, H′, W′]`, or a part of one, from maps to maps.
protocol FeatureMap {
    func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor

    /// A copy for inference that shares no values with this one. A part's copy may overwrite the maps it is given.
    func folded(_ folding: Folding) throws -> Self
}
