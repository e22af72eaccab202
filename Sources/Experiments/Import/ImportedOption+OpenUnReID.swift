// SPDX-License-Identifier: MIT

internal import Configuration

// The keys of OpenUnReID's configurations. A method there ignores keys that it has no use for; here they are named.
extension ImportedOption {
    /// The keys of all methods, for one that trains in a stage.
    ///
    /// - Parameters:
    ///   - erases: Whether the stage erases parts of its images.
    ///   - augments: Whether the stage's auto-augmentation can be chosen.
    static func openUnReID(_ stage: String, erases: Bool, augments: Bool) -> [ImportedOption] {
        network + images(erases: erases, augments: augments) + training(stage) + testing
    }

    private static let network: [ImportedOption] = [
        ImportedOption("DATA_ROOT", .rule),
        ImportedOption("LOGS_ROOT", .beside("each run is told where to keep what it leaves: passerby run … --logs DIR")),
        ImportedOption(
            "MODEL.backbone",
            .word(
                "backbone",
                [
                    "resnet50": "resnet50", "resnet101": "resnet101", "resnet50_ibn_a": "resnet50_ibn_a",
                    "resnet101_ibn_a": "resnet101_ibn_a",
                ])),
        ImportedOption("MODEL.pooling", .rule),
        ImportedOption("MODEL.embed_feat", .always([0], "there is no embedding layer here, and results differ")),
        ImportedOption("MODEL.dropout", .always([0], "there is no dropout here, and results differ")),
        ImportedOption("MODEL.dsbn", .moot),
        ImportedOption("MODEL.sync_bn", .rule),
        ImportedOption("MODEL.samples_per_bn", .rule),
        ImportedOption("MODEL.mean_net", .always([false], "this method has no mean network here, and results differ")),
        ImportedOption("MODEL.alpha", .moot),
        ImportedOption("MODEL.imagenet_pretrained", .rule),
        ImportedOption("MODEL.source_pretrained", .rule),
    ]

    private static func images(erases: Bool, augments: Bool) -> [ImportedOption] {
        let transforms = "DATA.TRAIN."
        return [
            ImportedOption("DATA.height", .key("image.height")),
            ImportedOption("DATA.width", .key("image.width")),
            ImportedOption("DATA.norm_mean", .always([[0.485, 0.456, 0.406]], "colours have ImageNet's scale here")),
            ImportedOption("DATA.norm_std", .always([[0.229, 0.224, 0.225]], "colours have ImageNet's scale here")),
            ImportedOption(
                transforms + "is_autoaug",
                augments ? .rule : .always([false], "this method does not auto-augment here, and results differ")),
            ImportedOption(transforms + "is_flip", .always([true], "images are mirrored here, and results differ")),
            ImportedOption(transforms + "flip_prob", .always([0.5], "half of the images are mirrored here")),
            ImportedOption(transforms + "is_pad", .rule),
            ImportedOption(transforms + "pad_size", .rule),
            ImportedOption(transforms + "is_blur", .always([false], "images are not blurred here, and results differ")),
            ImportedOption(transforms + "blur_prob", .moot),
            ImportedOption(
                transforms + "is_erase",
                .always(
                    [YAMLNode(erases)],
                    "this method \(erases ? "erases" : "does not erase") parts of images here, and results differ")),
            ImportedOption(
                transforms + "erase_prob", erases ? .always([0.5], "parts of half of the images are erased here") : .moot),
            ImportedOption(
                transforms + "is_mutual_transform", .always([false], "an image has one view in a batch of this method")),
            ImportedOption(transforms + "mutual_times", .moot),
        ]
    }

    private static func training(_ stage: String) -> [ImportedOption] {
        [
            ImportedOption("TRAIN.seed", .key("seed")),
            ImportedOption("TRAIN.deterministic", .always([true], "a seed always gives the same run here")),
            ImportedOption.halfPrecision("TRAIN.amp"),
            ImportedOption("TRAIN.datasets", .rule),
            ImportedOption("TRAIN.unsup_dataset_indexes", .rule),
            ImportedOption("TRAIN.epochs", .key("\(stage).epochs")),
            ImportedOption("TRAIN.iters", .key("\(stage).iterations")),
            ImportedOption("TRAIN.LOSS.losses", .rule),
            ImportedOption("TRAIN.LOSS.temp", .rule),
            ImportedOption("TRAIN.LOSS.momentum", .rule),
            ImportedOption("TRAIN.LOSS.margin", .always([0], "the triplet loss has no margin here, and results differ")),
            ImportedOption("TRAIN.val_dataset", .rule),
            ImportedOption("TRAIN.val_freq", .key("\(stage).evaluate_every")),
            ImportedOption("TRAIN.SAMPLER.num_instances", .key("\(stage).instances")),
            ImportedOption("TRAIN.SAMPLER.is_shuffle", .always([true], "identities come in a new order in every pass here")),
            ImportedOption("TRAIN.LOADER.samples_per_gpu", .rule),
            ImportedOption("TRAIN.LOADER.workers_per_gpu", .beside("threads here are of the one process: workers")),
            ImportedOption("TRAIN.OPTIM.optim", .always(["adam"], "the optimiser is Adam here, and results differ")),
            ImportedOption("TRAIN.OPTIM.lr", .key("\(stage).rate")),
            ImportedOption("TRAIN.OPTIM.weight_decay", .key("\(stage).weight_decay")),
            ImportedOption("TRAIN.SCHEDULER.lr_scheduler", .rule),
            ImportedOption("TRAIN.SCHEDULER.stepsize", .rule),
            ImportedOption("TRAIN.SCHEDULER.gamma", .always([0.1], "a rate falls to a tenth here, and results differ")),
            ImportedOption("TRAIN.SCHEDULER.warmup_factor", .always([0.01], "a warm-up begins at a hundredth here")),
            ImportedOption("TRAIN.SCHEDULER.warmup_steps", .rule),
        ]
    }

    /// - Parameter selfPaced: SpCL, which has clusters of DBSCAN alone.
    static func openUnReIDClustering(selfPaced: Bool) -> [ImportedOption] {
        let labels = "TRAIN.PSEUDO_LABELS."
        let outliers =
            selfPaced ? "un-clustered images are classes of their own here" : "un-clustered images sit an epoch out here"
        func key(_ name: String) -> Fate { selfPaced ? .key("adapt.\(name)") : .rule }
        return [
            ImportedOption(
                labels + "freq", .always([1], "images are clustered before every epoch here, and results differ")),
            ImportedOption(labels + "use_outliers", .always([YAMLNode(selfPaced)], outliers)),
            ImportedOption(labels + "norm_feat", .always([true], "embeddings have length 1 here")),
            ImportedOption(labels + "norm_center", .always([true], "centroids have length 1 here")),
            ImportedOption(
                labels + "cluster",
                selfPaced ? .always(["dbscan"], "clusters are those of DBSCAN here, and results differ") : .rule),
            ImportedOption(labels + "eps", .rule),
            ImportedOption(labels + "min_samples", key("min_samples")),
            ImportedOption(labels + "dist_metric", .always(["jaccard"], "distances are Jaccard's here, and results differ")),
            ImportedOption(labels + "k1", key("k1")),
            ImportedOption(labels + "k2", key("k2")),
            ImportedOption(labels + "search_type", .always([0, 1, 2, 3], "the search is exact here")),
            ImportedOption(labels + "cluster_num", selfPaced ? .moot : .rule),
            ImportedOption(labels + "dist_cuda", .moot),
        ]
    }

    /// A run scores its last network as its protocol says; the rest is asked of `passerby evaluate`.
    private static let testing: [ImportedOption] = [
        ImportedOption("TEST.datasets", .moot),
        ImportedOption("TEST.LOADER.samples_per_gpu", .moot),
        ImportedOption("TEST.LOADER.workers_per_gpu", .moot),
        ImportedOption("TEST.dist_metric", .always(["euclidean", "cosine"], "ranking is by Euclidean distance here")),
        ImportedOption("TEST.norm_feat", .always([true], "embeddings have length 1 here")),
        ImportedOption("TEST.dist_cuda", .moot),
        ImportedOption("TEST.rerank", .always([false], "a stage 'postprocess' re-ranks, or passerby evaluate --rerank")),
        ImportedOption("TEST.search_type", .moot),
        ImportedOption("TEST.k1", .moot), ImportedOption("TEST.k2", .moot),
        ImportedOption("TEST.lambda_value", .moot),
    ]
}
