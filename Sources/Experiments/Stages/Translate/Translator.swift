// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Tensor

/// A generator and the scale of the colours that it is trained on: from images of one domain to such of the other.
struct Translator {
    private let generator: TranslationGenerator
    let scale: ColourScale
    private let channels: ChannelStatistics

    init(_ generator: TranslationGenerator, on scale: ColourScale) throws {
        self.generator = generator
        self.scale = scale
        channels = try ChannelStatistics()
    }

    var store: ParameterStore { generator.store }

    /// Translates while the generator trains.
    ///
    /// - Parameter images: On the scale, `[N, 3, H, W]`; the result is too.
    func callAsFunction(_ images: Tensor) throws -> Tensor {
        try scale.images(generated: generator(images), channels)
    }

    /// The levels of a loader's images, translated to be kept, in the order `[N, H, W, 3]`.
    func levels(of loaded: Tensor) throws -> [UInt8] {
        try scale.levels(generated: generator.translated(scale.images(loaded)))
    }
}
