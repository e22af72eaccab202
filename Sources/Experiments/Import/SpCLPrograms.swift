// SPDX-License-Identifier: MIT

internal import Configuration

// The programs of SpCL's repository.
extension ImportedProgram {
    static let spclWithSource = spcl(
        "spcl_train_uda.py",
        datasets: [
            // Its default, dukemtmc, is none of its datasets.
            .dataset("--dataset-source", or: "-ds", under: "data.source", spclDatasets),
            .dataset("--dataset-target", or: "-dt", standard: "market1501", under: "data.target", spclDatasets),
        ]
    ) { given, _ in
        given.requireGiven("--dataset-source", "a dataset, as the program's own default is none that it knows")
    }

    static let spclAlone = spcl(
        "spcl_train_usl.py",
        datasets: [.dataset("--dataset", or: "-d", standard: "market1501", under: "data.target", spclDatasets)]
    ) { _, draft in draft.set("data.source", "none") }

    private static func spcl(
        _ name: String, datasets: [ImportedOption],
        source: @escaping @Sendable (ImportedOptions, inout ImportDraft) -> Void
    ) -> ImportedProgram {
        ImportedProgram(
            repository: "SpCL", name: name, pages: ["docs/methods/spcl.md"],
            options: [
                datasets, ImportedOption.surroundings, ImportedOption.imageSize(height: 256, width: 128),
                [.backbone(standard: "resnet50", deepNetworks)], ImportedOption.bareNetwork,
                ImportedOption.training(of: "adapt", epochs: 50, iterations: 400, evaluateEvery: 10),
                ImportedOption.batches(of: "adapt"), [ImportedOption("--step-size", standard: 20, .rule)],
                ImportedOption.clustering(of: "adapt"),
                [
                    ImportedOption("--eps-gap", standard: 0.02, .key("adapt.eps_gap")),
                    ImportedOption("--temp", standard: 0.05, .key("adapt.temperature")),
                    ImportedOption("--momentum", standard: 0.2, .key("adapt.momentum")),
                ],
            ]
        ) { given, draft in
            draft.add(.adapt, ["method": "spcl"])
            source(given, &draft)
            draft.set("initial_weights", "imagenet", reason: inCode)
            given.carry(into: &draft)
            draft.set("adapt.milestones", given.stepMilestones("--step-size", epochs: "--epochs"))
            draft.set("adapt.min_samples", 4, reason: inCode)
            draft.set("adapt.pooling", "average", reason: inCode)
            draft.set("adapt.images_per_norm_group", given.deviceShare(of: "--batch-size", devices: 4))
        }
    }

    static let inCode = "in the program's code"

    /// DukeMTMC-reID was taken out of the repository later.
    private static let spclDatasets: KeyValuePairs = [
        "market1501": "market1501", "msmt17": "msmt17", "personx": "personx", "vehicleid": "vehicleid",
        "vehiclex": "vehiclex", "veri": "veri", "dukemtmc": "dukemtmc",
    ]

    /// Shallower ones break in the authors' networks, as their last blocks keep the size of maps.
    static let deepNetworks: KeyValuePairs = [
        "resnet50": "resnet50", "resnet101": "resnet101", "resnet_ibn50a": "resnet50_ibn_a",
        "resnet_ibn101a": "resnet101_ibn_a",
    ]
}
