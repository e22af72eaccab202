// SPDX-License-Identifier: MIT

import Backbones
import Configuration
import Foundation
import Layers
import Pipeline
import Randomness
import Reporting
import Tensor
import Testing

@testable import Experiments

/// An experiment of one adaptation, whose networks nobody has trained here.
private func experiment(_ stages: String, _ overrides: [String] = []) throws -> Experiment {
    let text = tinyData + "\nworkers: 0\nstages:\n" + stages.split(separator: "\n").map { "  - \($0)\n" }.joined()
    return try Experiment(Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides), name: "x")
}

private let mutual = "adapt: {method: mmt+, weights: [a.pth, b.pth], pooling: average, iterations: 2, batch: 8}"
private let single = "adapt: {method: clustering-baseline, weights: a.pth, iterations: 2, batch: 8}"

@Suite struct `A stage with networks from files` {
    @Test func `follows no stage, and leaves networks of the backbone and pooling that it says`() throws {
        let stage = try experiment(mutual).stages[0].definition
        let shape = NetworkShape(backbone: .resnet18, pooling: .average)
        #expect(stage.inputs.isEmpty && stage.begins == nil)
        #expect(stage.networkFiles?.members.map(\.file) == ["a.pth", "b.pth"])
        #expect(stage.networkFiles?.members.map(\.shape) == [shape, shape])
        #expect(stage.offer.networks?.members.map(\.shape.pooling) == [.average, .average])
        let other = try experiment(mutual, ["adapt.backbone=resnet50", "adapt.pooling=null"]).stages[0].definition
        #expect(other.networkFiles?.members[1].shape == NetworkShape(backbone: .resnet50, pooling: .generalisedMean))
    }

    @Test(arguments: ["mmt+", "mmt", "clustering-baseline", "cluster-contrast"])
    func `may be any adaptation that goes on with networks`(method: String) throws {
        let files = method.hasPrefix("mmt") ? "[a.pth, b.pth]" : "a.pth"
        let stages = "adapt: {method: \(method), weights: \(files), iterations: 2, batch: 64}"
        #expect(try experiment(stages).stages[0].definition.networkFiles != nil)
    }

    @Test func `may be tested as it is`() throws {
        let definition = try experiment("postprocess: {weights: [a.pth, b.pth], camera: false}").stages[0].definition
        #expect(definition.networkFiles?.count == 2 && definition.inputs.isEmpty)
    }

    private static let earlier = "pretrain: {images: source, networks: 2}\n"

    @Test(arguments: [
        (mutual, "adapt.weights=a.pth", "adapt.weights: 1 file, and mmt+ needs 2 networks; allowed: 2 files"),
        (
            mutual, "adapt.weights=[a.pth, b.pth, c.pth]",
            "adapt.weights: 3 files, and mmt+ needs 2 networks; allowed: 2 files"
        ),
        (
            mutual, "adapt.weights=[a.pth, ./a.pth]",
            "adapt.weights: './a.pth' is named twice; allowed: each file once, as each network is another"
        ),
        (
            single, "adapt.weights=[a.pth, b.pth]",
            "adapt.weights: 2 files, and clustering-baseline needs 1 network; allowed: 1 file"
        ),
        (mutual, "adapt.weights=[]", "adapt.weights: found 0 items; allowed: 1 to 100"),
        (mutual, "adapt.weights=[3]", "adapt.weights[0]: found 3; allowed: text that is not empty"),
        (
            earlier + mutual, "adapt.from=pretrain",
            "adapt.weights: both 'from' and 'weights' say which networks are taken; allowed: one or the other"
        ),
        (
            earlier + single, "adapt.from=pretrain",
            "adapt.weights: both 'from' and 'weights' say which networks are taken; allowed: one or the other"
        ),
        (
            earlier + "adapt: {method: mmt+, iterations: 2, batch: 8}", "adapt.backbone=resnet50",
            "adapt.backbone: 'backbone' goes with weights, as the networks of a stage keep their own; allowed: one or the "
                + "other"
        ),
        (
            earlier + "postprocess: {camera: false}", "postprocess.pooling=average",
            "postprocess.pooling: 'pooling' goes with weights, as the networks of a stage keep their own; allowed: one or "
                + "the other"
        ),
    ])
    func `is refused with the place, what was found and what is allowed`(
        stages: String, override: String, report: String
    ) {
        let error = #expect(throws: ConfigurationError.self) { try experiment(stages, [override]) }
        let found = error?.problems.first.map { "\($0)" } ?? ""
        #expect(found.hasSuffix(": " + report) && error?.problems.count == 1, "\(String(describing: error))")
    }

    /// What files hold enters the key of their stage, in their order; where they lie does not.
    @Test func `is keyed by what its files hold`() throws {
        let (a, b, c) = (ContentDigest(of: "a"), ContentDigest(of: "b"), ContentDigest(of: "c"))
        func key(_ networks: [String: ContentDigest], _ overrides: [String] = []) throws -> StageKey {
            let plan = try experiment(mutual, overrides).plan(dataDigest: ContentDigest(of: "data"), networks: networks)
            return plan.key(of: plan.stages[0])
        }
        let before = try key(["a.pth": a, "b.pth": b])
        #expect(try key(["a.pth": a, "b.pth": c]) != before && key(["a.pth": b, "b.pth": a]) != before)
        #expect(try key(["/d/1.pth": a, "b.pth": b], ["adapt.weights=[/d/1.pth, b.pth]"]) == before)
        #expect(try key(["a.pth": a, "b.pth": b], ["adapt.pooling=gem"]) != before)
    }

    @Test func `is read again from its resolved form, whose paths lead to the same files from everywhere`() throws {
        for stages in [mutual, single] {
            let experiment = try experiment(stages)
            let text = experiment.document.yamlText
            #expect(try Experiment(Document.parse(text, file: "y.yaml"), name: "x").document.yamlText == text)
            let lasting = try experiment.lastingDocument(in: "/data")["stages"]?.flowText ?? ""
            let here = FileManager.default.currentDirectoryPath
            let paths = stages == mutual ? "[\"\(here)/a.pth\", \"\(here)/b.pth\"]" : "\"\(here)/a.pth\""
            #expect(lasting.contains("weights: \(paths)"), "\(lasting)")
        }
    }

    @Test func `begins its paths where the file lies that says them`() throws {
        let text = tinyData + "\nstages:\n  - postprocess: {weights: [a.pth, /b.pth, ../c.pth], camera: false}"
        let node = try Document.overriding(Document.parse(text, file: "mine/x.yaml"), with: ["workers=0"])
        let files = try Experiment(node, name: "x").stages[0].definition.networkFiles?.members.map(\.file)
        #expect(files == ["mine/a.pth", "/b.pth", "mine/../c.pth"])
        let typed = try Document.overriding(node, with: ["postprocess.weights=a.pth"])
        #expect(try Experiment(typed, name: "x").stages[0].definition.networkFiles?.members.map(\.file) == ["a.pth"])
    }

    @Test func `says where a file is named that holds something else than before`() throws {
        let text =
            tinyData + "\nstages:\n  - adapt: {method: mmt+, weights: [a.pth, b.pth]}\n  - postprocess: {weights: c.pth}\n"
        let places = FieldPlaces(try Document.parse(text, file: "x.yaml"))
        #expect(places.place(stage: "adapt", field: "settings.adapt.weights[1]") == "x.yaml:12:44")
        #expect(places.place(stage: "postprocess", field: "settings.postprocess.weights[0]") == "x.yaml:13:28")
        #expect(places.place(stage: "adapt", field: "settings.adapt.weights[2]") == nil)
    }
}

/// A folder of files with small networks.
private final class NetworkFolder {
    let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
    let shape = NetworkShape(backbone: .resnet18, pooling: .average)

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A network, its values drawn where they matter.
    func network(_ shape: NetworkShape, seed: UInt64? = nil) throws -> EmbeddingNetwork {
        try EmbeddingNetwork(shape, random: seed.map { RandomKey(seed: $0) })
    }

    /// The file of a network, with some of its tensors changed and with the facts that are said.
    func file(
        _ name: String, _ network: EmbeddingNetwork, facts: [String: String] = [:],
        _ change: (StateDictionary) throws -> StateDictionary = { $0 }
    ) throws -> WeightFile {
        let path = "\(path)/\(name)"
        try WeightFile.write(change(network.store.state), facts: facts, to: path)
        return try WeightFile(readingFrom: path)
    }
}

@Suite struct `A network in somebody's file` {
    /// The authors' names are ours behind `base.`, beside a classifier of the identities that they trained on.
    @Test func `is taken whoever's names it has, without its classifier`() throws {
        let folder = try NetworkFolder()
        let network = try folder.network(folder.shape, seed: 1)
        let names = UpstreamNames(.visda, backbone: .resnet18, wrapped: true)
        let file = try folder.file("theirs.pth", network, facts: ["epoch": "3"]) { state in
            var theirs = Dictionary(uniqueKeysWithValues: state.map { (names.theirs($0.key) ?? $0.key, $0.value) })
            theirs["module.classifier.weight"] = try Tensor([Float](repeating: 1, count: 1024), shape: [2, 512])
            return theirs
        }
        #expect(file.tensors.keys.contains("base.4.0.conv1.weight"))
        let read = try file.network(of: folder.shape, for: "adapt").store.state
        #expect(Set(read.keys) == Set(network.store.state.keys))
        for (key, tensor) in network.store.state {
            #expect(try read[key]?.elementBytes() == tensor.elementBytes(), "\(key)")
        }
    }

    /// ImageNet's weights say nothing of pooling and neck: any pooling fits them.
    @Test func `may be a backbone alone`() throws {
        let folder = try NetworkFolder()
        let network = try folder.network(folder.shape, seed: 1)
        let file = try folder.file("imagenet.pth", network) { $0.filter { !$0.key.hasPrefix("feat_bn.") } }
        for pooling in GlobalPooling.Kind.allCases {
            let read = try file.network(of: NetworkShape(backbone: .resnet18, pooling: pooling), for: "adapt")
            #expect(read.shape.pooling == pooling)
            let conv = try read.store.state["conv1.weight"]?.elementBytes()
            #expect(try conv == network.store.state["conv1.weight"]?.elementBytes())
        }
    }

    /// It need not have been trained in the groups that the stage trains in.
    @Test func `may have been normalised in other groups`() throws {
        let folder = try NetworkFolder()
        let facts = ["backbone": "resnet18", "images_per_norm_group": "16"]
        let file = try folder.file("groups.pth", folder.network(folder.shape), facts: facts)
        #expect(try file.network(of: folder.shape, for: "adapt").shape.imagesPerNormGroup == nil)
    }

    private static let asked = ", as 'adapt' asks for"

    /// By what the file says, and by its tensors where it says nothing.
    @Test(arguments: [
        (NetworkShape(backbone: .resnet34, pooling: .average), "backbone", "resnet34", "resnet18" + asked),
        (NetworkShape(backbone: .resnet18, pooling: .generalisedMean), "pooling", "gem", "average" + asked),
        (NetworkShape(backbone: .resnet18, pooling: .average, embedding: 8), "embedding", "8", "none" + asked),
        (
            NetworkShape(backbone: .resnet18, pooling: .average, domains: .separate), "domains", "separate",
            "shared" + asked + "; 'passerby weights convert' keeps one of them"
        ),
    ])
    func `of another shape is refused with file, key, found and allowed`(
        shape: NetworkShape, key: String, found: String, allowed: String
    ) throws {
        let folder = try NetworkFolder()
        let network = try folder.network(shape)
        for facts in [NetworkFacts(of: network, image: nil).text, [:]] {
            let file = try folder.file("other.pth", network, facts: facts)
            let error = WeightFileError.unusableFact(path: file.path, name: key, found: found, allowed: allowed)
            #expect(throws: error) { try file.network(of: folder.shape, for: "adapt") }
        }
    }

    @Test func `that lacks tensors is refused with the file and their names`() throws {
        let folder = try NetworkFolder()
        let file = try folder.file("part.pth", folder.network(folder.shape)) { $0.filter { $0.key != "conv1.weight" } }
        let error = #expect(throws: WeightFileError.self) { try file.network(of: folder.shape, for: "adapt") }
        #expect(
            error?.description
                == "\(file.path): the stored values do not fit the network: 1 missing: conv1.weight")
        #expect(error?.exitKind == .badData)
    }
}

@Suite(.serialized) final class `An adaptation of somebody's network` {
    private let folder: NetworkFolder

    init() throws { folder = try NetworkFolder() }

    private static let pretrained =
        "pretrain: {images: source, pooling: average, networks: 1, epochs: 1, iterations: 1, batch: 8, padding: 2, "
        + "target_forward: false, evaluate_every: 0}\n"
    private static let numbers =
        "epochs: 1, iterations: 1, batch: 8, padding: 2, k1: 6, k2: 2, eps: 0.7, min_samples: 2, evaluate_every: 0}"

    private func launch(_ stages: String, _ overrides: [String] = []) throws -> Launch {
        Launch(
            try experiment(stages, overrides), dataFolder: folder.path + "/data", weightFolders: [],
            cacheFolder: folder.path + "/cache", output: Nowhere())
    }

    private func run(_ launch: Launch) throws -> (folder: RunFolder, result: RunResult) {
        try launch.run(
            .new, logs: URL(fileURLWithPath: folder.path + "/logs"), until: nil, interruption: Interruption(),
            under: ConditionsOffer(threads: 1))
    }

    private var fromFile: String {
        "adapt: {method: clustering-baseline, weights: \(folder.path)/theirs.pth, pooling: average, " + Self.numbers
    }

    /// The same network is adapted, once as a stage's and once as a file in another format and under other names.
    @Test func `comes to the figures of one that a stage here has trained`() throws {
        let chain = try run(launch(Self.pretrained + "adapt: {method: clustering-baseline, " + Self.numbers))
        let trained = chain.folder.stageFolder("pretrain").appendingPathComponent("network-1.safetensors").path
        let names = UpstreamNames(.visda, backbone: .resnet18, wrapped: true)
        func write(_ state: StateDictionary) throws {
            let theirs = state.map { (names.theirs($0.key) ?? $0.key, $0.value) }
            try WeightFile.write(Dictionary(uniqueKeysWithValues: theirs), to: folder.path + "/theirs.pth")
        }
        try write(WeightFile(readingFrom: trained).tensors)
        let launch = try launch(fromFile)
        let alone = try run(launch)
        #expect(alone.result.stages.map(\.name) == ["adapt"])
        #expect(alone.result.rows == Array(chain.result.rows.dropFirst()))
        // Their files say other stages' keys.
        let left = try [alone, chain].map { run in
            let file = run.folder.stageFolder("adapt").appendingPathComponent("network-1.safetensors")
            return try WeightFile(readingFrom: file.path).tensors.mapValues { try $0.elementBytes() }
        }
        #expect(left[0].count > 100 && left[0] == left[1])

        // It is not computed again, until the file holds another network.
        let logs = URL(fileURLWithPath: folder.path + "/logs")
        #expect(try launch.status(.new, logs: logs).stages.map { $0.status == .run } == [false])
        try write(folder.network(folder.shape, seed: 2).store.state)
        #expect(try launch.status(.new, logs: logs).stages.map { $0.status == .run } == [true])
        let why = try launch.plan().explanation(of: "adapt", logs: logs)
        #expect(why.fields.map(\.path) == ["settings.adapt.weights[0]"] && why.inputs.isEmpty)
    }

    @Test func `is planned without the file, and asks for it before it leaves a trace`() throws {
        let launch = try launch(fromFile)
        let error = #expect(throws: NetworkFileError.self) { try self.run(launch) }
        #expect(
            error?.description
                == "adapt.weights: there is no file '\(folder.path)/theirs.pth'; allowed: a file that 'passerby weights "
                + "inspect' reads")
        #expect(error?.exitKind == .missing)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/logs"))
        let missing = try #require(error)
        let outline = try #require(try ExperimentOutline(experiment(fromFile), lacking: missing))
        #expect(outline.description.contains("1. adapt (clustering-baseline)\n   from data"))
    }

    @Test func `of the wrong shape, or one network under two names, is refused before the first step`() throws {
        for name in ["theirs.pth", "again.pth"] { _ = try folder.file(name, folder.network(folder.shape)) }
        let twice = "adapt: {method: mmt, weights: [\(folder.path)/theirs.pth, \(folder.path)/again.pth], batch: 16}"
        let same = #expect(throws: NetworkFileError.self) { try self.launch(twice).plan() }
        #expect(
            same?.description
                == "adapt.weights: '\(folder.path)/theirs.pth' and '\(folder.path)/again.pth' hold the same bytes; allowed: "
                + "another network in each file")
        #expect(same?.exitKind == .usage)
        let shape = #expect(throws: WeightFileError.self) { try self.run(self.launch(self.fromFile, ["adapt.pooling=gem"])) }
        #expect(
            shape?.description
                == "\(folder.path)/theirs.pth: 'pooling' is 'average'; allowed: gem, as 'adapt' asks for")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/logs"))
    }
}
