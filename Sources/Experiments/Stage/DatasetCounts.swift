// SPDX-License-Identifier: MIT

internal import Data
internal import Training

/// How many images of which kind an experiment has.
struct DatasetCounts: Equatable {
    let source: Int
    let identities: Int
    let target: Int
    /// Cameras that took the target's training images.
    let targetCameras: Int
    let query: Int
    let gallery: Int
    /// Of a test set, where the experiment takes one.
    let testQuery: Int
    let testGallery: Int
    /// Of what stages score networks on beside the target.
    private var elsewhere: [EvaluatedPlace: Ranked] = [:]

    /// Queries, and the gallery that they are looked for in.
    private struct Ranked: Equatable {
        let query: Int
        let gallery: Int
    }

    init(_ datasets: Datasets) {
        source = datasets.source.count
        identities = Set(datasets.source.map(\.identity)).count
        target = datasets.target.count
        targetCameras = Set(datasets.target.map(\.camera)).count
        query = datasets.query.count
        gallery = datasets.gallery.count
        testQuery = datasets.test?.query.count ?? 0
        testGallery = datasets.test?.gallery.count ?? 0
        count(datasets.evaluated)
    }

    /// Those of a world that need not be drawn yet.
    ///
    /// - Parameters:
    ///   - hasSource: Whether the experiment takes the world's source too.
    ///   - evaluated: What stages score networks on beside the target.
    init(
        _ world: SyntheticWorld, hasSource: Bool = true, evaluated: [EvaluatedPlace: EvaluatedImages] = [:]
    ) {
        let (people, unknown) = (world.target.validationIdentities, world.target.testIdentities ?? 0)
        let drawn = world.source.identities * world.source.imagesPerIdentity
        identities = hasSource ? world.source.identities : 0
        source = hasSource ? drawn : 0
        query = people * world.target.queriesPerIdentity
        gallery = people * world.target.galleryPerIdentity + world.target.distractors
        testQuery = unknown * world.target.queriesPerIdentity
        testGallery = unknown * world.target.galleryPerIdentity
        target = world.imageCount - drawn - query - gallery - testQuery - testGallery
        targetCameras = world.target.cameras
        count(evaluated)
    }

    private mutating func count(_ evaluated: [EvaluatedPlace: EvaluatedImages]) {
        elsewhere = evaluated.mapValues { Ranked(query: $0.query.count, gallery: $0.gallery.count) }
    }

    /// Queries and gallery of a place; none where nobody has listed it.
    func evaluated(_ place: EvaluatedPlace) -> (query: Int, gallery: Int) {
        if place == .target { return (query, gallery) }
        return elsewhere[place].map { ($0.query, $0.gallery) } ?? (0, 0)
    }

    /// Images that results are measured on.
    var validation: Int { query + gallery }
}
