// SPDX-License-Identifier: MIT

internal import Data

/// How many images of which kind an experiment has.
struct DatasetCounts: Equatable {
    let source: Int
    let identities: Int
    let target: Int
    let query: Int
    let gallery: Int

    init(_ datasets: Datasets) {
        source = datasets.source.count
        identities = Set(datasets.source.map(\.identity)).count
        target = datasets.target.count
        query = datasets.query.count
        gallery = datasets.gallery.count
    }

    /// Those of a world that need not be drawn yet.
    init(_ world: SyntheticWorld) {
        let people = world.target.validationIdentities
        identities = world.source.identities
        source = identities * world.source.imagesPerIdentity
        query = people * world.target.queriesPerIdentity
        gallery = people * world.target.galleryPerIdentity + world.target.distractors
        target = world.imageCount - source - query - gallery
    }

    /// Images that results are measured on.
    var validation: Int { query + gallery }
}
