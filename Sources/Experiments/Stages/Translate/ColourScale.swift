// SPDX-License-Identifier: MIT

internal import Backbones
internal import Data
internal import Tensor

/// The numbers that the networks of a translation see as colours.
enum ColourScale {
    /// ImageNet-normalised, as loaders give images and re-ID networks take them.
    case imageNet
    /// From −1 to 1.
    case symmetric

    /// What a generator of such images ends in.
    var output: TranslationGenerator.Output {
        switch self {
        case .imageNet: .unit
        case .symmetric: .symmetric
        }
    }

    /// A loader's images on this scale.
    ///
    /// - Parameter loaded: ImageNet-normalised, `[N, 3, H, W]`.
    func images(_ loaded: Tensor) throws -> Tensor {
        switch self {
        case .imageNet: loaded
        case .symmetric: try 2 * Self.shares(ofNormalised: loaded) - 1
        }
    }

    /// What a generator gives, as images on this scale.
    ///
    /// - Parameters:
    ///   - output: `[N, 3, H, W]` in the range of ``output``.
    ///   - channels: Made before, as a step that a device repeats is handed no numbers.
    func images(generated output: Tensor, _ channels: ChannelStatistics) throws -> Tensor {
        switch self {
        case .imageNet: try (output - channels.mean) / channels.deviation
        case .symmetric: output
        }
    }

    /// What a generator gives, as levels 0 … 255 in the order `[N, H, W, 3]`, cut off and not rounded as the authors' code
    /// does.
    func levels(generated output: Tensor) throws -> [UInt8] {
        switch self {
        case .imageNet: try Self.levels(output)
        case .symmetric: try Self.levels(output * 0.5 + 0.5)
        }
    }

    /// Images on this scale as the nearest levels, in the same order: to look at.
    func nearestLevels(_ images: Tensor) throws -> [UInt8] {
        let shares =
            switch self {
            case .imageNet: try Self.shares(ofNormalised: images)
            case .symmetric: try images * 0.5 + 0.5
            }
        return try Self.levels(shares + 0.5 / 255)
    }

    /// From the share of full light; what is no number is black.
    private static func levels(_ shares: Tensor) throws -> [UInt8] {
        let rows = try shares.permuted([0, 2, 3, 1]).contiguous().floats()
        return rows.map { $0 > 0 ? UInt8(min(255, $0 * 255)) : 0 }
    }

    private static func shares(ofNormalised images: Tensor) throws -> Tensor {
        let channels = try ChannelStatistics()
        return try images * channels.deviation + channels.mean
    }
}

/// What ImageNet-normalised images were normalised by, `[1, 3, 1, 1]` each.
struct ChannelStatistics {
    let mean: Tensor
    let deviation: Tensor

    init() throws {
        mean = try Tensor(Normalisation.mean, shape: [1, 3, 1, 1])
        deviation = try Tensor(Normalisation.deviation, shape: [1, 3, 1, 1])
    }
}
