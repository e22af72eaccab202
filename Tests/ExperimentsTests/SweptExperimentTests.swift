// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Pipeline
import Testing

@testable import Experiments
@testable import Sweeps

private let base = """
    \(tinyData)
    stages:
      - pretrain: {name: direct, images: source, networks: 1, epochs: 2, iterations: 5, batch: 8, warmup: 0, milestones: []}
    """

private func swept(_ text: String, _ base: String = base) throws -> SweptExperiment {
    let sweep = try Sweep(
        Document.parse("experiment: base\n" + text, file: "sweeps/s.yaml"), path: "sweeps/s.yaml", name: "s")
    return try SweptExperiment(sweep, Document.parse(base, file: "base.yaml"))
}

@Suite struct `The experiment of a sweep` {
    @Test func `has the point's settings`() throws {
        let swept = try swept("fixed: {direct.epochs: 3}\nspace: {direct.rate: [1.0e-4, 2.0e-4]}")
        let entry = YAMLNode.Entry(key: "direct.rate", value: YAMLNode(2e-4))
        let document = try swept.experiment(at: [entry], name: "t").document
        let stage = try #require(document["stages"])
        #expect(stage.yamlText.contains("rate: 0.0002\n") && stage.yamlText.contains("epochs: 3\n"), "\(stage.yamlText)")
    }

    @Test(arguments: [
        (
            "space:\n  direct.rat: [1.0e-4]",
            "sweeps/s.yaml:3:3: direct.rat: unknown key 'rat'; allowed: ", "(did you mean 'rate'?)"
        ),
        (
            "space:\n  dirct.rate: [1.0e-4]",
            "sweeps/s.yaml:3:3: dirct: unknown key 'dirct'; allowed: ", "(did you mean 'direct'?)"
        ),
        (
            "space:\n  direct.rate: {range: [1.0e-4, 1000.0], points: 2}",
            "sweeps/s.yaml:3:24: direct.rate: found 1000.0; allowed: 1e-12 to 100", ""
        ),
        (
            "space:\n  direct.epochs: [3, few]",
            "sweeps/s.yaml:3:22: direct.epochs: found text 'few'; allowed: an integer, 1 to 1000000", ""
        ),
        (
            "space: {direct.batch: [8]}\npruner: {asha: {stage: dirct}}",
            "sweeps/s.yaml:3:24: pruner.asha.stage: found 'dirct'; allowed: direct", "(did you mean 'direct'?)"
        ),
        // A rule between two values, of which the space has one.
        (
            "space:\n  direct.batch: [8, 9]",
            "a batch of 9 holds no whole number of identities with 4 images each; allowed: a multiple of 'instances'", ""
        ),
        (
            "fixed: {direct.epoch: 3}\nspace: {direct.batch: [8]}",
            "sweeps/s.yaml:2:9: direct.epoch: unknown key 'epoch'; allowed: ", ""
        ),
    ])
    func `is checked before anything runs`(text: String, report: String, meant: String) {
        let error = #expect(throws: ConfigurationError.self) { try swept(text) }
        let problems = error?.problems.map(\.description) ?? []
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.contains(report) == true && problems.first?.hasSuffix(meant) == true, "\(problems)")
    }

    /// 9 images go with 3 of each identity, and with 4 they do not: what is drawn may be right.
    @Test func `may have values that go together only`() throws {
        let text = "space: {direct.batch: [8, 9], direct.instances: [3, 4]}\nsampler: random\nbudget: {trials: 2}"
        _ = try swept(text)
        #expect(throws: ConfigurationError.self) { try swept("space: {direct.batch: [8, 9], direct.instances: [3, 4]}") }
    }

    @Test func `is another where results would be others`() throws {
        let text = "space: {direct.rate: [1.0e-4, 2.0e-4]}"
        let identity = try swept(text).identity
        #expect(try swept(text + "\nbudget: {trials: 1}", base + "\nworkers: 1").identity == identity)
        let other = try swept(text, base + "\nseed: 2").identity
        #expect(identity.differences(from: other).map(\.path) == ["experiment.settings.seed"])
        let wider = try swept("space: {direct.rate: [1.0e-4, 3.0e-4]}").identity
        #expect(identity.differences(from: wider).count == 1)
    }
}

/// A folder with an experiment on images of one's own, `own/exp.yaml`, and a sweep in `own/sweeps`; removed with the value.
private final class OwnSweep {
    let url: URL

    init(data: String, space: String = "direct.epochs: [1, 2]", fixed: String = "{}") throws {
        // Without links, as paths that last are.
        let temporary = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        url = temporary.appendingPathComponent("swept-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url.appendingPathComponent("own/sweeps"), withIntermediateDirectories: true)
        try """
        data: \(data)
        stages:
          - pretrain: {name: direct, images: source}
          - translate
        override: {translate.method: existing, translate.folder: drawn}
        """.write(to: url.appendingPathComponent("own/exp.yaml"), atomically: true, encoding: .utf8)
        try "experiment: ../exp\nfixed: \(fixed)\nspace: {\(space)}".write(
            to: url.appendingPathComponent("own/sweeps/s.yaml"), atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// - Parameter way: How somebody comes to the sweep's file.
    func sweep(by way: String = "own/sweeps/s.yaml") throws -> Sweep {
        try Sweep(path: "\(url.path)/\(way)", name: "s").withLastingPaths
    }

    /// What a trial finds that reads the text where the sweep keeps it.
    func kept(_ sweep: Sweep) throws -> YAMLNode {
        let text = try SweptExperiment(sweep).text
        return try Experiment(Document.parse(text, file: "\(url.path)/logs/sweeps/s/experiment.yaml"), name: "t").document
    }
}

@Suite struct `Paths of a sweep's experiment` {
    private func text(_ node: YAMLNode?) -> String? {
        if case .scalar(.text(let text))? = node?.value { text } else { nil }
    }

    @Test func `begin in their own files, wherever trials read them`() throws {
        let own = try OwnSweep(
            data: "{source: {kind: folder, path: images}, target: {kind: folder, path: ../b}}",
            fixed: "{data.target.path: queries}")
        let kept = try own.kept(own.sweep())
        #expect(text(kept["data"]?["source"]?["path"]) == "\(own.url.path)/own/images")
        #expect(text(kept["data"]?["target"]?["path"]) == "\(own.url.path)/own/sweeps/queries")
        #expect(kept["stages"]?.flowText.contains("folder: \"\(own.url.path)/own/drawn\"") == true)
    }

    @Test func `are said by no key that the file has not`() throws {
        let own = try OwnSweep(data: "{source: {path: images}, target: {path: /disk/b}}")
        let text = try SweptExperiment(own.sweep()).text
        #expect(
            text == """
                data:
                  source:
                    path: "\(own.url.path)/own/images"
                  target:
                    path: "/disk/b"
                stages:
                  - pretrain:
                      name: direct
                      images: source
                  - translate:
                      method: existing
                      folder: "\(own.url.path)/own/drawn"

                """)
    }

    @Test func `lead to the data beside the file, and to the program's where there are none`() throws {
        let own = try OwnSweep(data: "{location: {folder: data}}")
        #expect(try own.kept(own.sweep())["data"]?["location"]?.flowText == "{folder: data}")
        try FileManager.default.createDirectory(
            at: own.url.appendingPathComponent("own/data"), withIntermediateDirectories: false)
        let place = try own.kept(own.sweep())["data"]?["location"]?["folder"]
        #expect(text(place) == "\(own.url.path)/own/data")
    }

    @Test func `are the same by whichever way one comes to the file`() throws {
        let own = try OwnSweep(
            data: "{source: {path: images}, target: {path: images}}", space: "data.target.path: [images, ../b]")
        let (straight, detour) = try (own.sweep(), own.sweep(by: "own/../own/sweeps/../sweeps/s.yaml"))
        #expect(try SweptExperiment(straight).identity == SweptExperiment(detour).identity)
    }

    /// A trial is told of them by a command line, on which they would begin where that is typed.
    @Test func `among its choices begin in the sweep's file`() throws {
        let own = try OwnSweep(
            data: "{location: {folder: sets}}",
            space: "data.target: [{path: images}, market1501], translate.folder: "
                + "{choices: [drawn, /disk/d], when: {data.target: {path: images}}}")
        let sweep = try own.sweep()
        let sweeps = "\(own.url.path)/own/sweeps"
        let first = #"data.target={"path":"\#(sweeps)/images"}"#
        #expect(
            sweep.space.grid.map { $0.settings.map(\.assignment) } == [
                [first, "translate.folder=\"\(sweeps)/drawn\""], [first, "translate.folder=\"/disk/d\""],
                ["data.target=market1501"],
            ])
        _ = try SweptExperiment(sweep)
    }
}

@Suite struct `A sweep that comes with the program` {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("experiments/sweeps")

    static var files: [String] {
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted()
    }

    @Test(arguments: files) func `can be begun, and names itself in the command of its header`(file: String) throws {
        let url = Self.folder.appendingPathComponent(file)
        let name = String(file.dropLast(".yaml".count))
        let sweep = try Sweep(path: url.path, name: name)
        _ = try SweptExperiment(sweep)
        #expect(sweep.trialCount > 1)
        #expect(try String(contentsOf: url, encoding: .utf8).contains("Command: ./passerby sweep \(name)\n"))
    }
}
