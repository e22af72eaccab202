// SPDX-License-Identifier: MIT

import Configuration
import Data
import Foundation
import Pipeline
import Testing

@testable import Experiments

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("experiments")

@Suite struct `An experiment that comes with the program` {
    private static func files() throws -> [String] {
        let found = try #require(FileManager.default.enumerator(atPath: folder.path))
        return found.compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") }.sorted()
    }

    /// Without its data and its weights.
    @Test func `can be read, and names itself in the command of its header`() throws {
        let files = try Self.files()
        #expect(files.contains("quickstart.yaml") && files.contains("cluster-contrast/usl-market1501.yaml"))
        for file in files {
            let path = folder.appendingPathComponent(file).path
            let name = String(file.dropLast(".yaml".count))
            #expect(throws: Never.self, "\(file)") { _ = try Experiment(path: path, name: name, overrides: []) }
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.contains("Command: ./passerby run \(name)\n"), "\(file)")
        }
    }

    /// Nothing of theirs is on this machine, least of all in a folder that is not there.
    @Test func `has its stages shown without data and weights`() throws {
        for file in try Self.files() {
            let experiment = try Experiment(
                path: folder.appendingPathComponent(file).path, name: file, overrides: ["data.location={folder: /nowhere}"])
            let launch = Launch(
                experiment, dataFolder: "/nowhere", weightFolders: [], cacheFolder: "/nowhere", output: StandardError())
            let error = try #require(throws: (any Error).self, "\(file)") { try launch.plan() }
            let outline = try #require(try ExperimentOutline(experiment, lacking: error), "\(file): \(error)")
            #expect(outline.missing == "\(error)")
            let lines = "\(outline)".split(separator: "\n")
            #expect(lines[0] == "\(file), seed 1" && lines.count == 1 + 3 * experiment.stages.count)
        }
    }

    @Test func `is not shown where something else is wrong`() throws {
        let experiment = try Experiment(
            path: folder.appendingPathComponent("quickstart.yaml").path, name: "quickstart", overrides: [])
        #expect(try ExperimentOutline(experiment, lacking: DataError.noImages(folder: "/data")) == nil)
    }
}
