// SPDX-License-Identifier: MIT

import ArgumentParser
import Experiments
import Foundation
import Tensor
import Testing

@testable import passerby

@Suite struct `passerby extract` {
    @Test(arguments: [
        ([], "give one of --images and --data"),
        (["--images", "i", "--data", "market1501"], "--images and --data exclude each other"),
    ])
    func `takes a folder or a dataset`(words: [String], report: String) {
        let error = #expect(throws: (any Error).self) { try Extract.parse(["--weights", "w", "--out", "o"] + words) }
        #expect(error.map { Extract.message(for: $0) } == report)
    }

    @Test(arguments: [
        (
            "visda-target:qurey",
            "--data: 'qurey' is no split; did you mean 'query'? allowed: train, query, gallery, test-query, test-gallery, "
        ),
        ("visda-taget", "'visda-taget' is no dataset; "),
    ])
    func `says which datasets and splits there are, and not how it is called`(data: String, message: String) throws {
        let world = try NetworkWorld()
        let found = failure {
            try Extract.parse(
                ["--weights", world.weights, "--data", data, "--root", world.path, "--out", world.path + "/o.safetensors"]
            ).run()
        }
        #expect(found?.code == 64 && found?.message.hasPrefix(message) == true, "\(found?.message ?? "")")
    }

    @Test func `writes a folder's features with the images' names, in bf16 close to fp32`() throws {
        let world = try NetworkWorld()
        let folder = world.path + "/target_validation/image_query"
        let features = world.path + "/features.safetensors"
        var found: [[Float]] = []
        for precision in ["fp32", "bf16"] {
            try Extract.parse(
                ["--weights", world.weights, "--images", folder, "--out", features, "--precision", precision]
                    + world.size
            ).run()
            let file = try Safetensors(readingFrom: features)
            found.append(try #require(file.tensors["features"]).floats())
            let names = try JSONDecoder().decode(
                [String].self, from: Foundation.Data(try #require(file.metadata["names"]).utf8))
            #expect(names == (try FileManager.default.contentsOfDirectory(atPath: folder)).sorted())
        }
        for row in stride(from: 0, to: found[0].count, by: 512) {
            let cosine = (row..<row + 512).reduce(0) { $0 + found[0][$1] * found[1][$1] }
            #expect(cosine > 0.995)
        }
    }
}

/// A network whose last maps are 1 + s/1000, of which bfloat16 keeps the 1, and whose neck subtracts 1.
@Suite struct `Features that bf16 cannot carry` {
    private func weights(_ world: NetworkWorld) throws -> String {
        var tensors = try WeightFile(readingFrom: world.weights).tensors
        for (key, value) in [
            ("layer4.0.bn2.weight", 0), ("layer4.0.downsample.1.weight", 0.001), ("layer4.0.downsample.1.bias", 1),
            ("layer4.1.bn2.weight", 0), ("feat_bn.running_mean", 1),
        ] {
            tensors[key] = try Tensor.full(value, shape: [512])
        }
        let path = world.path + "/fine.safetensors"
        try WeightFile.write(tensors, facts: ["backbone": "resnet18"], to: path)
        return path
    }

    private func expectRefusal(_ found: Failure?, _ beginning: String, batch: Int) {
        #expect(found?.code == 70)
        #expect(found?.message.hasPrefix("\(beginning) images come to other features than in fp32: the least ") == true)
        #expect(
            found?.message.hasSuffix(
                ", and roundings explain 0.9 and 0.998 or more; bf16 cannot be trusted with this network on this processor, "
                    + "for images of 32×16 (height × width) in batches of \(batch): use --precision fp32") == true)
    }

    /// Four queries in a batch of three and one of one, ten images of the gallery in three of three and one.
    @Test func `are refused by extract before anything is written, and are fp32's with fp32`() throws {
        let world = try NetworkWorld()
        let features = world.path + "/features.safetensors"
        let arguments =
            [
                "--weights", try weights(world), "--data", "visda-target", "--root", world.path, "--batch", "3",
                "--out", features,
            ] + world.size
        let refusal = failure { try Extract.parse(arguments + ["--precision", "bf16"]).run() }
        expectRefusal(refusal, "bf16: 8 of 8", batch: 3)
        #expect(!FileManager.default.fileExists(atPath: features))
        #expect(failure { try Extract.parse(arguments + ["--precision", "fp32"]).run() } == nil)
    }

    @Test func `are refused by evaluate, of the camera network too`() throws {
        let world = try NetworkWorld()
        func refusal(_ weights: String, camera: String) -> Failure? {
            failure {
                _ = try Evaluate.parse(
                    [
                        "--weights", weights, "--data", "visda-target", "--root", world.path, "--camera", camera,
                        "--precision", "bf16",
                    ] + world.size
                ).evaluation()
            }
        }
        let fine = try weights(world)
        expectRefusal(refusal(fine, camera: world.weights), "bf16: 14 of 14", batch: 32)
        expectRefusal(refusal(world.weights, camera: fine), "bf16, camera network: 14 of 14", batch: 32)
    }
}
