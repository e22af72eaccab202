// SPDX-License-Identifier: MIT

extension DatasetDefinition {
    /// PersonX: renders of people in front of six cameras, in the four layouts in which it is handed around.
    ///
    /// VisDA-2020's holds a training set of its own, of 700 people; the others hold the published split of 1,266.
    /// The cameras of that split are six of the renderer's twelve; `PersonX_v1` has a folder for each.
    ///
    /// - SeeAlso: Sun and Zheng, "Dissecting person re-identification from the viewpoint of viewpoint", CVPR
    ///   2019.
    static var personx: DatasetDefinition {
        DatasetDefinition(
            title: "PersonX",
            home: "https://github.com/sxzrt/Instructions-of-the-PersonX-dataset",
            folders: ["personX", "PersonX", "personx", "PersonX_v1", "subset1"],
            editions: [
                .visdaPersonX,
                .marketStyle(
                    "SpCL and OpenUnReID", names: sixCameras, train: trainCounts, query: queryCounts,
                    gallery: galleryCounts),
                .perCamera,
            ])
    }

    /// PersonX translated by SDA: the same names.
    static var personxSDA: DatasetDefinition {
        translatedPersonX("PersonX translated by SDA", folders: ["personX_sda", "personx_sda", "PersonX_sda"])
    }

    /// PersonX translated by SPGAN, as the challenge's organisers hand it out: the same names.
    static var personxSPGAN: DatasetDefinition {
        translatedPersonX(
            "PersonX translated by SPGAN", folders: ["personX_spgan", "personx_spgan", "PersonX_spgan"])
    }

    private static func translatedPersonX(_ title: String, folders: [String]) -> DatasetDefinition {
        DatasetDefinition(
            title: title, home: "https://github.com/Simon4Yan/VisDA2020", folders: folders,
            editions: [.visdaPersonX])
    }

    fileprivate static let sixCameras = NamedImages(
        cameras: CameraNumbers([3, 4, 8, 10, 11, 12]), example: "0001_c3s1_24.jpg")
    fileprivate static let trainCounts = PublishedCounts(images: 9_840, identities: 410, cameras: 6)
    // Nobody says how many cameras these have.
    fileprivate static let queryCounts = PublishedCounts(images: 5_136, identities: 856)
    fileprivate static let galleryCounts = PublishedCounts(images: 30_816, identities: 856)
}

extension DatasetEdition {
    /// VisDA-2020's training set, raw or translated.
    fileprivate static var visdaPersonX: DatasetEdition {
        let names = NamedImages(
            identities: 0...700, cameras: CameraNumbers(1...12), example: "0001_c3s1_24.jpg")
        return DatasetEdition(
            name: "VisDA-2020",
            layouts: ["FOLDER/image_train/0001_c3s1_24.jpg"],
            splits: [
                SplitDefinition(
                    .train, in: ["image_train"], names,
                    PublishedCounts(images: 20_280, identities: 700, cameras: 6))
            ])
    }

    /// A folder for each camera, every one of Market-1501's layout.
    fileprivate static var perCamera: DatasetEdition {
        typealias Definition = DatasetDefinition
        func folders(_ name: String) -> [String] { (1...6).map { "\($0)/\(name)" } }
        return DatasetEdition(
            name: "a folder for each camera",
            layouts: ["FOLDER/{1,2,3,4,5,6}/{bounding_box_train,query,bounding_box_test}/0001_c3s1_24.jpg"],
            splits: [
                SplitDefinition(
                    .train, in: folders("bounding_box_train"), Definition.sixCameras, Definition.trainCounts),
                SplitDefinition(.query, in: folders("query"), Definition.sixCameras, Definition.queryCounts),
                SplitDefinition(
                    .gallery, in: folders("bounding_box_test"), Definition.sixCameras, Definition.galleryCounts),
            ])
    }
}
