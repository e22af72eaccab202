// SPDX-License-Identifier: MIT

internal import Tensor
internal import Data

/// Between images in `[0, 1]` and the ImageNet-normalised ones that networks are given.
enum ImageNetScale {
    /// `[N, 3, H, W]` in `[0, 1]` to normalised.
    static func normalised(_ images: Tensor) throws -> Tensor {
        try (images - channels(Normalisation.mean)) / channels(Normalisation.deviation)
    }

    /// Images in `[0, 1]`, `[N, 3, H, W]`, as levels 0 … 255 in the order `[N, H, W, 3]`, cut off and not rounded as
    /// the authors' code does.
    static func levels(_ images: Tensor) throws -> [UInt8] {
        let rows = try images.permuted([0, 2, 3, 1]).contiguous().floats()
        return rows.map { UInt8(max(0, min(255, $0 * 255))) }
    }

    private static func channels(_ values: [Float]) throws -> Tensor {
        try Tensor(values, shape: [1, 3, 1, 1])
    }
}
