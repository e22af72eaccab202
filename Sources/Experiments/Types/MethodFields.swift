// SPDX-License-Identifier: MIT

internal import Configuration
internal import Methods

// The keys of the methods' numbers. What they mean is written at the methods' own types.

extension SourcePretraining.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", \.epochs, 1...), .integer("iterations", \.iterations, 1...),
            .integer("batch", \.batch, 2...), .integer("instances", \.instances, 2...),
            .number("rate", \.schedule.rate, .number(above: 0)), .integer("warmup", \.schedule.warmup, 0...),
            .integers("milestones", \.schedule.milestones), .number("weight_decay", \.weightDecay),
            .boolean("auto_augment", \.autoAugment), .integer("padding", \.padding, 0...),
            .boolean("target_forward", \.targetForward), .integer("evaluate_every", \.evaluateEvery, 0...),
        ]
    }
}

extension SDA.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", \.epochs, 1...), .integer("iterations", \.iterations, 1...),
            .integer("batch", \.batch, 2...), .integer("instances", \.instances, 2...),
            .number("rate", \.schedule.rate, .number(above: 0)),
            .integer("constant_epochs", \.schedule.constant, 0...), .integer("decay_epochs", \.schedule.decaying, 0...),
            .integer("padding", \.padding, 0...), .integer("generator_channels", \.generatorChannels, 1...),
            .integer("generator_blocks", \.generatorBlocks, 1...),
            .integer("discriminator_channels", \.discriminatorChannels, 1...), .integer("pool", \.pool, 0...),
            .number("cycle_weight", \.cycleWeight), .number("identity_weight", \.identityWeight),
            .number("relation_weight", \.relationWeight),
        ]
    }
}

extension MMTPlus.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", \.epochs, 1...), .integer("iterations", \.iterations, 1...),
            .integer("batch", \.batch, 2...), .integer("instances", \.instances, 2...),
            .number("rate", \.rate, .number(above: 0)), .number("weight_decay", \.weightDecay),
            .integer("padding", \.padding, 0...), Field("head", \.head, HeadField.reader, HeadField.node),
            .choice("source_rows", \.sourceRows),
            .integer("k1", \.neighbours, 2...), .integer("k2", \.expansion, 1...),
            .number("eps", \.radius, .number(above: 0, below: 1)), .integer("min_samples", \.minimumPoints, 1...),
            .number("alpha", \.meanDecay, .number(0.0..<1)),
            .number("soft_classification", \.softClassification, .number(0.0...1)),
            .number("triplet_weight", \.tripletWeight), .number("soft_triplet", \.softTriplet, .number(0.0...1)),
            .number("contrastive_weight", \.contrastiveWeight),
            .number("temperature", \.temperature, .number(above: 0)),
            .integer("evaluate_every", \.evaluateEvery, 0...),
        ]
    }
}

extension CameraNetwork.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", \.epochs, 1...), .integer("iterations", \.iterations, 1...),
            .integer("batch", \.batch, 2...), .number("rate", \.schedule.rate, .number(above: 0)),
            .integer("warmup", \.schedule.warmup, 0...), .integers("milestones", \.schedule.milestones),
            .number("weight_decay", \.weightDecay), .integer("padding", \.padding, 0...),
        ]
    }
}

extension PostProcessing.ReRanking: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("k1", \.neighbours, 1...), .integer("k2", \.expansion, 1...),
            .number("lambda", \.originalWeight, .number(0.0...1)),
        ]
    }
}
