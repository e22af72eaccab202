// SPDX-License-Identifier: MIT

import Backbones
import Foundation
import Layers
import Training
import Randomness
import Retrieval
import Tensor
import Testing

@testable import Experiments

/// A folder that is removed with the test.
private final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A file of one tensor.
    func file(_ name: String, facts: [String: String] = [:], values: [Float] = [1]) throws -> WeightFile {
        let path = "\(path)/\(name)"
        try WeightFile.write(["conv1.weight": Tensor(values, shape: [values.count])], facts: facts, to: path)
        return try WeightFile(inspecting: path)
    }
}

@Suite struct `What a file says of its network` {
    private static let known = [
        "backbone": "resnet18", "pooling": "average", "embedding": "32", "domains": "separate",
        "images_per_norm_group": "16", "image_height": "64", "image_width": "32",
        "image_mean": "0.485 0.456 0.406", "image_deviation": "0.229 0.224 0.225",
    ]

    @Test(arguments: ["network.safetensors", "network.pth"])
    func `is read back from files of both kinds`(name: String) throws {
        let shape = NetworkShape(
            backbone: .resnet18, pooling: .average, embedding: 32, domains: .separate, imagesPerNormGroup: 16)
        let network = try EmbeddingNetwork(shape, random: nil)
        let facts = NetworkFacts(of: network, image: ImageSize(height: 64, width: 32))
        #expect(facts.text == Self.known)
        #expect(try NetworkFacts(TemporaryFolder().file(name, facts: facts.text)) == facts)
    }

    @Test func `is nothing where another program wrote it`() throws {
        let theirs = ["epoch": "3", "backbone": "vgg", "embedding": "word2vec", "domains": "2"]
        let facts = try NetworkFacts(TemporaryFolder().file("network.pth", facts: theirs))
        #expect(facts.text.isEmpty)
    }

    @Test func `does not make up a size that nobody knows`() throws {
        let network = try EmbeddingNetwork(NetworkShape(backbone: .resnet18), random: nil)
        #expect(
            NetworkFacts(of: network, image: nil).text == [
                "backbone": "resnet18", "pooling": "gem", "embedding": "none", "domains": "shared",
                "images_per_norm_group": "none",
            ])
    }

    /// As a network converted from a file that does not say in which groups its images were normalised.
    @Test func `does not make up the groups of its normalisation`() throws {
        let network = try EmbeddingNetwork(NetworkShape(backbone: .resnet18), random: nil)
        for said in [[:], ["backbone": "resnet18", "images_per_norm_group": "16"]] {
            let facts = NetworkFacts(of: network, from: try NetworkFacts(TemporaryFolder().file("n.pth", facts: said)))
            #expect(facts.text["images_per_norm_group"] == said["images_per_norm_group"])
            #expect(facts.imagesPerNormGroup == (said.isEmpty ? nil : 16))
        }
    }

    @Test(arguments: [
        ("pooling", "max", "average or gem"), ("domains", "both", "shared or separate"),
        ("embedding", "0", "a length of 1 or more, or none"), ("embedding", "", "a length of 1 or more, or none"),
        ("images_per_norm_group", "1", "2 or more images, or none"), ("image_height", "0", "8 to 4096"),
        ("image_width", "4097", "8 to 4096"), ("image_width", "wide", "8 to 4096"),
        ("image_mean", "0.5 0.5 0.5", "0.485 0.456 0.406, ImageNet's, which images are normalised by here"),
        ("image_deviation", "1", "0.229 0.224 0.225, ImageNet's, which images are normalised by here"),
    ])
    func `is refused where it cannot be obeyed`(key: String, found: String, allowed: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("n.safetensors", facts: Self.known.merging([key: found]) { $1 })
        let error = WeightFileError.unusableFact(path: file.path, name: key, found: found, allowed: allowed)
        #expect(throws: error) { try NetworkFacts(file) }
        #expect(error.description == "\(file.path): '\(key)' is '\(found)'; allowed: \(allowed)")
    }

    @Test(arguments: [("image_height", "image_width"), ("image_deviation", "image_mean")])
    func `is refused by halves`(missing: String, present: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("n.safetensors", facts: Self.known.filter { $0.key != missing })
        #expect(
            throws: WeightFileError.unusableFact(
                path: file.path, name: missing, found: "", allowed: "a value, as '\(present)' has one")
        ) { try NetworkFacts(file) }
    }
}

@Suite struct `The training that a file says` {
    private static let key = String(repeating: "0123456789abcdef", count: 4)
    private static let known = [
        "backbone": "resnet18", "protocol": "market1501", "source": "dukemtmc", "target": "market1501", "drawn_world": "no",
        "epoch": "12", "experiment": "mine/007", "stage": "adapt", "method": "mmt+", "stage_key": key,
    ]

    @Test(arguments: ["network.safetensors", "network.pth"])
    func `is read from files of both kinds, and handed on as it is`(name: String) throws {
        let facts = try NetworkFacts(TemporaryFolder().file(name, facts: Self.known))
        let training = try #require(facts.training)
        #expect(training.rankingProtocol == .market1501 && training.epochs == 12 && !training.isDrawn)
        #expect(training.source == "dukemtmc" && training.target == "market1501")
        #expect(facts.text == Self.known)
        let network = try EmbeddingNetwork(NetworkShape(backbone: .resnet18), random: nil)
        #expect(NetworkFacts(of: network, from: facts).training == training)
        #expect(
            training.description
                == "trained by stage 'adapt' (mmt+) of experiment 'mine/007', epoch 12, from dukemtmc to market1501; "
                + "scored under market1501")
    }

    /// Names that look like numbers stay what they are on the way through PyTorch's file, which has numbers.
    @Test(arguments: ["007", "1e5", "nan", "0.10", "12"])
    func `keeps names that look like numbers`(name: String) throws {
        let said = Self.known.merging(["experiment": name]) { $1 }
        let facts = try NetworkFacts(TemporaryFolder().file("n.pth", facts: said))
        #expect(facts.training?.experiment == name)
    }

    @Test func `of the target alone has no source`() throws {
        let said = Self.known.merging(["source": "none", "drawn_world": "yes"]) { $1 }
        let training = try #require(try NetworkFacts(TemporaryFolder().file("n.pth", facts: said)).training)
        #expect(training.source == nil)
        #expect(training.description.contains("epoch 12, on market1501 alone, a drawn world; scored"))
    }

    @Test func `is nothing in files of before it was said, and of other programs`() throws {
        for said in [["epoch": "-3", "protocol": "ours"], ["stage_key": "7", "source": "web"], [:]] {
            #expect(try NetworkFacts(TemporaryFolder().file("n.pth", facts: said)).training == nil)
        }
    }

    @Test(arguments: [
        ("protocol", "ours", "market1501, visda2020, visda2020-textbook, vehicleid"), ("epoch", "0", "1 or more"),
        ("epoch", "last", "1 or more"), ("drawn_world", "maybe", "no or yes"), ("experiment", "", "a name"),
        ("source", "", "a dataset, or none"),
    ])
    func `is refused where it cannot be`(key: String, found: String, allowed: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("n.safetensors", facts: Self.known.merging([key: found]) { $1 })
        #expect(throws: WeightFileError.unusableFact(path: file.path, name: key, found: found, allowed: allowed)) {
            try NetworkFacts(file)
        }
    }
}

@Suite struct `The shape that a file says` {
    private let shape = NetworkShape(
        backbone: .resnet18, pooling: .average, embedding: 32, domains: .separate, imagesPerNormGroup: 16)

    private func facts(of shape: NetworkShape) throws -> [String: String] {
        NetworkFacts(of: try EmbeddingNetwork(shape, random: nil), image: nil).text
    }

    @Test func `must be the one that is asked for, in every part`() throws {
        let others: [(String, String, NetworkShape)] = [
            (
                "backbone", "resnet34",
                NetworkShape(
                    backbone: .resnet34, pooling: .average, embedding: 32, domains: .separate, imagesPerNormGroup: 16)
            ),
            (
                "pooling", "gem",
                NetworkShape(
                    backbone: .resnet18, embedding: 32, domains: .separate, imagesPerNormGroup: 16)
            ),
            (
                "embedding", "none",
                NetworkShape(
                    backbone: .resnet18, pooling: .average, domains: .separate, imagesPerNormGroup: 16)
            ),
            (
                "domains", "shared",
                NetworkShape(
                    backbone: .resnet18, pooling: .average, embedding: 32, imagesPerNormGroup: 16)
            ),
            (
                "images_per_norm_group", "none",
                NetworkShape(
                    backbone: .resnet18, pooling: .average, embedding: 32, domains: .separate)
            ),
        ]
        let own = try facts(of: shape)
        for (name, found, other) in others {
            let folder = try TemporaryFolder()
            let file = try folder.file("network.safetensors", facts: facts(of: other))
            let wanted = try #require(own[name])
            let error = WeightFileError.unusableFact(
                path: file.path, name: name, found: found, allowed: "\(wanted), as is asked for")
            #expect(throws: error) { try file.tensors(of: shape) }
            #expect(error.description == "\(file.path): '\(name)' is '\(found)'; allowed: \(wanted), as is asked for")
        }
        let file = try TemporaryFolder().file("network.pth", facts: own)
        #expect(try file.tensors(of: shape).keys.sorted() == ["conv1.weight"])
    }

    @Test func `is not missed in files that do not say it`() throws {
        for said in [[:], ["backbone": "resnet18", "pooling": "average"]] {
            #expect(try TemporaryFolder().file("network.pth", facts: said).tensors(of: shape).count == 1)
        }
    }

    /// Which tensors cannot tell is what the file says: in which groups images were normalised.
    @Test func `must be that of its tensors`() throws {
        let network = try EmbeddingNetwork(shape, random: nil)
        let fitted = try FittedWeights(network.store.state, to: .resnet18, domain: .target)
        let folder = try TemporaryFolder()
        let own = try facts(of: shape)
        try folder.file("own.pth", facts: own).requireShape(of: fitted)
        try folder.file("groups.pth", facts: own.merging(["images_per_norm_group": "64"]) { $1 }).requireShape(of: fitted)
        let other = try folder.file("other.pth", facts: own.merging(["embedding": "64"]) { $1 })
        #expect(
            throws: WeightFileError.unusableFact(
                path: other.path, name: "embedding", found: "64", allowed: "32, as its tensors have it")
        ) { try other.requireShape(of: fitted) }
    }
}

@Suite struct `Weights that are not finite` {
    @Test(arguments: ["network.safetensors", "network.pth"])
    func `are refused by the tensor's name, their number and the first of them`(name: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.file(name, values: [1, 2, -.infinity, .nan, 5])
        let found = NotFiniteTensor(tensor: "conv1.weight", count: 2, total: 5, first: 2)
        #expect(try file.notFinite() == [found])
        let error = WeightFileError.notFinite(path: file.path, [found])
        #expect(throws: error) { try WeightFile(readingFrom: file.path) }
        #expect(
            error.description == "\(file.path): 'conv1.weight' has 2 of 5 values that are NaN or infinite, the first at "
                + "index 2; every value of a network must be finite")
    }

    @Test func `are those that single precision cannot hold, too`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/n.safetensors"
        let wide = try Tensor.full(1e39, shape: [2], type: .float64)
        try WeightFile.write(["a": wide, "count": Tensor([7])], to: path)
        #expect(throws: WeightFileError.notFinite(path: path, [.init(tensor: "a", count: 2, total: 2, first: 0)])) {
            try WeightFile(readingFrom: path)
        }
    }

    @Test func `are named five at most`() {
        let all = (0..<7).map { NotFiniteTensor(tensor: "t\($0)", count: 1, total: 1, first: 0) }
        let text = WeightFileError.notFinite(path: "f", all).description
        #expect(text.contains("'t4'") && !text.contains("'t5'") && text.contains("; and 2 tensors more;"))
    }
}
