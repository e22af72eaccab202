// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Reporting
import Testing

@testable import Experiments

/// The keys and numbers of the three configurations that a method here stands for.
enum OpenUnReIDFile: String, CaseIterable {
    case spcl, strongBaseline, sourcePretrain

    var text: String {
        switch self {
        case .spcl:
            Self.file(
                datasets: "{'market1501': 'trainval',}", unlabelled: "[0,]", losses: "{'hybrid_memory': 1.,}",
                rest: "temp: 0.05, momentum: 0.2", labels: Self.labels("[0.58, 0.6, 0.62]", outliers: "True"),
                scheduler: "{lr_scheduler: 'single_step', stepsize: 20, gamma: 0.1}")
        case .strongBaseline:
            Self.file(
                datasets: "{'dukemtmcreid': 'trainval', 'market1501': 'trainval'}", unlabelled: "[1]",
                losses: "{'cross_entropy': 1., 'softmax_triplet': 1.}", rest: "margin: 0.",
                labels: Self.labels("[0.6,]", outliers: "False"), scheduler: "{lr_scheduler: null}")
        case .sourcePretrain:
            Self.file(
                dsbn: "False", group: 64, autoAugment: "True", erases: "False", datasets: "{'market1501': 'trainval',}",
                unlabelled: "null", epochs: 120, iterations: 200,
                losses: "{'cross_entropy': 1., 'softmax_triplet': 1.}", rest: "margin: 0.", every: 40, labels: "",
                scheduler: """
                    {lr_scheduler: 'warmup_multi_step', stepsize: [40, 70], gamma: 0.1, warmup_factor: 0.01,
                                  warmup_steps: 10}
                    """)
        }
    }

    private static func labels(_ eps: String, outliers: String) -> String {
        """

          PSEUDO_LABELS: {freq: 1, use_outliers: \(outliers), norm_feat: True, norm_center: True, cluster: 'dbscan', eps: \(eps),
                          min_samples: 4, dist_metric: 'jaccard', k1: 30, k2: 6, search_type: 0, cluster_num: null}
        """
    }

    private static func file(
        dsbn: String = "True", group: Int = 16, autoAugment: String = "False", erases: String = "True", datasets: String,
        unlabelled: String, epochs: Int = 50, iterations: Int = 400, losses: String, rest: String, every: Int = 5,
        labels: String, scheduler: String
    ) -> String {
        """
        DATA_ROOT: '../datasets/'
        LOGS_ROOT: '../logs/'
        MODEL: {backbone: 'resnet50', pooling: 'gem', embed_feat: 0, dropout: 0., dsbn: \(dsbn), sync_bn: True,
                samples_per_bn: \(group), mean_net: False, alpha: 0.999, imagenet_pretrained: True, source_pretrained: null}
        DATA:
          height: 256
          width: 128
          norm_mean: [0.485, 0.456, 0.406]
          norm_std: [0.229, 0.224, 0.225]
          TRAIN: {is_autoaug: \(autoAugment), is_flip: True, flip_prob: 0.5, is_pad: True, pad_size: 10, is_blur: False,
                  blur_prob: 0.5, is_erase: \(erases), erase_prob: 0.5, is_mutual_transform: False, mutual_times: 2}
        TRAIN:
          seed: 1
          deterministic: True
          amp: True
          datasets: \(datasets)
          unsup_dataset_indexes: \(unlabelled)
          epochs: \(epochs)
          iters: \(iterations)
          LOSS: {losses: \(losses), \(rest)}
          val_dataset: 'market1501'
          val_freq: \(every)
          SAMPLER: {num_instances: 4, is_shuffle: True}
          LOADER: {samples_per_gpu: 16, workers_per_gpu: 2}\(labels)
          OPTIM: {optim: 'adam', lr: 0.00035, weight_decay: 0.0005}
          SCHEDULER: \(scheduler)
        TEST: {datasets: ['market1501',], LOADER: {samples_per_gpu: 32, workers_per_gpu: 2}, dist_metric: 'euclidean',
               norm_feat: True, dist_cuda: True, rerank: False, search_type: 0, k1: 20, k2: 6, lambda_value: 0.3}

        """
    }
}

/// An OpenUnReID configuration in a file of its own, removed with the value.
final class ConfigurationFile {
    let path = NSTemporaryDirectory() + "config-\(UUID().uuidString).yaml"

    init(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct `An OpenUnReID configuration, imported,` {
    private func imported(_ kind: OpenUnReIDFile, _ found: String = "", _ changed: String = "") throws -> ExperimentImport {
        #expect(found.isEmpty || kind.text.contains(found))
        let file = try ConfigurationFile(found.isEmpty ? kind.text : kind.text.replacing(found, with: changed))
        return try ExperimentImport(configuration: file.path)
    }

    @Test func `of SpCL without a source differs from the authors' repository in what OpenUnReID changed`() throws {
        let text = try imported(.spcl).text
        let theirs = try ExperimentImport(command: ["spcl_train_usl.py", "--eval-step", "5"]).text
        let both = try [text, theirs].map { text in
            let document = try Document.overriding(Document.parse(text, file: "x.yaml"), with: ["description=null"])
            return try Experiment(document, name: "x").document.yamlText
        }
        #expect(both[0] == both[1].replacing("pooling: average", with: "pooling: gem"))
    }

    @Test func `names what it had no place for`() throws {
        #expect(
            try imported(.spcl, "is_flip: True", "is_flip: False").leftOut.contains(
                "DATA.TRAIN.is_flip: false: images are mirrored here, and results differ"))
        #expect(
            try imported(.spcl, "optim: 'adam'", "optim: 'sgd'").leftOut.contains(
                "TRAIN.OPTIM.optim: sgd: the optimiser is Adam here, and results differ"))
        #expect(
            try imported(.spcl, "{'hybrid_memory': 1.,}", "{'hybrid_memory': 0.5}").leftOut.contains(
                "TRAIN.LOSS.losses: hybrid_memory: 0.5: losses have the weight 1 here, and results differ"))
    }

    @Test func `has no border where images are not padded`() throws {
        #expect(try imported(.spcl, "is_pad: True", "is_pad: False").text.contains("padding: 0\n"))
    }

    @Test func `normalises together the images of several devices where one has too few`() throws {
        let text = try imported(.spcl, "samples_per_gpu: 16, workers", "samples_per_gpu: 8, workers").text
        #expect(text.contains("batch: 32\n") && text.contains("images_per_norm_group: 16\n"))
    }

    @Test func `has clusters of k-means where the baseline's file has them`() throws {
        let file = try ConfigurationFile(
            OpenUnReIDFile.strongBaseline.text.replacing("cluster: 'dbscan'", with: "cluster: 'kmeans'")
                .replacing("cluster_num: null", with: "cluster_num: [500]"))
        let text = try ExperimentImport(configuration: file.path).text
        #expect(text.contains("      clustering: kmeans\n      clusters: 500\n      runs: 1\n") && !text.contains("k1:"))
    }

    /// Whatever the file says of a warm-up's steps: only one of the schedules has them.
    @Test(arguments: [
        ("warmup_multi_step", "warmup: 10"), ("multi_step", "warmup: 0"), ("single_step", "warmup: 0"),
    ])
    func `of pre-training warms up as its schedule does`(scheduler: String, line: String) throws {
        let steps = scheduler == "single_step" ? "40" : "[40, 70]"
        let text = try imported(
            .sourcePretrain, "lr_scheduler: 'warmup_multi_step', stepsize: [40, 70]",
            "lr_scheduler: '\(scheduler)', stepsize: \(steps)"
        ).text
        #expect(text.contains("      \(line)"), "\(text)")
        let constant = try imported(
            .sourcePretrain, "lr_scheduler: 'warmup_multi_step', stepsize: [40, 70]", "lr_scheduler: null"
        ).text
        #expect(constant.contains("      warmup: 0") && constant.contains("      milestones: []"), "\(constant)")
    }

    @Test func `of SpCL says that its warm-up has no place`() throws {
        let found = "lr_scheduler: 'single_step', stepsize: 20"
        let imported = try imported(.spcl, found, "lr_scheduler: 'warmup_multi_step', stepsize: [40, 70], warmup_steps: 10")
        #expect(
            imported.leftOut.contains("warmup_multi_step's warm-up: the rate of SpCL has none here, and results differ"))
        #expect(try !self.imported(.spcl).leftOut.contains { $0.contains("warm") })
    }

    @Test func `begins with a file where it names one`() throws {
        let text = try imported(.spcl, "source_pretrained: null", "source_pretrained: '/w/best.pth'").text
        #expect(text.contains("initial_weights: \"/w/best.pth\"\n"))
    }

    /// Each row: a file, a text in it, what stands there instead, and the report without the file's path.
    @Test(arguments: [
        (
            OpenUnReIDFile.spcl, "iters: 400", "itres: 400",
            "TRAIN.itres: no option of OpenUnReID's SpCL; did you mean 'TRAIN.iters'? allowed: TRAIN.amp, TRAIN.datasets, "
                + "TRAIN.deterministic, TRAIN.epochs, TRAIN.iters, TRAIN.seed, TRAIN.unsup_dataset_indexes, TRAIN.val_dataset, "
                + "TRAIN.val_freq"
        ), (.spcl, "iters: 400", "iters: 0", "TRAIN.iters: found 0; allowed: 1 to 1000000 (adapt.iterations)"),
        (.spcl, "  iters: 400\n", "", "TRAIN.iters is needed: a value, as the program has no default for it"),
        (
            .spcl, "  unsup_dataset_indexes: [0,]\n", "",
            "TRAIN.unsup_dataset_indexes is needed: a value, as the program has no default for it"
        ),
        (
            .sourcePretrain, "is_autoaug: True, ", "",
            "DATA.TRAIN.is_autoaug is needed: a value, as the program has no default for it"
        ),
        (
            .sourcePretrain, "warmup_steps: 10", "",
            "TRAIN.SCHEDULER.warmup_steps is needed: the epochs of the warm-up"
        ),
        (
            .spcl, "'single_step', stepsize: 20", "'single_step'",
            "TRAIN.SCHEDULER.stepsize is needed: the epochs after which the rate falls"
        ),
        (
            .spcl, "[0.58, 0.6, 0.62]", "[0.5, 0.6, 0.62]",
            "TRAIN.PSEUDO_LABELS.eps: 0.5, 0.6 and 0.62 are not evenly spaced; allowed: eps - gap, eps, eps + gap"
        ),
        (
            .spcl, "'market1501': 'trainval',}", "'market1501': 'trainval', 'msmt17': 'trainval', 'personx': 'trainval'}",
            "TRAIN.datasets: 3 datasets, of which 1 without labels; allowed: one without, and at most one with"
        ),
        (
            .spcl, "{'market1501': 'trainval',}", "['market1501']",
            "TRAIN.datasets: no set; allowed: sets with their splits, as {market1501: trainval}"
        ), (.spcl, "pooling: 'gem'", "pooling: 'max'", "MODEL.pooling: found 'max'; allowed: gem, avg"),
        (
            .strongBaseline, "'dukemtmcreid': 'trainval', 'market1501': 'trainval'}\n  unsup_dataset_indexes: [1]",
            "'market1501': 'trainval'}\n  unsup_dataset_indexes: [0]",
            "TRAIN.datasets: one dataset, which has no labels; needed: one with labels too, as the network that "
                + "clustering-baseline goes on from is trained on it"
        ),
        (
            .strongBaseline, "lr_scheduler: null", "lr_scheduler: 'single_step', stepsize: 20",
            "TRAIN.SCHEDULER.lr_scheduler: a rate that falls; allowed: null, as clustering-baseline's is constant"
        ),
    ])
    func `is refused with the place, what was found and what is allowed`(
        kind: OpenUnReIDFile, found: String, changed: String, report: String
    ) throws {
        let file = try ConfigurationFile(kind.text.replacing(found, with: changed))
        let error = #expect(throws: ImportError.self) { try ExperimentImport(configuration: file.path) }
        let place = #/^[^\n]*\.yaml:\d+:\d+: /#
        let lines = (error?.description ?? "").split(separator: "\n").map { String($0.replacing(place, with: "")) }
        #expect(lines == [report], "\(lines)")
        #expect(error?.exitKind == .usage)
    }

    @Test func `is refused where no method here has its losses`() throws {
        let file = try ConfigurationFile(OpenUnReIDFile.spcl.text.replacing("'hybrid_memory': 1.", with: "'triplet': 1."))
        let error = #expect(throws: ImportError.self) { try ExperimentImport(configuration: file.path) }
        #expect(
            error?.description == "\(file.path): TRAIN.LOSS.losses: found triplet; allowed: hybrid_memory (SpCL), or "
                + "cross_entropy and softmax_triplet (strong_baseline, source_pretrain)")
    }

    @Test func `is refused with one radius where SpCL has three`() throws {
        let file = try ConfigurationFile(OpenUnReIDFile.spcl.text.replacing("[0.58, 0.6, 0.62]", with: "[0.6]"))
        let error = #expect(throws: ImportError.self) { try ExperimentImport(configuration: file.path) }
        #expect(
            error?.description == "\(file.path): TRAIN.LOSS.losses: found hybrid_memory with 1 of the three radii that SpCL "
                + "has; allowed: three, or this experiment by hand with method: cluster-contrast")
    }
}
