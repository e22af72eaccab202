// SPDX-License-Identifier: MIT

import Configuration
import Data
import Foundation
import Pipeline
import Reporting
import Testing

@testable import Experiments

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("experiments")

@Suite struct `An experiment that comes with the program` {
    static let files = ShippedFiles.experiments

    private func experiment(_ file: String, _ overrides: [String] = []) throws -> Experiment {
        try Experiment(
            path: folder.appendingPathComponent(file).path, name: String(file.dropLast(".yaml".count)),
            overrides: overrides)
    }

    @Test func `is found in its folder, and in folders below`() {
        #expect(Self.files.contains("quickstart.yaml") && Self.files.contains("cluster-contrast/usl-market1501.yaml"))
    }

    @Test(arguments: files) func `resolves and has a plan`(file: String) throws {
        let experiment = try experiment(file)
        let plan = try experiment.plan(dataDigest: .init(of: "data"))
        #expect(plan.stages.count == experiment.stages.count)
    }

    @Test(arguments: files) func `names itself in the command of its header`(file: String) throws {
        let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        #expect(text.contains("Command: ./passerby run \(file.dropLast(".yaml".count))\n"))
    }

    /// Nothing of its is on this machine, least of all in a folder that is not there.
    @Test(arguments: files) func `has its stages shown without data and weights`(file: String) throws {
        let experiment = try experiment(file, ["data.location={folder: /nowhere}"])
        let launch = Launch(
            experiment, dataFolder: "/nowhere", weightFolders: [], cacheFolder: "/nowhere", output: StandardError())
        let error = try #require(throws: (any Error).self) { try launch.plan() }
        let outline = try #require(try ExperimentOutline(experiment, lacking: error), "\(error)")
        #expect(outline.missing == "\(error)")
        let lines = "\(outline)".split(separator: "\n")
        #expect(lines[0] == "\(experiment.name), seed 1" && lines.count == 1 + 3 * experiment.stages.count)
    }

    /// Whoever has just cloned the program has neither weights nor data, and downloads all of them in one go.
    @Test func `names everything at once that is not on this machine`() throws {
        let experiment = try experiment("spcl/personx2market1501.yaml", ["data.location={folder: /nowhere}"])
        let launch = Launch(
            experiment, dataFolder: "/nowhere", weightFolders: [], cacheFolder: "/nowhere", output: StandardError())
        let error = try #require(throws: MissingInputsError.self) { try launch.plan() }
        #expect(error.exitKind == .missing)
        let texts = error.errors.map { "\($0)" }
        #expect(
            texts.map { $0.prefix(26) } == [
                "initial_weights: resnet50:", "no PersonX found. Looked f", "no Market-1501 found. Look",
            ])
        #expect("\(error)" == (["3 inputs are not on this machine:"] + texts).joined(separator: "\n"))
    }

    @Test func `is not shown where something else is wrong`() throws {
        #expect(try ExperimentOutline(experiment("quickstart.yaml"), lacking: DataError.noImages(folder: "/data")) == nil)
    }
}
