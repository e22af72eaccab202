// SPDX-License-Identifier: MIT

import Foundation
import Pipeline
import Testing

@testable import passerby

/// A folder with a sweep of four points over `tiny.yaml`, of which only the first stage is left.
final class SweepHome {
    let home: TemporaryHome

    init(
        _ more: String = "", space: String = "direct.rate: [1.0e-3, 2.0e-3, 4.0e-3, 8.0e-3]",
        epochs: Int = 1
    ) throws {
        home = try TemporaryHome()
        let folder = home.url.appendingPathComponent("experiments/sweeps")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let tiny = try String(contentsOf: home.url.appendingPathComponent("tiny.yaml"), encoding: .utf8)
        let end = try #require(tiny.range(of: "  - translate:"))
        try String(tiny[..<end.lowerBound]).write(
            to: home.url.appendingPathComponent("experiments/small.yaml"), atomically: true, encoding: .utf8)
        try """
        experiment: ../small
        fixed: {direct.epochs: \(epochs), direct.iterations: 3, direct.evaluate_every: 1}
        space: {\(space)}
        \(more)
        """.write(to: folder.appendingPathComponent("rates.yaml"), atomically: true, encoding: .utf8)
    }

    var folder: URL { home.logs.appendingPathComponent("sweeps/rates") }
    var journal: URL { folder.appendingPathComponent("journal.log") }

    func sweep(_ words: [String] = []) throws -> (code: Int32, report: Report, messages: String) {
        let (code, output, messages) = try home.passerby(
            ["sweep", "rates", "--json"] + (words.contains("--threads") ? [] : ["--threads", "1"]) + words)
        let report = output.isEmpty ? Report(trials: []) : try JSONDecoder().decode(Report.self, from: output)
        return (code, report, messages)
    }

    /// The folders of all runs of all trials.
    func runs() throws -> [String] {
        try RunCatalogue(logs: home.logs).list().filter { $0.run.experiment.hasPrefix("sweeps/rates/") }.map { "\($0.run)" }
    }

    struct Report: Decodable {
        struct Trial: Decodable {
            let rank: Int?
            let number: Int
            let state: String
            let overrides: [String]
            let value: Double?
            let replicas: [String: Double]
            let error: String?
        }

        let trials: [Trial]
    }
}
