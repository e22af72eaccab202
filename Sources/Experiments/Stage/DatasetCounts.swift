// SPDX-License-Identifier: MIT

internal import Data
internal import Training

/// How many images of which kind an experiment has.
struct DatasetCounts: Equatable {
    let source: Int
    let identities: Int
    let target: Int
    let query: Int
    let gallery: Int
    /// Of a test set, where the experiment takes one.
    let testQuery: Int
    let testGallery: Int

    init(_ datasets: Datasets) {
        source = datasets.source.count
        identities = Set(datasets.source.map(\.identity)).count
        target = datasets.target.count
        query = datasets.query.count
        gallery = datasets.gallery.count
        testQuery = datasets.test?.query.count ?? 0
        testGallery = datasets.test?.gallery.count ?? 0
    }

    /// Those of a world that need not be drawn yet.
    ///
    /// - Parameter hasSource: Whether the experiment takes the world's source too.
    init(_ world: SyntheticWorld, hasSource: Bool = true) {
        let (people, unknown) = (world.target.validationIdentities, world.target.testIdentities ?? 0)
        let drawn = world.source.identities * world.source.imagesPerIdentity
        identities = hasSource ? world.source.identities : 0
        source = hasSource ? drawn : 0
        query = people * world.target.queriesPerIdentity
        gallery = people * world.target.galleryPerIdentity + world.target.distractors
        testQuery = unknown * world.target.queriesPerIdentity
        testGallery = unknown * world.target.galleryPerIdentity
        target = world.imageCount - drawn - query - gallery - testQuery - testGallery
    }

    /// Images that results are measured on.
    var validation: Int { query + gallery }
    /// Images that a submission is made of.
    var test: Int { testQuery + testGallery }
}
