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
