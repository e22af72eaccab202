// SPDX-License-Identifier: MIT

import Vocabulary

extension DatasetDefinition {
    /// Market-1501: people before a supermarket, found by a detector.
    ///
    /// Names are `0002_c1s1_000451_03.jpg`. In the gallery −1 is junk, of which the protocol takes no account, and
    /// 0 a distractor, which stays; the published training set has neither.
    ///
    /// - SeeAlso: Zheng et al., "Scalable person re-identification: a benchmark", ICCV 2015.
    static var market1501: DatasetDefinition {
        let names = NamedImages(
            identities: 0...1501, cameras: CameraNumbers(1...6), example: "0002_c1s1_000451_03.jpg")
        return DatasetDefinition(
            title: "Market-1501",
            home: "https://zheng-lab-anu.github.io/Project/project_reid.html",
            folders: ["Market-1501-v15.09.15", "market1501", "Market-1501", "Market1501", "market-1501"],
            editions: [
                .marketStyle(
                    names: names, background: .background,
                    train: PublishedCounts(images: 12_936, identities: 751, cameras: 6),
                    query: PublishedCounts(images: 3_368, identities: 750, cameras: 6),
                    gallery: PublishedCounts(images: 15_913, identities: 751, cameras: 6))
            ])
    }
}

extension DatasetEdition {
    /// The layout that Market-1501 introduced and others took over.
    static func marketStyle(
        _ name: String = "Market-1501", names: NamedImages, background: Identity? = nil, train: PublishedCounts,
        query: PublishedCounts, gallery: PublishedCounts
    ) -> DatasetEdition {
        DatasetEdition(
            name: name,
            layouts: ["FOLDER/{bounding_box_train,query,bounding_box_test}/\(names.example)"],
            background: background,
            splits: [
                SplitDefinition(.train, in: ["bounding_box_train"], names, train),
                SplitDefinition(.query, in: ["query"], names, query),
                SplitDefinition(.gallery, in: ["bounding_box_test"], names, gallery),
            ])
    }
}
