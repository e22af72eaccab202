// SPDX-License-Identifier: MIT

internal import Configuration

// The programs of Cluster Contrast's repository.
extension ImportedProgram {
    static let clusterContrast = ImportedProgram(
        repository: "Cluster Contrast", name: "cluster_contrast_train_usl.py", pages: ["docs/methods/cluster-contrast.md"],
        options: [
            [.dataset("--dataset", or: "-d", standard: "dukemtmcreid", under: "data.target", contrastDatasets)],
            ImportedOption.surroundings, ImportedOption.imageSize(height: 256, width: 128),
            [
                .backbone(standard: "resnet50", deepNetworks),
                ImportedOption(
                    "--pooling-type", standard: "gem", .word("adapt.pooling", ["gem": "gem", "avg": "average"])),
            ], ImportedOption.bareNetwork,
            ImportedOption.training(of: "adapt", epochs: 50, iterations: 400, evaluateEvery: 10),
            ImportedOption.batches(of: "adapt", batch: 2), ImportedOption.clustering(of: "adapt"),
            [
                ImportedOption("--step-size", standard: 20, .rule),
                ImportedOption("--eps-gap", .beside("the program itself makes no use of it")),
                ImportedOption("--temp", standard: 0.05, .key("adapt.temperature")),
                ImportedOption("--momentum", standard: 0.2, .key("adapt.momentum")),
                ImportedOption("--use-hard", standard: false, .rule),
                ImportedOption(
                    "--no-cam", .always([false], "batches here prefer images of other cameras, and results differ")),
            ],
        ]
    ) { given, draft in
        draft.add(.adapt, ["method": "cluster-contrast"])
        draft.set("data.source", "none")
        draft.set("initial_weights", "imagenet", reason: inCode)
        given.carry(into: &draft)
        if let hard = given["--use-hard"] {
            draft.set("adapt.update", given.isOn("--use-hard") ? "hard" : "mean", reason: hard.reason)
        }
        draft.set("adapt.milestones", given.stepMilestones("--step-size", epochs: "--epochs"))
        draft.set("adapt.min_samples", 4, reason: inCode)
        draft.set("adapt.images_per_norm_group", given.deviceShare(of: "--batch-size", devices: 4))
    }

    private static let contrastDatasets: KeyValuePairs = [
        "market1501": "market1501", "msmt17": "msmt17", "personx": "personx", "veri": "veri", "dukemtmcreid": "dukemtmc",
    ]
}
