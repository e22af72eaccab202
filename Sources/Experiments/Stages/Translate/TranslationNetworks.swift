// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration

/// How large the networks of a CycleGAN are; the defaults are the paper's.
struct TranslationNetworks: Sendable, Equatable, Codable {
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
            .integer("generator_channels", [.result, .cost], \.generatorChannels, Limits.channels),
            .integer("generator_blocks", [.result, .cost], \.generatorBlocks, Limits.blocks),
            // Left out where it is the paper's, so that keys are those of a time when there was no other.
            Field("generator_norm", [.result, .cost], \.generatorNorm, .choice()) {
                $0 == .instance ? nil : YAMLNode($0.rawValue)
            },
            .integer("discriminator_channels", [.result, .cost], \.discriminatorChannels, Limits.channels),
            .integer("pool", .result, \.pool, Limits.pool),
        ]
    }
}
