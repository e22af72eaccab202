// SPDX-License-Identifier: MIT

internal import Configuration
internal import Methods

// The keys of the methods' numbers. What they mean is written at the methods' own types.

extension SourcePretraining.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", \.epochs, Limits.epochs), .integer("iterations", \.iterations, Limits.iterations),
            .integer("batch", \.batch, Limits.batch), .integer("instances", \.instances, Limits.instances),
            .number("rate", \.schedule.rate, Limits.learningRate),
            .integer("warmup", \.schedule.warmup, Limits.optionalEpochs),
            .milestones(\.schedule.milestones), .number("weight_decay", \.weightDecay, Limits.weightDecay),
            .boolean("auto_augment", \.autoAugment), .integer("padding", \.padding, Limits.padding),
            .boolean("target_forward", \.targetForward),
            .integer("evaluate_every", \.evaluateEvery, Limits.optionalEpochs),
        ]
    }
}

extension SDA.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", \.epochs, Limits.epochs), .integer("iterations", \.iterations, Limits.iterations),
            .integer("batch", \.batch, Limits.batch), .integer("instances", \.instances, Limits.instances),
            .number("rate", \.schedule.rate, Limits.learningRate),
            .integer("constant_epochs", \.schedule.constant, Limits.optionalEpochs),
            .integer("decay_epochs", \.schedule.decaying, Limits.optionalEpochs),
            .integer("padding", \.padding, Limits.padding),
            .integer("generator_channels", \.generatorChannels, Limits.channels),
            .integer("generator_blocks", \.generatorBlocks, Limits.blocks),
            .integer("discriminator_channels", \.discriminatorChannels, Limits.channels),
            .integer("pool", \.pool, Limits.pool),
            .number("cycle_weight", \.cycleWeight, Limits.lossWeight),
            .number("identity_weight", \.identityWeight, Limits.lossWeight),
            .number("relation_weight", \.relationWeight, Limits.lossWeight),
        ]
    }
}

extension MMTPlus.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", \.epochs, Limits.epochs), .integer("iterations", \.iterations, Limits.iterations),
            .integer("batch", \.batch, Limits.batch), .integer("instances", \.instances, Limits.instances),
            .number("rate", \.rate, Limits.learningRate), .number("weight_decay", \.weightDecay, Limits.weightDecay),
            .integer("padding", \.padding, Limits.padding), Field("head", \.head, HeadField.reader, HeadField.node),
            .choice("source_rows", \.sourceRows),
            .integer("k1", \.neighbours, Limits.clusteringNeighbours),
            .integer("k2", \.expansion, Limits.neighbours),
            .number("eps", \.radius, Limits.radius), .integer("min_samples", \.minimumPoints, Limits.minimumPoints),
            .number("alpha", \.meanDecay, Limits.meanDecay),
            .number("soft_classification", \.softClassification, Limits.share),
            .number("triplet_weight", \.tripletWeight, Limits.lossWeight),
            .number("soft_triplet", \.softTriplet, Limits.share),
            .number("contrastive_weight", \.contrastiveWeight, Limits.lossWeight),
            .number("temperature", \.temperature, Limits.temperature),
            .integer("evaluate_every", \.evaluateEvery, Limits.optionalEpochs),
        ]
    }
}

extension CameraNetwork.Config: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("epochs", \.epochs, Limits.epochs), .integer("iterations", \.iterations, Limits.iterations),
            .integer("batch", \.batch, Limits.batch), .number("rate", \.schedule.rate, Limits.learningRate),
            .integer("warmup", \.schedule.warmup, Limits.optionalEpochs), .milestones(\.schedule.milestones),
            .number("weight_decay", \.weightDecay, Limits.weightDecay), .integer("padding", \.padding, Limits.padding),
        ]
    }
}

extension PostProcessing.ReRanking: Configurable {
    static var fields: [Field<Self>] {
        [
            .integer("k1", \.neighbours, Limits.neighbours), .integer("k2", \.expansion, Limits.neighbours),
            .number("lambda", \.originalWeight, Limits.share),
        ]
    }
}

extension Field {
    /// The epochs after which a rate falls.
    fileprivate static func milestones(_ path: WritableKeyPath<Part, [Int]>) -> Field {
        .integers("milestones", path, Limits.optionalEpochs, count: Limits.milestones)
    }
}
