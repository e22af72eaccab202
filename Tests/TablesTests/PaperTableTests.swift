// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Slurm
import Testing

@testable import Tables

/// A table of the text of a file `tables/t.yaml`.
func table(_ text: String) throws -> PaperTable {
    try PaperTable(Document.parse(text, file: "tables/t.yaml"), name: "t")
}

@Suite struct `The file of a table` {
    static let whole = """
        title: Translations
        source: arXiv:0000.00000, Table 2
        evaluation: validation set
        tolerance: {mAP: 1}
        rows:
          - name: raw
            published: {mAP: 61.0, top1: 71.6}
            paper: {experiment: visda/raw}
            synthetic: {experiment: small, row: direct transfer}
          - name: translated
            published: {mAP: 71.2}
            paper: {experiment: visda/translated}
            above: raw
          - name: twin only
            synthetic: {experiment: small}
        """

    @Test func `says all that there is to say`() throws {
        let table = try table(Self.whole)
        #expect(table.name == "t" && table.title == "Translations" && table.evaluation == "validation set")
        #expect(table.figures == [.mAP, .top1] && table.tolerance == [.mAP: 1])
        #expect(table.rows.map(\.name) == ["raw", "translated", "twin only"])
        #expect(table.rows[0].published == [.mAP: 61, .top1: 71.6] && table.rows[2].published.isEmpty)
        #expect(table.rows[1].above == "raw")
        #expect(table.rows(of: .paper).map(\.row.name) == ["raw", "translated"])
        #expect(table.rows(of: .synthetic).map(\.source.row?.value) == ["direct transfer", nil])
        #expect(table.experiments(of: .paper).map(\.value) == ["visda/raw", "visda/translated"])
        // Two rows of one run.
        #expect(table.experiments(of: .synthetic).map(\.value) == ["small"])
    }

    @Test func `has experiments by name, or by paths that begin in its folder`() throws {
        let files = ["mine.yaml", "../mine.yml", "/data/mine.yaml", "visda/raw"].enumerated().map { place, name in
            "  - {name: row \(place), paper: {experiment: \(name)}}"
        }
        let table = try table("title: t\nsource: s\nevaluation: e\nrows:\n" + files.joined(separator: "\n"))
        #expect(
            table.experiments(of: .paper).map(\.value) == [
                "tables/mine.yaml", "tables/../mine.yml", "/data/mine.yaml", "visda/raw",
            ])
    }

    /// A folder for each preset, whose jobs have nothing in common.
    @Test func `may be made by jobs of a cluster`() throws {
        let table = try table(Self.whole + "\nslurm: {options: {partition: gpu, requeue: null}, chain: 2}")
        #expect(table.slurm.options.map(\.name) == ["partition"] && table.slurm.without == ["requeue"])
        let work = table.slurmWork(
            .synthetic, command: "passerby reproduce t --preset synthetic", in: URL(fileURLWithPath: "/logs"))
        #expect(work.folder.path == "/logs/tables/t/synthetic/slurm" && work.script.lastPathComponent == "table.sh")
        #expect(work.statusCommand == "passerby reproduce t --preset synthetic --plan" && work.settings == table.slurm)
        #expect(try SlurmSettings.none == TablesTests.table(Self.whole).slurm)
    }

    @Test(arguments: [
        (
            "rows:\n  - name: a", "rows:\n  - name: a",
            "rows[0]: missing key 'paper or synthetic'; needed: the experiment of the row"
        ),
        (
            "    above: raw", "    above: rw",
            "rows[1].above: found 'rw'; allowed: raw, twin only (did you mean 'raw'?)"
        ),
        ("name: translated", "name: raw", "rows[1]: 'raw' is there twice; allowed: each name once"),
        ("mAP: 61.0,", "mAP: 610,", "rows[0].published.mAP: found 610; allowed: 0 to 100"),
        ("top1: 71.6", "rank1: 71.6", "rows[0].published.rank1: unknown key 'rank1'; allowed: mAP, mINP, top1, top10, top5"),
    ])
    func `is wrong at a place`(part: String, wrong: String, message: String) throws {
        let text =
            part == wrong
            ? "title: t\nsource: s\nevaluation: e\n" + wrong : Self.whole.replacing(part, with: wrong)
        let error = #expect(throws: ConfigurationError.self) { try table(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("tables/t.yaml:") == true)
    }
}
