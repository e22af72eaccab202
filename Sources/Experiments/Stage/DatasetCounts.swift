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
    ///
    /// - Parameter hasSource: Whether the experiment takes the world's source too.
    init(_ world: SyntheticWorld, hasSource: Bool = true) {
        let people = world.target.validationIdentities
        let drawn = world.source.identities * world.source.imagesPerIdentity
        identities = hasSource ? world.source.identities : 0
        source = hasSource ? drawn : 0
        query = people * world.target.queriesPerIdentity
        gallery = people * world.target.galleryPerIdentity + world.target.distractors
        target = world.imageCount - drawn - query - gallery
    }

    /// Images that results are measured on.
    var validation: Int { query + gallery }
}
