// SPDX-License-Identifier: MIT

extension DatasetDefinition {
    /// VeRi-776: vehicles before 20 surveillance cameras.
    ///
    /// Names are `0001_c001_00016450_0.jpg`. Queries are images of the gallery; the protocol leaves out a query's
    /// own camera and so the query itself. `VeRi_with_plate`, the release with readable plates, has one training
    /// vehicle less.
    ///
    /// - SeeAlso: Liu et al., "A deep learning-based approach to progressive vehicle re-identification for urban
    ///   surveillance", ECCV 2016.
    static var veri: DatasetDefinition {
        let names = NamedImages(
            identities: 0...776, cameras: CameraNumbers(1...20), example: "0001_c001_00016450_0.jpg")
        return DatasetDefinition(
            title: "VeRi-776",
            home: "https://github.com/JDAI-CV/VeRidataset",
            folders: ["VeRi", "VeRi_with_plate", "VeRi-776", "VeRi776", "veri", "veri776"],
            editions: [
                DatasetEdition(
                    name: "VeRi-776",
                    layouts: ["FOLDER/{image_train,image_query,image_test}/\(names.example)"],
                    splits: [
                        SplitDefinition(
                            .train, in: ["image_train"], names,
                            PublishedCounts(images: 37_746, identities: 575, cameras: 20),
                            PublishedCounts(images: 37_778, identities: 576, cameras: 20)),
                        SplitDefinition(
                            .query, in: ["image_query"], names, PublishedCounts(images: 1_678, identities: 200)),
                        SplitDefinition(
                            .gallery, in: ["image_test"], names, PublishedCounts(images: 11_579, identities: 200)),
                    ])
            ])
    }
}
