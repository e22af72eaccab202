// SPDX-License-Identifier: MIT

import Experiments
import Foundation
import Pipeline
import Testing

@testable import passerby

/// A folder with a table of two small experiments, of which the second begins with the first's stage.
final class TableHome {
    let home: TemporaryHome

    init(tolerance: Double = 100) throws {
        home = try TemporaryHome()
        let experiments = home.url.appendingPathComponent("experiments")
        try FileManager.default.createDirectory(
            at: experiments.appendingPathComponent("tables"), withIntermediateDirectories: true)
        let tiny = try String(contentsOf: home.url.appendingPathComponent("tiny.yaml"), encoding: .utf8)
        let end = try #require(tiny.range(of: "  - translate:"))
        let first = String(tiny[..<end.lowerBound])
        let write = { (name: String, text: String) in
            try text.write(to: experiments.appendingPathComponent("\(name).yaml"), atomically: true, encoding: .utf8)
        }
        try write("one", first)
        try write(
            "two",
            first + """
                  - adapt: {from: direct, method: clustering-baseline, epochs: 1, iterations: 2, batch: 8, padding: 2, k1: 6, k2: 2,
                            eps: 0.7, min_samples: 2, evaluate_every: 0}
                """)
        try write(
            "elsewhere",
            "data: {source: personx, target: visda-target, location: {folder: data}}\nstages: [{pretrain: {images: source}}]"
        )
        try write(
            "tables/small",
            """
            title: "Small"
            source: "nobody"
            evaluation: a tiny world
            tolerance: {mAP: \(tolerance)}
            rows:
              - {name: transfer, published: {mAP: 100}, paper: {experiment: one}, synthetic: {experiment: two, row: direct transfer}}
              - {name: adapted, above: transfer, synthetic: {experiment: two}, paper: {experiment: two}}
            """)
        try write(
            "tables/lacking",
            """
            title: "Lacking"
            source: "nobody"
            evaluation: nothing
            rows:
              - {name: here, paper: {experiment: one}}
              - {name: elsewhere, published: {mAP: 12.3}, paper: {experiment: elsewhere}}
            """)
    }

    func reproduce(_ words: [String]) throws -> (code: Int32, output: String, messages: String) {
        let (code, output, messages) = try home.passerby(["reproduce"] + words + ["--threads", "1"])
        return (code, String(decoding: output, as: UTF8.self), messages)
    }

    /// The command as a process of its own, which signals can reach.
    func beginReproducing(_ words: [String]) throws -> Process {
        let process = Process()
        process.executableURL = try TemporaryHome.program()
        process.arguments = ["reproduce"] + words + ["--threads", "1"]
        process.currentDirectoryURL = home.url
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PASSERBY_HOME": home.url.path, "XDG_CACHE_HOME": home.url.path]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try runWithSignals(process)
        return process
    }

    /// The plan of an experiment with its first seed.
    func plan(_ experiment: String) throws -> Plan {
        let file = home.url.appendingPathComponent("experiments/\(experiment).yaml").path
        return try Launch(
            Experiment(path: file, name: experiment, overrides: ["seed=1"]), dataFolder: "", weightFolders: [],
            cacheFolder: "", output: StandardError()
        ).plan()
    }

    func runs() throws -> [String] { try RunCatalogue(logs: home.logs).list().map(\.run.experiment).sorted() }
}
