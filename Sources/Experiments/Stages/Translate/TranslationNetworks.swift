// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration

/// How large the networks of a CycleGAN are; the defaults are the paper's.
struct TranslationNetworks: Sendable, Equatable {
    /// Width of the generators' first map (ngf), and their residual blocks.
    var generatorChannels = 64
    var generatorBlocks = 9
    var generatorNorm = TranslationGenerator.MapNormalisation.instance
    /// Width of the discriminators' first map (ndf).
    var discriminatorChannels = 64
    /// Fakes remembered for each discriminator.
    var pool = 50
}

extension TranslationNetworks: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer(
                "generator_channels", [.result, .cost], \.generatorChannels, Limits.channels,
                meaning: KeyMeaning("Width of the generators' first map.", unit: "channels", symbol: "ngf")),
            .integer(
                "generator_blocks", [.result, .cost], \.generatorBlocks, Limits.blocks,
                meaning: KeyMeaning("Residual blocks of each generator.", unit: "blocks")),
            Field(
                "generator_norm", [.result, .cost], \.generatorNorm,
                meaning:
                    "What normalises the generators' maps: each map of each image by itself, or nothing, for small images.",
                .choice()
            ) { YAMLNode($0.rawValue) }
            .leftOutOfKeys(where: YAMLNode(TranslationGenerator.MapNormalisation.instance.rawValue)),
            .integer(
                "discriminator_channels", [.result, .cost], \.discriminatorChannels, Limits.channels,
                meaning: KeyMeaning("Width of the discriminators' first map.", unit: "channels", symbol: "ndf")),
            .integer(
                "pool", .result, \.pool, Limits.pool,
                meaning: KeyMeaning(
                    "Earlier translations that each discriminator is shown in turn with new ones.", unit: "images")),
        ]
    }
}
