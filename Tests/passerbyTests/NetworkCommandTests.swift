// SPDX-License-Identifier: MIT

import ArgumentParser
import Backbones
import Data
import Experiments
import Foundation
import Layers
import Training
import Pipeline
import Randomness
import Retrieval
import Tensor
import Testing

@testable import passerby

@Suite struct `passerby evaluate` {
    @Test func `gives the numbers that metrics gives for the features of extract`() throws {
        let world = try NetworkWorld()
        let rows = try Evaluate.parse(
            ["--weights", world.weights, "--data", "visda-target", "--root", world.path, "--flip"] + world.size
        ).evaluation().rows
        #expect(rows.map(\.name) == ["as trained", "+ flip"])
        for (row, flip) in zip(rows, [[], ["--flip"]]) {
            let features = world.path + "/features.safetensors"
            try Extract.parse(
                ["--weights", world.weights, "--data", "visda-target", "--root", world.path, "--out", features]
                    + world.size + flip
            ).run()
            let metrics = try Metrics.parse(["--features", features, "--protocol", "visda2020"]).metrics()
            #expect(row == ResultRow(row.name, metrics))
            #expect(row.evaluationProtocol == "visda2020")
        }
    }

    @Test func `says whose the tensors are, where they are another backbone's`() throws {
        let world = try NetworkWorld()
        let found = failure {
            _ = try Evaluate.parse(
                [
                    "--weights", world.weights, "--backbone", "resnet50", "--data", "visda-target", "--root", world.path,
                ] + world.size
            ).evaluation()
        }
        #expect(found?.code == 65)
        #expect(
            found?.message == "\(world.weights): its tensors are those of resnet18, and not of resnet50; "
                + "'passerby weights verify' lists what differs")
    }

    @Test func `takes another file's camera network, and re-ranks`() throws {
        let world = try NetworkWorld()
        let rows = try Evaluate.parse(
            [
                "--weights", world.weights, "--data", "visda-target", "--root", world.path, "--camera", world.weights,
                "--rerank", "k1=4,k2=2",
            ] + world.size
        ).evaluation().rows
        #expect(rows.map(\.name) == ["as trained", "+ camera", "+ re-ranking"])
    }

    /// One for each row, with the steps that it stands on.
    @Test func `says of every row what it was scored by`() throws {
        let world = try NetworkWorld()
        let evaluation = try Evaluate.parse(
            [
                "--weights", world.weights, "--data", "visda-target", "--root", world.path, "--camera", world.weights,
                "--camera-weight", "0.2", "--rerank", "k1=4,k2=2", "--flip",
            ] + world.size
        ).evaluation()
        #expect(evaluation.rows.map(\.name) == ["as trained", "+ flip", "+ camera", "+ re-ranking"])
        #expect(evaluation.scorings.map(\.flip) == [false, true, true, true])
        #expect(evaluation.scorings.map(\.cameraWeight) == [nil, nil, 0.2, 0.2])
        #expect(evaluation.scorings.map { $0.reRanking?.neighbours } == [nil, nil, nil, 4])
        #expect(evaluation.scorings.allSatisfy { $0.rankingProtocol == .visda2020 })
    }
}

@Suite struct `A file that is not there` {
    @Test(arguments: ["pth", "safetensors", "npz"])
    func `is missing, whatever it was to be`(ending: String) {
        let path = "/nowhere/at/all.\(ending)"
        let commands: [() throws -> Void] = [
            { try Metrics.parse(["--features", path]).run() }, { try InspectWeights.parse([path]).run() },
            { _ = try Evaluate.parse(["--weights", path, "--data", "visda-target"]).evaluation() },
        ]
        for command in commands {
            let found = failure(command)
            #expect(found?.code == 69 && found?.message == "\(path): there is no such file", "\(found?.message ?? "")")
        }
    }
}

@Suite struct `The protocol of evaluate` {
    /// Weights that say what they were trained for.
    private func weights(_ world: NetworkWorld, target: String) throws -> String {
        let path = world.path + "/said.safetensors"
        try WeightFile.write(
            WeightFile(readingFrom: world.weights).tensors,
            facts: [
                "backbone": "resnet18", "protocol": "visda2020-textbook", "source": "personx", "target": target,
                "drawn_world": "yes", "epoch": "2", "experiment": "x", "stage": "adapt", "method": "mmt+",
                "stage_key": String(repeating: "a", count: 64),
            ], to: path)
        return path
    }

    @Test func `is told by inspect in words, and that nothing is said where that is so`() throws {
        let world = try NetworkWorld()
        func lines(_ file: String) throws -> [String] {
            try InspectWeights.parse([file]).summary().text.split(separator: "\n").map(String.init)
        }
        let words =
            "trained by stage 'adapt' (mmt+) of experiment 'x', epoch 2, from personx to visda-target, a drawn world; scored "
            + "under visda2020-textbook"
        #expect(try lines(weights(world, target: "visda-target")).last == words)
        #expect(
            try lines(world.weights).suffix(2) == [
                "size of images: not said", "training (experiment, stage, epoch, datasets) and protocol: not said",
            ])
    }

    @Test(arguments: [
        ("visda-target", [], "visda2020-textbook"), ("visda-target", ["--protocol", "market1501"], "market1501"),
        ("market1501", [], "visda2020"),
    ])
    func `is what the weights say of the same dataset, unless the command line says otherwise`(
        target: String, option: [String], expected: String
    ) throws {
        let world = try NetworkWorld()
        let rows = try Evaluate.parse(
            ["--weights", weights(world, target: target), "--data", "visda-target", "--root", world.path] + world.size
                + option
        ).evaluation().rows
        #expect(rows.map(\.evaluationProtocol) == [expected])
    }
}

@Suite struct `The size of images` {
    private func evaluation(
        _ weights: String, _ world: NetworkWorld, _ size: [String]
    ) throws -> Evaluate.Evaluation {
        try Evaluate.parse(
            ["--weights", weights, "--data", "visda-target", "--root", world.path, "--workers", "0"] + size
        ).evaluation()
    }

    @Test func `is what the weights say, unless the command line says otherwise`() throws {
        let world = try NetworkWorld()
        let weights = try world.sized(height: 32, width: 16)
        let own = try evaluation(weights, world, [])
        let told = try evaluation(world.weights, world, ["--height", "32", "--width", "16"])
        #expect(own.size == ImageSize(height: 32, width: 16) && told.size == own.size)
        #expect(own.rows == told.rows)
        let other = try evaluation(weights, world, ["--height", "48"])
        #expect(other.size == ImageSize(height: 48, width: 16))
    }

    @Test func `is the usual one where nobody says`() throws {
        let world = try NetworkWorld()
        let inference = try InferenceArguments.parse([])
        let facts = try NetworkFacts(WeightFile(readingFrom: world.weights))
        #expect(inference.imageSize(facts, of: world.weights) == ImageSize(height: 256, width: 128))
    }

    @Test func `is handed on by convert, to PyTorch's files and back`() throws {
        let world = try NetworkWorld()
        let (theirs, back) = (world.path + "/model.pth.tar", world.path + "/back.safetensors")
        let weights = try world.sized(height: 32, width: 16)
        try ConvertWeights.parse([weights, theirs, "--names", "authors"]).run()
        try ConvertWeights.parse([theirs, back]).run()
        for file in [theirs, back] {
            let facts = try NetworkFacts(WeightFile(readingFrom: file))
            #expect(facts.image == ImageSize(height: 32, width: 16) && facts.colours == .imageNet)
            #expect(facts.backbone == .resnet18 && facts.pooling == .generalisedMean)
        }
    }
}

@Suite struct `Weights that are not finite` {
    @Test(arguments: [
        ("layer1.0.conv1.weight", Float.nan, 36_864), ("layer2.0.bn1.running_var", .nan, 128), ("gap.p", .infinity, 1),
        ("feat_bn.weight", -.infinity, 512),
    ])
    func `are refused by every command that uses them, and shown by inspect`(
        tensor: String, value: Float, total: Int
    ) throws {
        let world = try NetworkWorld()
        let file = try world.poisoned(tensor, with: value)
        let first = total == 1 ? 0 : 3
        let report =
            "\(file): '\(tensor)' has 1 of \(total) values that are NaN or infinite, the first at index \(first); "
            + "every value of a network must be finite"
        let out = world.path + "/out.safetensors"
        let data = ["--data", "visda-target", "--root", world.path]
        let commands: [() throws -> Void] = [
            { try VerifyWeights.parse([file]).run() }, { try ConvertWeights.parse([file, out]).run() },
            { try Extract.parse(["--weights", file, "--out", out] + data).run() },
            { try Evaluate.parse(["--weights", file] + data).run() },
            { try Evaluate.parse(["--weights", world.weights, "--camera", file] + data + world.size).run() },
        ]
        for command in commands {
            let found = failure(command)
            #expect(found?.message == report)
            #expect(found?.code == 65)
        }
        #expect(!FileManager.default.fileExists(atPath: out))
        try InspectWeights.parse([file]).run()
    }
}

@Suite struct `passerby weights` {
    @Test func `convert goes to the authors' file and back without a change`() throws {
        let world = try NetworkWorld()
        let (theirs, back) = (world.path + "/model_best.pth.tar", world.path + "/back.safetensors")
        try ConvertWeights.parse([world.weights, theirs, "--names", "authors"]).run()
        let stored = try WeightFile(readingFrom: theirs)
        #expect(stored.tensors["base.4.0.conv1.weight"]?.shape == [64, 64, 3, 3])
        #expect(stored.facts == ["backbone": "resnet18", "pooling": "gem", "embedding": "none", "domains": "shared"])
        try ConvertWeights.parse([theirs, back]).run()
        let (first, second) = (try WeightFile(readingFrom: world.weights), try WeightFile(readingFrom: back))
        #expect(Set(first.tensors.keys) == Set(second.tensors.keys))
        for (key, tensor) in first.tensors where tensor.elementType == .float32 {
            #expect(try tensor.floats() == second.tensors[key]?.floats(), "\(key)")
        }
    }

    @Test func `know safetensors by its name in capital letters too`() throws {
        let world = try NetworkWorld()
        let (capitals, theirs) = (world.path + "/MODEL.SAFETENSORS", world.path + "/MODEL.PTH")
        try ConvertWeights.parse([world.weights, capitals]).run()
        try ConvertWeights.parse([capitals, theirs]).run()
        try InspectWeights.parse([capitals]).run()
        #expect(try WeightFile(readingFrom: capitals).format == .safetensors)
        #expect(try WeightFile(readingFrom: theirs).format != .safetensors)
    }

    @Test func `convert replaces a file that is there when told to`() throws {
        let world = try NetworkWorld()
        let path = world.path + "/theirs.pth"
        try Foundation.Data("mine".utf8).write(to: URL(fileURLWithPath: path))
        let found = failure { try ConvertWeights.parse([world.weights, path]).run() }
        #expect(found?.code == 64)
        #expect(found?.message == "OUTPUT \(path): it is there already; --force replaces it")
        #expect(FileManager.default.contents(atPath: path) == Foundation.Data("mine".utf8))
        try ConvertWeights.parse([world.weights, path, "--force"]).run()
        #expect(try WeightFile(readingFrom: path).tensors["conv1.weight"]?.shape == [64, 3, 7, 7])
    }

    /// Of no network that is known.
    @Test func `convert takes any tensors as they are`() throws {
        let world = try NetworkWorld()
        let (first, second, third) = (world.path + "/a.safetensors", world.path + "/b.pth", world.path + "/c.safetensors")
        try Safetensors(
            tensors: ["module.x": Tensor([1, 2]), "y": Tensor([0.5, 2], shape: [2])],
            metadata: ["state_dict": "no field of a checkpoint", "epoch": "12"]
        ).write(to: first)
        try ConvertWeights.parse(["--as-is", first, second]).run()
        try ConvertWeights.parse(["--as-is", second, third]).run()
        let header = try Safetensors.header(of: third)
        #expect(header.mapValues(\.type) == ["module.x": .int64, "y": .float32])
        #expect(try Safetensors(readingFrom: third).metadata == ["epoch": "12"])
        #expect(failure { try ConvertWeights.parse([first, second, "--force"]).run() }?.code == 65)
        #expect(throws: (any Error).self) { try ConvertWeights.parse(["--as-is", first, second, "--names", "authors"]) }
    }

    @Test func `verify lists what a backbone lacks, with code 65`() throws {
        let world = try NetworkWorld()
        #expect(failure { try VerifyWeights.parse([world.weights]).run() } == nil)
        let found = failure { try VerifyWeights.parse([world.weights, "--backbone", "resnet34"]).run() }
        #expect(found?.code == 65)
        #expect(found?.message.contains("layer1.2.bn1.bias") == true)
    }

    @Test(arguments: [("pooling", "average", "gem"), ("embedding", "64", "none"), ("domains", "separate", "shared")])
    func `that are said to be of another shape are refused by every command that uses them`(
        name: String, said: String, own: String
    ) throws {
        let world = try NetworkWorld()
        let (file, out) = (world.path + "/said.safetensors", world.path + "/out.safetensors")
        try WeightFile.write(
            WeightFile(readingFrom: world.weights).tensors, facts: ["backbone": "resnet18", name: said], to: file)
        let data = ["--data", "visda-target", "--root", world.path] + world.size
        let commands: [() throws -> Void] = [
            { try VerifyWeights.parse([file]).run() }, { try ConvertWeights.parse([file, out]).run() },
            { try Extract.parse(["--weights", file, "--out", out] + data).run() },
            { try Evaluate.parse(["--weights", file] + data).run() },
            { try Evaluate.parse(["--weights", world.weights, "--camera", file] + data).run() },
        ]
        for command in commands {
            let found = failure(command)
            #expect(found?.message == "\(file): '\(name)' is '\(said)'; allowed: \(own), as its tensors have it")
            #expect(found?.code == 65)
        }
        try InspectWeights.parse([file]).run()
    }

    @Test func `verify compares the digest that a published name promises`() throws {
        let world = try NetworkWorld()
        let path = world.path + "/resnet18-5c106cde.pth"
        try ConvertWeights.parse([world.weights, path]).run()
        let found = failure { try VerifyWeights.parse([path, "--backbone", "resnet18"]).run() }
        #expect(found?.message.contains("not with 5c106cde as its name promises") == true)
    }
}
