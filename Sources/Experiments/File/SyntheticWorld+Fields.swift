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
            .part("source", \.source), .part("target", \.target),
            .integer("width", .reference, \.width, Limits.width), .integer("height", .reference, \.height, Limits.height),
            .number("gap", .reference, \.gap, Limits.gap),
            .part("effects", \.effects),
            Field("seed", .reference, \.seed, .seed) { YAMLNode(Int($0)) },
        ]
    }
}

extension GapEffects: Configurable {
    public init() {
        self.init(cast: 1)
    }

    static var fields: [Field<Self>] {
        [
            .effect("cast", \.cast), .effect("exposure", \.exposure), .effect("blur", \.blur),
            .effect("noise", \.noise), .effect("clutter", \.clutter), .effect("occlusion", \.occlusion),
            .effect("misalignment", \.misalignment),
        ]
    }
}

extension Field where Part == GapEffects {
    fileprivate static func effect(_ key: String, _ path: WritableKeyPath<Part, Double>) -> Field {
        .number(key, .reference, path, SyntheticWorld.Limits.effect)
    }
}

extension SyntheticWorld.Source: Configurable {
    public init() {
        self.init(identities: 60, imagesPerIdentity: 18, cameras: 6)
    }

    static var fields: [Field<Self>] {
        [
            .integer("identities", .reference, \.identities, SyntheticWorld.Limits.sourceIdentities),
            .integer("images", .reference, \.imagesPerIdentity, SyntheticWorld.Limits.images),
            .integer("cameras", .reference, \.cameras, SyntheticWorld.Limits.sourceCameras),
        ]
    }
}

extension SyntheticWorld.Target: Configurable {
    public init() {
        self.init(trainingIdentities: 60)
    }

    static var fields: [Field<Self>] {
        typealias Limits = SyntheticWorld.Limits
        return [
            .integer("identities", .reference, \.trainingIdentities, Limits.targetIdentities),
            .integer("fewest_images", .reference, \.minimumImagesPerIdentity, Limits.images),
            .integer("most_images", .reference, \.maximumImagesPerIdentity, Limits.images),
            .integer("singletons", .reference, \.singletons, Limits.loneImages),
            .integer("validation_identities", .reference, \.validationIdentities, Limits.validationIdentities),
            .integer("queries", .reference, \.queriesPerIdentity, Limits.queries),
            .integer("gallery", .reference, \.galleryPerIdentity, Limits.gallery),
            .integer("distractors", .reference, \.distractors, Limits.loneImages),
            .integer("cameras", .reference, \.cameras, Limits.targetCameras),
            .integer("test_identities", .reference, \.testIdentities, Limits.testIdentities),
        ]
    }
}
