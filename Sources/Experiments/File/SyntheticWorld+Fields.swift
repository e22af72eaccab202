// SPDX-License-Identifier: MIT

internal import Configuration
public import Data

// The keys of a drawn world. What they mean is written at the world's own types.

extension SyntheticWorld: Configurable {
    public init() {
        self.init(source: Source(), target: Target())
    }

    static var fields: [Field<SyntheticWorld>] {
        [
            .part("source", \.source, meaning: "The domain with labels: clean renders in plain surroundings."),
            .part("target", \.target, meaning: "The domain without: the same kind of people, seen by poor cameras."),
            .integer(
                "width", .reference, \.width, Limits.width,
                meaning: KeyMeaning("Width of the image files.", unit: "pixels")),
            .integer(
                "height", .reference, \.height, Limits.height,
                meaning: KeyMeaning("Height of the image files.", unit: "pixels")),
            .number(
                "gap", .reference, \.gap, Limits.gap,
                meaning: "How far the target is from the source. With 0 both are rendered alike."),
            .part("effects", \.effects, meaning: "How much of each effect is in the gap."),
            Field("seed", .reference, \.seed, meaning: "What the world is drawn from.", .seed) { YAMLNode(Int($0)) },
        ]
    }
}

extension GapEffects: Configurable {
    public init() {
        self.init(cast: 1)
    }

    static var fields: [Field<Self>] {
        [
            .effect("cast", \.cast, meaning: "White balance, hue and saturation of each camera."),
            .effect("exposure", \.exposure, meaning: "Exposure, contrast, haze, and light that falls from one side."),
            .effect("blur", \.blur, meaning: "Defocus and low resolution."),
            .effect("noise", \.noise, meaning: "Sensor noise and compression."),
            .effect("clutter", \.clutter, meaning: "Surroundings: walls, windows, trees, passers-by in the distance."),
            .effect("occlusion", \.occlusion, meaning: "Poles, boxes and other people in front."),
            .effect("misalignment", \.misalignment, meaning: "Detections that are shifted, too tight or too wide."),
        ]
    }
}

extension Field where Part == GapEffects {
    fileprivate static func effect(
        _ key: String, _ path: WritableKeyPath<Part, Double>, meaning: KeyMeaning
    ) -> Field {
        .number(key, .reference, path, SyntheticWorld.Limits.effect, meaning: meaning)
    }
}

extension SyntheticWorld.Source: Configurable {
    public init() {
        self.init(cameras: 6)
    }

    static var fields: [Field<Self>] {
        [
            .integer(
                "identities", .reference, \.identities, SyntheticWorld.Limits.sourceIdentities,
                meaning: KeyMeaning("How many people the source shows.", unit: "people")),
            .integer(
                "images", .reference, \.imagesPerIdentity, SyntheticWorld.Limits.images,
                meaning: KeyMeaning("Images of each person, dealt to the cameras in turn.", unit: "images")),
            .integer(
                "cameras", .reference, \.cameras, SyntheticWorld.Limits.sourceCameras,
                meaning: KeyMeaning("Cameras of the source.", unit: "cameras")),
        ]
    }
}

extension SyntheticWorld.Target: Configurable {
    public init() {
        self.init(cameras: 5)
    }

    static var fields: [Field<Self>] {
        typealias Limits = SyntheticWorld.Limits
        return [
            .integer(
                "identities", .reference, \.trainingIdentities, Limits.targetIdentities,
                meaning: KeyMeaning("People of the training set.", unit: "people")),
            .integer(
                "fewest_images", .reference, \.minimumImagesPerIdentity, Limits.images,
                meaning: KeyMeaning("The fewest images that a person of the training set has.", unit: "images")),
            .integer(
                "most_images", .reference, \.maximumImagesPerIdentity, Limits.images,
                meaning: KeyMeaning("The most images that a person of the training set has.", unit: "images")),
            .integer(
                "singletons", .reference, \.singletons, Limits.loneImages,
                meaning: KeyMeaning("Training images of people who are seen only once.", unit: "images")),
            .integer(
                "validation_identities", .reference, \.validationIdentities, Limits.validationIdentities,
                meaning: KeyMeaning("People of the queries and the gallery, whom training does not show.", unit: "people")),
            .integer(
                "queries", .reference, \.queriesPerIdentity, Limits.queries,
                meaning: KeyMeaning("Queries of each such person, each from another camera.", unit: "images")),
            .integer(
                "gallery", .reference, \.galleryPerIdentity, Limits.gallery,
                meaning: KeyMeaning("Gallery images of each such person.", unit: "images")),
            .integer(
                "distractors", .reference, \.distractors, Limits.loneImages,
                meaning: KeyMeaning("Gallery images of nobody: background, bad detections, strangers.", unit: "images")),
            .integer(
                "cameras", .reference, \.cameras, Limits.targetCameras,
                meaning: KeyMeaning("Cameras of the target.", unit: "cameras")),
            .integer(
                "test_identities", .reference, \.testIdentities, Limits.testIdentities,
                meaning: KeyMeaning(
                    "People of a test set that nothing names, which a submission ranks.", unit: "people",
                    leftOut: "no test set")),
        ]
    }
}
