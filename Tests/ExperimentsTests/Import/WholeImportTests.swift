// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Experiments

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/imports")

/// Whole files, with all that is said in their headers: one for each kind of program. Each was read line by line beside the
/// program's options before it was kept.
@Suite struct `The whole file that is made` {
    private func expect(_ text: String, isFile name: String) throws {
        let file = folder.appendingPathComponent("\(name).yaml")
        #expect(try text == String(contentsOf: file, encoding: .utf8))
    }

    @Test(arguments: [
        (
            "spcl",
            "CUDA_VISIBLE_DEVICES=0,1,2,3 python examples/spcl_train_uda.py --iters 800 -ds market1501 -dt msmt17 "
                + "--dropout 0.5 --logs-dir logs/spcl_uda/market2msmt_resnet50"
        ),
        (
            "cluster-contrast",
            "CUDA_VISIBLE_DEVICES=0,1 python examples/cluster_contrast_train_usl.py -b 256 -a resnet_ibn50a "
                + "-d dukemtmcreid --iters 400 --momentum 0.1 --eps 0.6 --num-instances 16 --pooling-type gem --use-hard --no-cam"
        ),
        (
            "mmt-pretraining",
            "python examples/source_pretrain.py -ds dukemtmc -dt market1501 -a resnet_ibn50a --seed 2 "
                + "--margin 0.0 --num-instances 4 -b 64 -j 4 --warmup-step 10 --lr 0.00035 --milestones 40 70 --iters 100 "
                + "--epochs 80 --eval-step 40 --logs-dir logs/dukemtmcTOmarket1501/resnet_ibn50a-pretrain-2"
        ),
        (
            "mmt-baseline",
            "python examples/base_train_dbscan.py -ds dukemtmc -dt market1501 -a resnet50 --lambda-value 0.1 "
                + "--init logs/dukemtmcTOmarket1501/resnet50-pretrain-1/model_best.pth.tar --rr-gpu"
        ),
        (
            "mmt-kmeans",
            "CUDA_VISIBLE_DEVICES=0,1,2,3 python examples/mmt_train_kmeans.py -dt market1501 -a resnet_ibn50a --num-clusters 700 "
                + "--num-instances 4 --lr 0.00035 --iters 400 -b 64 --epochs 40 --soft-ce-weight 0.5 --soft-tri-weight 0.8 "
                + "--dropout 0 --init-1 logs/dukemtmcTOmarket1501/resnet_ibn50a-pretrain-1/model_best.pth.tar "
                + "--init-2 logs/dukemtmcTOmarket1501/resnet_ibn50a-pretrain-2/model_best.pth.tar"
        ),
        (
            "visda-mmt-plus-translated",
            "python examples/mmt_train_uda.py --dataset-source personx_sda --arch resnest50 --iters 200"
        ),
        (
            "visda-pretraining",
            "python examples/source_pretrain.py --dataset-source personx_sda --arch resnest50 --epochs 120"
        ),
        (
            "visda-mmt-plus",
            "python examples/mmt_train_uda.py --dataset-source personx --arch resnest50 --iters 200 --fp16 "
                + "--k1 20 --metric arc --init-1 a/model_best.pth.tar --init-2 b/model_best.pth.tar"
        ),
    ])
    func `of a command`(name: String, command: String) throws {
        try expect(ExperimentImport(command: [command]).text, isFile: name)
    }

    @Test(arguments: OpenUnReIDFile.allCases) func `of a configuration`(kind: OpenUnReIDFile) throws {
        let file = try ConfigurationFile(kind.text)
        let text = try ExperimentImport(configuration: file.path).text
        try expect(text.replacing(file.path, with: "config.yaml"), isFile: "openunreid-\(kind.rawValue)")
    }
}
