// SPDX-License-Identifier: MIT

import Backbones
import Configuration
import Data
import Foundation
import Layers
import Pipeline
import Randomness
import Retrieval
import Tensor
import Testing

@testable import Experiments

/// A pre-training of two networks, and what else is asked for, on datasets in folders.
private func experiment(
    _ stages: String, data: String = "{source: market1501, target: visda-target, location: {folder: /data}}",
    _ overrides: [String] = []
) throws -> Experiment {
    let text = """
        data: \(data)
        image: {height: 32, width: 32}
        backbone: resnet18
        stages:
          - pretrain: {images: source, networks: 2}
          - \(stages)
        """
    return try Experiment(Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides), name: "x")
}

private func sets(_ experiment: Experiment) -> [EvaluatedSet] { experiment.stages[1].definition.evaluatedSets }

@Suite struct `A stage that evaluates` {
    @Test func `scores the latest networks on the target where nothing else is said`() throws {
        let stage = try experiment("evaluate").stages[1]
        #expect(stage.name == "evaluate" && stage.definition.inputs.map(\.stage) == ["pretrain"])
        #expect(stage.definition.outputs.isEmpty && stage.definition.begins == nil)
        #expect(stage.definition.evaluatedSets.map(\.name) == ["target (visda-target)"])
    }

    /// Rows are told apart by as much of their folders as that takes.
    @Test func `has a row for each dataset, named by its role, or by its kind and folder`() throws {
        let on = "[source, target, msmt17, {kind: msmt17, path: /d/a/new}, {kind: msmt17, path: /d/b/new}, {path: /d/shop}]"
        let found = try sets(experiment("evaluate: {on: \(on)}"))
        #expect(
            found.map(\.name) == [
                "source (market1501)", "target (visda-target)", "msmt17", "msmt17 in a/new", "msmt17 in b/new",
                "folder in d/shop",
            ])
        #expect(found.map(\.domain) == [.source, .target, .target, .target, .target, .target])
        let one = try sets(experiment("evaluate: {on: {kind: msmt17, path: /d/a/new}}"))
        #expect(one.map(\.name) == ["msmt17 in new"])
    }

    @Test func `ranks each dataset under the protocol of its published numbers, or under the one that it says`() throws {
        let on = "evaluate: {on: [source, target, vehicleid]}"
        #expect(try sets(experiment(on)).map(\.rankingProtocol) == [.market1501, .visda2020, .vehicleid])
        let chosen = try sets(experiment(on, ["data.protocol=visda2020-textbook"])).map(\.rankingProtocol)
        #expect(chosen == [.market1501, .visda2020Textbook, .vehicleid])
        let all = try sets(experiment("evaluate: {on: [source, target], protocol: vehicleid}")).map(\.rankingProtocol)
        #expect(all == [.vehicleid, .vehicleid])
    }

    private static let words = "source, target, market1501, msmt17, personx, visda-target, vehicleid, veri, folder"
    private static let drawn = "data={location: {synthetic: {}}}"

    @Test(arguments: [
        (["evaluate.on=targets"], "evaluate.on: found 'targets'; allowed: \(words) (did you mean 'target'?)"),
        (["evaluate.on=3"], "evaluate.on: found 3; allowed: one of \(words)"),
        (["evaluate.on=[]"], "evaluate.on: found 0 items; allowed: 1 to 100"),
        (
            ["evaluate.on={kind: personx-sda, path: /d}"],
            "evaluate.on.kind: found 'personx-sda'; allowed: market1501, msmt17, personx, visda-target, vehicleid, veri, "
                + "folder (did you mean 'personx'?)"
        ),
        (
            ["data.source=personx-sda", "evaluate.on=source"],
            "evaluate.on: 'personx-sda' has no queries and no gallery; allowed: target, or another dataset"
        ),
        (
            ["evaluate.on=source", drawn],
            "evaluate.on: the drawn world's source has no queries; allowed: target, or another dataset"
        ),
        (
            ["evaluate.on=msmt17", drawn],
            "evaluate.on: a drawn world has no 'msmt17'; allowed: target, or {kind: msmt17, path: PATH}"
        ),
        (
            ["evaluate.on=[target, {path: /d/a}, {path: /d/../d/a}]"],
            "evaluate.on: {kind: folder, path: \"/d/../d/a\"} is named twice; allowed: each once"
        ),
        (
            ["evaluate.on=[target, vehicleid]", "evaluate.protocol=market1501"],
            "evaluate.protocol: 'vehicleid' does not say which camera took an image, so 'market1501' cannot score it; "
                + "allowed: vehicleid"
        ),
        (
            ["evaluate.from=[pretrain, pretrain]"],
            "evaluate.ensemble: the networks of 2 stages are scored as one ensemble; allowed: ensemble: true"
        ),
        (
            ["evaluate.from=[pretrain, pretrain]", "evaluate.ensemble=true"],
            "evaluate.from: 'pretrain' is named twice; allowed: each stage once"
        ),
        (
            ["evaluate.from=pretrain", "evaluate.weights=a.pth"],
            "evaluate.weights: both 'from' and 'weights' say which networks are taken; allowed: one or the other"
        ),
    ])
    func `is refused with the place, what was found and what is allowed`(overrides: [String], report: String) {
        let error = #expect(throws: ConfigurationError.self) { try experiment("evaluate: {}", overrides) }
        let found = error?.problems.map { "\($0)" } ?? []
        #expect(found.contains { $0.hasSuffix(": " + report) }, "\(found)")
    }

    /// Without a source there is nothing of it to score.
    @Test func `on a source needs one`() {
        let error = #expect(throws: ConfigurationError.self) {
            try experiment(
                "evaluate: {on: source}", ["data.source=none", "stages=[{evaluate: {on: source, weights: a.pth}}]"])
        }
        #expect(
            error?.problems.first?.description.hasSuffix(
                "evaluate.on: the experiment has no source; allowed: target, or another dataset") == true)
    }

    private func keys(
        _ stage: String, _ evaluated: [EvaluatedPlace: ContentDigest] = [:], _ overrides: [String] = []
    ) throws -> [StageKey] {
        let plan = try experiment(stage, overrides).plan(dataDigest: ContentDigest(of: "data"), evaluated: evaluated)
        return plan.stages.map { plan.key(of: $0) }
    }

    /// Where a dataset lies is no matter, but its folder's name, which its row has.
    @Test func `is keyed by what it scores how, and changes no other stage's key`() throws {
        let other = { (path: String) in [EvaluatedPlace.elsewhere(.folder, path: path): ContentDigest(of: "a")] }
        let before = try keys("evaluate: {on: [target, {path: /d/shop}]}", other("/d/shop"))
        #expect(try keys("evaluate: {name: e, on: [target, {path: /e/shop}]}", other("/e/shop")) == before)
        for (stage, images) in [
            ("on: [target, {path: /d/shop}]", [.elsewhere(.folder, path: "/d/shop"): ContentDigest(of: "b")]),
            ("on: [{path: /d/shop}, target]", other("/d/shop")), ("on: [target, {path: /d/hall}]", other("/d/hall")),
            ("on: [target]", [:]), ("on: [target, {path: /d/shop}], flip: true", other("/d/shop")),
            ("on: [target, {path: /d/shop}], ensemble: true", other("/d/shop")),
            ("on: [target, {path: /d/shop}], protocol: vehicleid", other("/d/shop")),
        ] as [(String, [EvaluatedPlace: ContentDigest])] {
            let after = try keys("evaluate: {\(stage)}", images)
            #expect(after[0] == before[0] && after[1] != before[1], "\(stage)")
        }
        #expect(try keys("postprocess: {camera: false}")[0] == before[0])
    }

    @Test func `is read again from its resolved form`() throws {
        let stage = "evaluate: {on: [source, {kind: msmt17, path: /d/a}], protocol: vehicleid, flip: true, ensemble: true}"
        let text = try experiment(stage).document.yamlText
        #expect(try Experiment(Document.parse(text, file: "y.yaml"), name: "x").document.yamlText == text)
        #expect(text.contains("kind: msmt17") && text.contains("flip: true"))
    }

    @Test func `says where a set is written whose images differ`() throws {
        let text = tinyData + "\nstages:\n  - evaluate: {weights: a.pth, on: [target, {path: /d/a}]}\n"
        let places = FieldPlaces(try Document.parse(text, file: "x.yaml"))
        #expect(places.place(stage: "evaluate", field: "settings.evaluate.on[1].images") == "x.yaml:12:45")
        let rule = "settings.evaluate.on[0].protocol"
        #expect(places.place(stage: "evaluate", field: rule) == "x.yaml:12:37")
        let chosen = try Document.overriding(Document.parse(text, file: "x.yaml"), with: ["evaluate.protocol=vehicleid"])
        let typed = "override 'evaluate.protocol=vehicleid':1:19"
        #expect(FieldPlaces(chosen).place(stage: "evaluate", field: rule) == typed)
    }

    /// Four queries and 20 of the gallery, each embedded by two networks, and mirrored.
    @Test func `is forecast with the images of all its sets`() throws {
        let experiment = try experiment(
            "evaluate: {on: target, flip: true, ensemble: true}", ["data={location: {synthetic: {}}}"])
        var world = SyntheticWorld()
        (world.target.validationIdentities, world.target.queriesPerIdentity) = (2, 2)
        (world.target.galleryPerIdentity, world.target.distractors) = (8, 4)
        let load = experiment.stages[1].definition.load(DatasetCounts(world))
        #expect(load.besides.images == 2 * 2 * (4 + 20) && load.training == nil && load.statesKept == 0)
        let ranking = MemoryForecast.ranking(queryCount: 4, galleryCount: 20, dimension: 1024)
        #expect(load.bytesBetweenSteps == ranking.total)
    }
}

/// Takes progress lines, and asks the run to stop when a stage shows its first image.
private final class Watcher: ProgressOutput {
    let columns: Int? = 80
    let usesColour = false
    let interruption = Interruption()
    private let stage: String?

    init(stopping stage: String? = nil) { self.stage = stage }

    func write(_ text: String) {
        if let stage, text.contains(stage) { interruption.request(.terminate) }
    }
}

/// Two sites of one's own in folders: small pictures, whose colours say who they show.
private final class Sites {
    let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"

    init() throws {
        for (site, shade) in [("a", 0), ("b", 90)] {
            for split in ["train", "query", "gallery"] {
                for identity in 1...4 {
                    for camera in split == "query" ? [1] : [1, 2] { try draw(site, split, identity, camera, shade) }
                }
            }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func draw(_ site: String, _ split: String, _ identity: Int, _ camera: Int, _ shade: Int) throws {
        // Others are trained on than are looked for.
        let number = split == "train" ? identity : identity + 4
        let (red, blue, pattern) = (40 * identity + shade, 60 * camera + shade, identity + 3 * camera)
        let pixels = (0..<32 * 32).flatMap { [red, $0 * pattern, blue].map { UInt8(truncatingIfNeeded: $0) } }
        let file = URL(fileURLWithPath: "\(path)/\(site)/\(split)/000\(number)_c\(camera)_0.jpg")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Foundation.Data(Image(width: 32, height: 32, pixels: pixels).jpeg(quality: 95)).write(to: file)
    }

    /// Two files of networks that differ in a layer.
    func writeNetworks() throws {
        let state = try EmbeddingNetwork(NetworkShape(backbone: .resnet18), random: RandomKey(seed: 1)).store.state
        try WeightFile.write(state, to: path + "/1.pth")
        let other = try Tensor([Float](repeating: 0.1, count: 64), shape: [64])
        try WeightFile.write(state.merging(["bn1.bias": other]) { $1 }, to: path + "/2.pth")
    }

    func experiment(_ stages: String, _ overrides: [String] = []) throws -> Experiment {
        let text = """
            data: {source: {path: \(path)/a}, target: {path: \(path)/b}}
            image: {height: 32, width: 32}
            backbone: resnet18
            workers: 0
            stages:
            \(stages)
            """
        return try Experiment(Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides), name: "x")
    }

    var logs: URL { URL(fileURLWithPath: path + "/logs") }

    func launch(_ stages: String, _ watcher: Watcher = Watcher(), _ overrides: [String] = []) throws -> Launch {
        Launch(
            try experiment(stages, overrides), dataFolder: path + "/data", weightFolders: [], cacheFolder: path + "/cache",
            output: watcher)
    }

    func run(
        _ stages: String, _ start: Launch.Start = .new, stopping stage: String? = nil, with overrides: [String] = []
    ) throws -> (folder: RunFolder, result: RunResult) {
        let watcher = Watcher(stopping: stage)
        return try launch(stages, watcher, overrides).run(
            start, logs: logs, until: nil, interruption: watcher.interruption, under: ConditionsOffer(threads: 1))
    }
}

@Suite(.serialized) final class `An evaluation` {
    private let sites: Sites

    init() throws { sites = try Sites() }

    private func figures(_ result: RunResult, _ name: String) throws -> [String: Double] {
        try #require(result.rows.first { $0.name == name }).figures
    }

    /// The target's row is that of the stage itself, the ensemble's that of post-processing, and the source's that of the
    /// same images by their folder.
    @Test func `comes to the figures that other stages come to on the same images`() throws {
        let (folder, result) = try sites.run(
            """
              - pretrain: {images: source, networks: 2, epochs: 1, iterations: 1, batch: 4, instances: 2, padding: 2,
                           target_forward: false, evaluate_every: 0}
              - evaluate: {name: plain, on: [source, target, {path: \(sites.path)/a}]}
              - evaluate: {name: both, on: target, flip: true, ensemble: true}
              - postprocess: {camera: false, rerank: false}
            """)
        #expect(
            result.rows.map(\.name) == [
                "direct transfer", "source (folder)", "target (folder)", "folder in a", "target (folder) (both)", "+ flip",
                "+ ensemble",
            ])
        #expect(result.rows.allSatisfy { $0.evaluationProtocol == "market1501" })
        #expect(try figures(result, "target (folder)") == figures(result, "direct transfer"))
        #expect(try figures(result, "target (folder) (both)") == figures(result, "+ ensemble"))
        #expect(try figures(result, "source (folder)") == figures(result, "folder in a"))

        // Each row has what a report shows of it.
        let report = try ReportedRun(folder)
        #expect(report.rows.allSatisfy { $0.evidence != nil })
        let source = report.rows[1].evidence
        #expect(source?.subject == .row("source (folder)") && source?.averagePrecisions.count == 4)
        #expect(source?.histogram != report.rows[2].evidence?.histogram)
    }

    /// An evaluation of the source, and what another stage makes of the target.
    private func stages() -> String {
        """
          - evaluate: {weights: [\(sites.path)/1.pth, \(sites.path)/2.pth], on: [source, target], ensemble: true}
          - postprocess: {weights: \(sites.path)/1.pth, camera: false, rerank: false}
        """
    }

    @Test func `that was interrupted goes on to the same rows and evidence, and runs again only where its images differ`()
        throws
    {
        try sites.writeNetworks()
        #expect(throws: Interrupted.self) { try self.sites.run(self.stages(), stopping: "evaluate") }
        let resumed = try sites.run(stages(), .resume)
        let whole = try sites.run(stages(), .fresh)
        #expect(whole.folder.run != resumed.folder.run && whole.result.stages.allSatisfy { !$0.reused })
        #expect(resumed.result.rows == whole.result.rows)
        let evidence = try [resumed, whole].map { try ReportedRun($0.folder).rows.map(\.evidence) }
        #expect(evidence[0] == evidence[1])
        try expectToRunAgain()
    }

    /// Where an image or a label of what it scores differs, and alone: the source's queries are of no other stage's concern.
    private func expectToRunAgain() throws {
        func runs() throws -> [Bool] {
            try sites.launch(stages()).status(.new, logs: sites.logs).stages.map { $0.status == .run }
        }
        #expect(try runs() == [false, false])
        try sites.draw("a", "query", 1, 1, 7)
        #expect(try runs() == [true, false])
        let why = try sites.launch(stages()).plan().explanation(of: "evaluate", logs: sites.logs)
        #expect(why.fields.map(\.path) == ["settings.evaluate.on[0].images"] && why.inputs.isEmpty)
        try sites.draw("a", "query", 1, 1, 0)
        #expect(try runs() == [false, false])
        let gallery = "\(sites.path)/a/gallery"
        try FileManager.default.moveItem(atPath: "\(gallery)/0005_c2_0.jpg", toPath: "\(gallery)/0005_c3_0.jpg")
        #expect(try runs() == [true, false])
    }

    @Test func `of a dataset that cannot be scored, or is not there, is refused before the first step`() throws {
        try sites.writeNetworks()
        let stages = "  - evaluate: {weights: \(sites.path)/1.pth, on: {path: \(sites.path)/c}}"
        let missing = #expect(throws: DataError.self) { try self.sites.run(stages) }
        #expect(missing?.description.contains(sites.path + "/c") == true)
        let outline = try ExperimentOutline(sites.experiment(stages), lacking: try #require(missing))
        #expect(outline?.description.contains("1. evaluate (evaluation)") == true)
        for split in ["train", "query", "gallery"] { try sites.draw("c", split, 1, 1, 0) }
        let unscored = #expect(throws: ScoringError.self) { try self.sites.run(stages) }
        #expect(
            unscored?.description
                == "folder: none of 1 query can be scored under 'market1501': the one match shares the query's camera. "
                + "Another protocol could: evaluate.protocol=vehicleid (1 of them) in the experiment")
        #expect(!FileManager.default.fileExists(atPath: sites.logs.path))
        let rows = try sites.run(stages, with: ["evaluate.protocol=vehicleid"]).result.rows
        #expect(rows.map(\.name) == ["folder in c"])
        #expect(rows[0].evaluationProtocol == "vehicleid" && rows[0].figures["mAP"] == 1)
    }
}
