// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Tables
import Testing

@testable import Experiments

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("experiments")

@Suite struct `A table that comes with the program` {
    static let files = ShippedFiles.tables

    @Test func `is found by its name`() { #expect(Self.files.contains("table2") && Self.files.contains("spcl")) }

    /// All experiments are there; both presets have rows; nobody's figures are above all queries.
    @Test(arguments: files) func `names experiments that are there`(name: String) throws {
        let table = try PaperTable(path: folder.appendingPathComponent("tables/\(name).yaml").path, name: name)
        for preset in TablePreset.allCases {
            let experiments = table.experiments(of: preset)
            #expect(!experiments.isEmpty, "\(preset)")
            for experiment in experiments {
                _ = try Experiment(
                    path: folder.appendingPathComponent("\(experiment.value).yaml").path, name: experiment.value,
                    overrides: ["seed=2"])
            }
        }
    }

    /// The header of an experiment says what is published; the table says the same.
    @Test(arguments: files) func `has the figures that its experiments' headers have`(name: String) throws {
        let table = try PaperTable(path: folder.appendingPathComponent("tables/\(name).yaml").path, name: name)
        for (row, source) in table.rows(of: .paper) {
            let header = try String(
                contentsOf: folder.appendingPathComponent("\(source.experiment.value).yaml"), encoding: .utf8)
            let figures = TableFigure.allCases.compactMap { row.published[$0] }.map { "\($0)" }.joined(separator: " / ")
            #expect(header.contains(figures), "\(row.name): \(figures)")
        }
    }

    @Test(arguments: files) func `names itself in the command of its header`(name: String) throws {
        let text = try String(contentsOf: folder.appendingPathComponent("tables/\(name).yaml"), encoding: .utf8)
        #expect(text.contains("Command: ./passerby reproduce \(name) --preset synthetic\n"))
    }
}
