// SPDX-License-Identifier: MIT

extension DatasetDefinition {
    /// VehicleX: rendered vehicles, as the AI City Challenge 2020 handed them out. A source only: there are no
    /// queries.
    ///
    /// - SeeAlso: Yao et al., "Simulating content consistent vehicle datasets with attribute descent", ECCV 2020.
    static var vehiclex: DatasetDefinition {
        let names = NamedImages(
            identities: 1...1362, cameras: CameraNumbers(6...36), example: "0001_c006_13.jpg")
        return DatasetDefinition(
            title: "VehicleX",
            home: "https://github.com/yorkeyao/VehicleX",
            folders: ["AIC20_ReID_Simulation", "vehiclex", "VehicleX", "AIC20_track2"],
            editions: [
                DatasetEdition(
                    name: "AI City 2020",
                    layouts: ["FOLDER/image_train/\(names.example)"],
                    splits: [
                        SplitDefinition(
                            .train, in: ["image_train"], names,
                            PublishedCounts(images: 192_150, identities: 1_362))
                    ])
            ])
    }
}
