// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Layers

// Keys that mean the same in every method that has them.

extension Field {
    static func epochs(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer(
            "epochs", .result, path, Limits.epochs,
            meaning: KeyMeaning("How long is trained. Each epoch has `iterations` steps.", unit: "epochs"))
    }

    static func iterations(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer(
            "iterations", .result, path, Limits.iterations,
            meaning: KeyMeaning("Steps of an epoch, each on one batch.", unit: "steps"))
    }

    /// - Parameter images: What a batch is made of: `Images in a batch.`
    static func batch(_ path: WritableKeyPath<Part, Int>, _ images: String) -> Field {
        .integer("batch", [.result, .cost], path, Limits.batch, meaning: KeyMeaning(images, unit: "images"))
    }

    static func instances(_ path: WritableKeyPath<Part, Int>, _ images: String) -> Field {
        .integer("instances", [.result, .cost], path, Limits.instances, meaning: KeyMeaning(images, unit: "images"))
    }

    static func imagesPerNormGroup(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer("images_per_norm_group", [.result, .cost], path, Limits.batch, meaning: groups(leftOut: nil))
    }

    static func imagesPerNormGroup(_ path: WritableKeyPath<Part, Int?>, leftOut: String) -> Field {
        .integer("images_per_norm_group", [.result, .cost], path, Limits.batch, meaning: groups(leftOut: leftOut))
    }

    private static func groups(leftOut: String?) -> KeyMeaning {
        KeyMeaning(
            "Images that batch normalisation takes its mean and variance from, as on one of the authors' cards.",
            unit: "images", leftOut: leftOut)
    }

    // MARK: Networks

    static func backbone(_ path: WritableKeyPath<Part, Backbone?>, _ meaning: String) -> Field {
        .choice(
            "backbone", [.result, .cost], path, meaning: KeyMeaning(meaning, leftOut: "the experiment's `backbone`"))
    }

    static func pooling(_ path: WritableKeyPath<Part, GlobalPooling.Kind>) -> Field {
        .choice("pooling", .result, path, meaning: pooling(leftOut: nil))
    }

    static func pooling(_ path: WritableKeyPath<Part, GlobalPooling.Kind?>, leftOut: String) -> Field {
        .choice("pooling", .result, path, meaning: pooling(leftOut: leftOut))
    }

    private static func pooling(leftOut: String?) -> KeyMeaning {
        KeyMeaning(
            "How a map becomes one value a channel: its average, or GeM, the generalised mean with a power that is learnt.",
            leftOut: leftOut)
    }

    // MARK: The optimiser

    static func rate(_ path: WritableKeyPath<Part, Double>, _ meaning: String = "Learning rate of Adam.") -> Field {
        .number("rate", .result, path, Limits.learningRate, meaning: KeyMeaning(meaning))
    }

    static func warmup(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer(
            "warmup", .result, path, Limits.optionalEpochs,
            meaning: KeyMeaning(
                "Epochs in which the rate rises in a line from a hundredth to its full value.", unit: "epochs"))
    }

    /// The epochs after which a rate falls.
    static func milestones(_ path: WritableKeyPath<Part, [Int]>) -> Field {
        .integers(
            "milestones", .result, path, Limits.optionalEpochs, count: Limits.milestones,
            meaning: KeyMeaning("Epochs, counted from 0, from which on the rate is a tenth of what it was.", unit: "epochs"))
    }

    static func constantEpochs(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer(
            "constant_epochs", .result, path, Limits.optionalEpochs,
            meaning: KeyMeaning("Epochs at the full rate.", unit: "epochs"))
    }

    static func decayEpochs(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer(
            "decay_epochs", .result, path, Limits.optionalEpochs,
            meaning: KeyMeaning("Epochs after those, in which the rate falls in a line towards 0.", unit: "epochs"))
    }

    static func weightDecay(_ path: WritableKeyPath<Part, Double>) -> Field {
        .number(
            "weight_decay", .result, path, Limits.weightDecay, meaning: "How much of each weight is added to its gradient.")
    }

    // MARK: Images

    static func padding(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer(
            "padding", .result, path, Limits.padding,
            meaning: KeyMeaning(
                "Pixels that are added on every side before a random crop to the image's size.", unit: "pixels"))
    }

    static func quality(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer("quality", .result, path, Limits.jpegQuality, meaning: "JPEG quality of the translated images.")
    }

    // MARK: What is shown

    static func evaluateEvery(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer(
            "evaluate_every", .reporting, path, Limits.optionalEpochs,
            meaning: KeyMeaning(
                "Epochs from one score on the target to the next, the last epoch being scored too; 0 for none.",
                unit: "epochs"))
    }

    static func samplesEvery(_ path: WritableKeyPath<Part, Int>) -> Field {
        .integer(
            "samples_every", .reporting, path, Limits.optionalEpochs,
            meaning: KeyMeaning("Epochs from one picture of translated samples to the next; 0 for none.", unit: "epochs"))
    }
}
