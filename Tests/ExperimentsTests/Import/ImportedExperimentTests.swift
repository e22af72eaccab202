// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Reporting
import Testing

@testable import Experiments

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("experiments")

/// The published commands, and the files that come with the program for them.
private let published: KeyValuePairs = [
    "spcl/personx2market1501": "spcl_train_uda.py -ds personx -dt market1501",
    "spcl/personx2msmt17": "spcl_train_uda.py --iters 800 -ds personx -dt msmt17",
    "spcl/market15012msmt17": "spcl_train_uda.py --iters 800 -ds market1501 -dt msmt17",
    "spcl/msmt172market1501": "spcl_train_uda.py -ds msmt17 -dt market1501",
    "spcl/dukemtmc2market1501": "spcl_train_uda.py -ds dukemtmc -dt market1501",
    "spcl/market15012dukemtmc": "spcl_train_uda.py -ds market1501 -dt dukemtmc",
    "spcl/dukemtmc2msmt17": "spcl_train_uda.py --iters 800 -ds dukemtmc -dt msmt17",
    "spcl/vehicleid2veri": "spcl_train_uda.py --iters 800 --height 224 --width 224 -ds vehicleid -dt veri",
    "spcl/vehiclex2veri": "spcl_train_uda.py --iters 800 --height 224 --width 224 -ds vehiclex -dt veri",
    "spcl/usl-market1501": "spcl_train_usl.py -d market1501", "spcl/usl-dukemtmc": "spcl_train_usl.py -d dukemtmc",
    "spcl/usl-personx": "spcl_train_usl.py -d personx", "spcl/usl-msmt17": "spcl_train_usl.py --iters 800 -d msmt17",
    "spcl/usl-veri": "spcl_train_usl.py --iters 800 --height 224 --width 224 -d veri",
    "cluster-contrast/usl-market1501": contrast("-a resnet50 -d market1501 --iters 200 --eps 0.6"),
    "cluster-contrast/usl-msmt17": contrast("-a resnet50 -d msmt17 --iters 400 --eps 0.6"),
    "cluster-contrast/usl-dukemtmc": contrast("-a resnet50 -d dukemtmcreid --iters 200 --eps 0.6"),
    "cluster-contrast/usl-veri": contrast("-a resnet50 -d veri --iters 400 --eps 0.6 --height 224 --width 224"),
    "cluster-contrast/usl-personx": contrast("-a resnet50 -d personx --iters 200 --eps 0.7"),
    "cluster-contrast/usl-market1501-hard": contrast(
        "-a resnet_ibn50a -d market1501 --iters 400 --eps 0.4 --pooling-type gem --use-hard"),
    "mmt/dukemtmc2market1501-kmeans500": means("dukemtmc", "market1501", ""),
    "mmt/dukemtmc2market1501-kmeans700": means("dukemtmc", "market1501", "--num-clusters 700"),
    "mmt/dukemtmc2market1501-kmeans900": means("dukemtmc", "market1501", "--num-clusters 900"),
    "mmt/market15012dukemtmc-kmeans500": means("market1501", "dukemtmc", "-dt dukemtmc"),
    "mmt/market15012dukemtmc-kmeans700": means("market1501", "dukemtmc", "-dt dukemtmc --num-clusters 700"),
    "mmt/market15012dukemtmc-kmeans900": means("market1501", "dukemtmc", "-dt dukemtmc --num-clusters 900"),
    "mmt/dukemtmc2msmt17-kmeans500": means("dukemtmc", "msmt17", "-dt msmt17"),
    "mmt/dukemtmc2msmt17-kmeans1000": means("dukemtmc", "msmt17", "-dt msmt17 --num-clusters 1000"),
    "mmt/dukemtmc2msmt17-kmeans1500": means("dukemtmc", "msmt17", "-dt msmt17 --num-clusters 1500"),
    "mmt/dukemtmc2msmt17-kmeans2000": means("dukemtmc", "msmt17", "-dt msmt17 --num-clusters 2000"),
    "mmt/market15012msmt17-kmeans500": means("market1501", "msmt17", "-dt msmt17"),
    "mmt/market15012msmt17-kmeans1000": means("market1501", "msmt17", "-dt msmt17 --num-clusters 1000"),
    "mmt/market15012msmt17-kmeans1500": means("market1501", "msmt17", "-dt msmt17 --num-clusters 1500"),
    "mmt/market15012msmt17-kmeans2000": means("market1501", "msmt17", "-dt msmt17 --num-clusters 2000"),
    "mmt/dukemtmc2market1501-dbscan": "mmt_train_dbscan.py -ds dukemtmc -dt market1501 --iters 400 --lambda-value 0",
    "mmt/market15012dukemtmc-dbscan": "mmt_train_dbscan.py -ds market1501 -dt dukemtmc --iters 400 --lambda-value 0",
    "mmt/dukemtmc2msmt17-dbscan": "mmt_train_dbscan.py -ds dukemtmc -dt msmt17",
    "mmt/market15012msmt17-dbscan": "mmt_train_dbscan.py -ds market1501 -dt msmt17",
]

/// With the iterations of the paper, which are the program's own; its script has 400.
private func means(_ source: String, _ target: String, _ rest: String) -> String {
    let folder = "logs/\(source)TO\(target)/resnet50"
    return "mmt_train_kmeans.py \(rest) --init-1 \(folder)-pretrain-1/model_best.pth.tar "
        + "--init-2 \(folder)-pretrain-2/model_best.pth.tar"
}

private func contrast(_ rest: String) -> String {
    "cluster_contrast_train_usl.py -b 256 --momentum 0.1 --num-instances 16 \(rest)"
}

@Suite struct `A published command, imported,` {
    /// What it is called in words is another matter.
    private static let undescribed = ["description=null"]

    private func resolved(_ text: String) throws -> String {
        let document = try Document.overriding(Document.parse(text, file: "x.yaml"), with: Self.undescribed)
        return try Experiment(document, name: "x").document.yamlText
    }

    /// All that an experiment is: datasets, image size, backbone, weights, seed, and every value of every stage.
    @Test(arguments: published.map { ($0.key, $0.value) })
    func `is the experiment that comes with the program`(name: String, command: String) throws {
        let words = "CUDA_VISIBLE_DEVICES=0,1,2,3 python examples/\(command) --logs-dir logs/there"
        let imported = try ExperimentImport(command: words.split(separator: " ").map(String.init))
        let path = folder.appendingPathComponent("\(name).yaml").path
        #expect(
            try resolved(imported.text) == Experiment(path: path, name: "x", overrides: Self.undescribed).document.yamlText)
        #expect(imported.leftOut.contains { $0.hasPrefix("--logs-dir logs/there: ") })
    }

    /// A file that comes without a command here would be one that nobody holds against its command.
    @Test func `is there for every file with published settings`() throws {
        for kind in ["spcl", "cluster-contrast", "mmt"] {
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(kind).path)
            let names = files.filter { $0.hasSuffix(".yaml") }.map { "\(kind)/\($0.dropLast(5))" }
            #expect(Set(names) == Set(published.map { $0.key }.filter { $0.hasPrefix("\(kind)/") }))
        }
    }

    @Test func `may be one text, as it is copied from a page`() throws {
        let text = """
            CUDA_VISIBLE_DEVICES=0,1,2,3 \\
            python examples/spcl_train_uda.py --iters 800 \\
              -ds market1501 -dt msmt17
            """
        let command = "python spcl_train_uda.py --iters=800 -ds market1501 -dt=msmt17"
        let other = try ExperimentImport(command: command.split(separator: " ").map(String.init))
        #expect(try resolved(ExperimentImport(command: [text]).text) == resolved(other.text))
    }
}

@Suite struct `What is imported` {
    private func imported(_ command: String) throws -> ExperimentImport { try ExperimentImport(command: [command + " "]) }

    private func stage(_ command: String) throws -> String { try imported(command).text }

    @Test func `normalises together what one of the command's devices has`() throws {
        let command = "spcl_train_usl.py -b 64"
        for (devices, share) in [("0", 64), ("0,1", 32), ("0,1,2,3", 16)] {
            let text = try stage("CUDA_VISIBLE_DEVICES=\(devices) python \(command)")
            #expect(text.contains("images_per_norm_group: \(share)\n"))
        }
        #expect(try stage("python \(command)").contains("images_per_norm_group: 16\n"))
    }

    @Test func `has a milestone for every step that training reaches`() throws {
        #expect(try stage("spcl_train_usl.py --step-size 20 --epochs 60").contains("milestones: [20, 40]\n"))
        #expect(try stage("spcl_train_usl.py --step-size 20 --epochs 61").contains("milestones: [20, 40, 60]\n"))
        #expect(try stage("spcl_train_usl.py --step-size 50").contains("milestones: []\n"))
    }

    @Test func `takes the last of an option that is there twice`() throws {
        #expect(try stage("spcl_train_usl.py --iters 800 --iters 300").contains("iterations: 300\n"))
    }

    @Test func `keeps its header whatever somebody typed`() throws {
        let words = ["spcl_train_usl.py", "--logs-dir", "a\nstages: []\u{2028}b\u{85}c\u{7}"]
        let text = try ExperimentImport(command: words).text
        #expect(text.contains("--logs-dir a\u{FFFD}stages: []\u{FFFD}b\u{FFFD}c\u{FFFD}: "))
    }

    @Test func `keeps a folder that looks like a number`() throws {
        #expect(try stage("spcl_train_usl.py --data-dir 2020").contains("folder: \"2020\"\n"))
    }

    @Test func `is a defect of ours where a table names a key that there is not`() throws {
        let program = ImportedProgram(
            repository: "Theirs", name: "train.py", pages: [],
            options: [[ImportedOption("--epochs", .key("adapt.epochz"))]]
        ) { given, draft in
            draft.add(.adapt, ["method": "spcl"])
            given.carry(into: &draft)
        }
        let source = try CommandLineSource(["train.py", "--epochs", "3"]).source(program.options)
        let error = #expect(throws: ImportError.self) { try ExperimentImport(program, source) }
        #expect(error?.exitKind == .defect)
        #expect(
            error?.description.hasPrefix(
                "the experiment that was made is none: command:1:1: adapt.epochz: unknown key 'epochz'") == true)
    }

    /// Each row: a command, and the whole report.
    @Test(arguments: [
        (
            "spcl_train_usl.py --itres 800",
            "--itres 800: no option of SpCL's spcl_train_usl.py; did you mean '--iters'? allowed: --arch, --batch-size, "
                + "--data-dir, --dataset, --dropout, --epochs, --eps, --eps-gap, --eval-step, --features, --height, --iters, --k1, "
                + "--k2, --logs-dir, --lr, --momentum, --num-instances, --print-freq, --seed, --step-size, --temp, --weight-decay, "
                + "--width, --workers"
        ),
        ("spcl_train_usl.py --iters 0", "--iters 0: found 0; allowed: 1 to 1000000 (adapt.iterations)"),
        (
            "spcl_train_usl.py --iters many --eps 1",
            """
            --iters many: found text 'many'; allowed: an integer, 1 to 1000000 (adapt.iterations)
            --eps 1: found 1; allowed: 1e-06 to 0.999999 (adapt.eps)
            """
        ),
        (
            "spcl_train_usl.py -d makret1501",
            "-d makret1501: found 'makret1501'; allowed: market1501, msmt17, personx, vehicleid, vehiclex, veri, dukemtmc (did "
                + "you mean 'market1501'?)"
        ),
        (
            "spcl_train_uda.py -dt market1501",
            "--dataset-source is needed: a dataset, as the program's own default is none that it knows"
        ),
        (
            "spcl_train_usl.py --num-instances 5",
            "the default of --batch-size: a batch of 64 holds no whole number of identities with 5 images each; allowed: a "
                + "multiple of 'instances' (adapt.batch)"
        ),
        (
            "CUDA_VISIBLE_DEVICES=0,1,2 python spcl_train_usl.py -b 64",
            "-b 64: a batch of 64 images has no equal shares of 2 or more for 3 devices"
        ),
        (
            "CUDA_VISIBLE_DEVICES=0,1,2,3 python spcl_train_usl.py -b 4",
            "-b 4: a batch of 4 images has no equal shares of 2 or more for 4 devices"
        ),
        (
            "cluster_contrast_train_usl.py -d market1501",
            """
            the default of --batch-size: a batch of 2 images has no equal shares of 2 or more for 4 devices
            the default of --batch-size: a batch of 2 holds no whole number of identities with 4 images each; allowed: a \
            multiple of 'instances' (adapt.batch)
            """
        ),
        (
            "cluster_contrast_train_usl.py -b 256 --use-hard yes",
            "--use-hard yes: found text 'yes'; allowed: true or false"
        ),
        (
            "cluster_contrast_train_usl.py -b 256 --pooling-type max",
            "--pooling-type max: found 'max'; allowed: gem, avg"
        ),
        (
            "cluster_contrast_train_usl_infomap.py -b 256",
            "cluster_contrast_train_usl_infomap.py: clustering by map equation is not here; the same network with DBSCAN: "
                + "cluster_contrast_train_usl.py"
        ),
        (
            "sh scripts/pretrain.sh market1501 dukemtmc resnet50 1",
            "pretrain.sh: a script around a program; give the command that is in it"
        ),
        (
            "mmt_train_kmeans.py -dt market1501",
            "--init-1 is needed: a path with a folder SOURCETOTARGET, as the scripts have it; nothing else says what the source is"
        ),
        (
            "base_train_kmeans.py -dt market1501 --init logs/personxTOmarket1501/best.pth",
            "--init logs/personxTOmarket1501/best.pth: no folder SOURCETOTARGET in it, which is all that says what the source is; "
                + "allowed: market1501TO…, dukemtmcTO…, msmt17TO…"
        ),
        (
            "source_pretrain.py --dataset-source personx",
            "--arch is needed: a network, as the program's own default is none that it knows"
        ),
        (
            "spcl_trian_usl.py",
            "'spcl_trian_usl.py' is no program whose options are known; did you mean 'spcl_train_usl.py'? allowed: "
                + "spcl_train_uda.py, spcl_train_usl.py, cluster_contrast_train_usl.py, source_pretrain.py, mmt_train_kmeans.py, "
                + "mmt_train_dbscan.py, base_train_kmeans.py, base_train_dbscan.py, mmt_train_uda.py"
        ),
        (
            "echo spcl",
            "no Python program in 'echo spcl'; allowed: the command as it is typed there, such as python "
                + "examples/spcl_train_usl.py -d market1501"
        ),
    ])
    func `is refused with the option, what was found and what is allowed`(command: String, report: String) throws {
        let error = #expect(throws: ImportError.self) { try imported(command) }
        #expect(error?.description == report && error?.exitKind == .usage)
    }
}
