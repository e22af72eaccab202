// SPDX-License-Identifier: MIT

import Foundation
import Pipeline
import Testing

@testable import Tables

/// A finished run with rows of mAP and top-1, as shares.
private func result(_ experiment: String, _ run: String, _ rows: [(String, Double, Double)]) throws -> RunResult {
    let rows = rows.map { #"{"name": "\#($0.0)", "mAP": \#($0.1), "top1": \#($0.2)}"# }.joined(separator: ",")
    let text = """
        {"experiment": "\(experiment)", "run": "\(run)", "status": "completed", "stages": [], "rows": [\(rows)]}
        """
    return try JSONDecoder().decode(RunResult.self, from: Data(text.utf8))
}

private func report(_ preset: TablePreset = .paper, seeds: [Int] = [1, 2]) throws -> TableReport {
    try TableReport(table(`The file of a table`.whole), preset, seeds: seeds) { experiment, seed in
        switch (experiment, seed) {
        case ("visda/raw", _):
            .done(
                try result("visda/raw", "r\(seed)", [("first", 0.1, 0.1), ("last", seed == 1 ? 0.6 : 0.64, 0.7)]),
                precisions: ["last": [0.5, 0.7, nil]])
        case ("visda/translated", 1):
            .done(
                try result("visda/translated", "t1", [("last", 0.68, 0.8)]),
                precisions: ["last": [0.6, 0.9, 1]])
        case ("small", _):
            .done(try result("small", "s\(seed)", [("direct transfer", 0.3, 0.4), ("last", 0.5, 0.6)]), precisions: [:])
        default: .missing(reason: "not run yet")
        }
    }
}

@Suite struct `The report of a table` {
    @Test func `has means, deviations and differences in points`() throws {
        let rows = try report().rows
        let raw = try #require(rows[0].ours[.mAP])
        // 60 and 64: the mean is 62, the deviation √((2² + 2²) / 1).
        #expect(abs(raw.mean - 62) < 1e-9 && abs((raw.deviation ?? 0) - 8.0.squareRoot()) < 1e-9 && raw.count == 2)
        #expect(abs((rows[0].difference(.mAP) ?? 0) - 1) < 1e-9)
        #expect(rows[1].ours[.mAP]?.deviation == nil && rows[1].missing == 1)
        // The publication says nothing of it.
        #expect(rows[1].difference(.top1) == nil)
    }

    @Test func `takes the row that the table names, and else the last`() throws {
        let rows = try report(.synthetic, seeds: [1]).rows
        #expect(rows.map(\.name) == ["raw", "twin only"])
        #expect(abs((rows[0].ours[.mAP]?.mean ?? 0) - 30) < 1e-9 && abs((rows[1].ours[.mAP]?.mean ?? 0) - 50) < 1e-9)
    }

    @Test func `compares rows by the queries that both have`() throws {
        let claim = try #require(try report().claims.first)
        // Of the seed that both rows have: 68 − 60.
        #expect(claim.row == "translated" && claim.above == "raw" && abs(claim.difference - 8) < 1e-9)
        let bootstrap = try #require(claim.bootstrap)
        // 10 points and 20; the third query counts in one of the rows alone.
        #expect(bootstrap.count == 2 && abs(bootstrap.mean - 15) < 1e-9)
        #expect(
            "\(claim)"
                == "'translated' +8.0 mAP to 'raw', as claimed "
                + "(95 % from +10.0 to +20.0, paired bootstrap over 2 queries); top-1 +10.0")
    }

    /// What it holds by is mAP alone: two points more with two fewer at the first rank.
    @Test func `says of a claim what other figures do`() throws {
        let report = try TableReport(table(`The file of a table`.whole), .paper, seeds: [1]) { experiment, _ in
            let isRaw = experiment == "visda/raw"
            return .done(try result(experiment, "r", [("last", isRaw ? 0.6 : 0.62, isRaw ? 0.7 : 0.68)]), precisions: [:])
        }
        #expect(report.claims.map { "\($0)" } == ["'translated' +2.0 mAP to 'raw', as claimed; top-1 −2.0"])
        let others = try #require(report.claims.first?.others)
        #expect(others.keys.map(\.rawValue) == ["top1"] && abs((others[.top1] ?? 0) + 2) < 1e-9)
    }

    @Test func `knows what is missing, and what stays behind by more than is tolerated`() throws {
        let whole = try report()
        #expect(
            whole.missing == [
                TableReport.Run(experiment: "visda/translated", seed: 2, state: .missing(reason: "not run yet"))
            ])
        #expect(whole.excesses.isEmpty)
        // With one seed 60.0, a point below 61.0, which is tolerated; 68.0 is 3.2 below 71.2.
        let single = try report(seeds: [1])
        #expect(single.excesses.map(\.row) == ["translated"])
        #expect(single.excesses.first.map { "\($0)" } == "'translated' −3.2 mAP to the published one; tolerated are −1.0")
        #expect(try report(.synthetic, seeds: [1]).excesses.isEmpty)
    }

    /// The other rows have what they have.
    @Test func `names the run that has not the table's row, and where the table names that`() throws {
        let whole = try TableReport(table(`The file of a table`.whole), .synthetic, seeds: [1]) { experiment, _ in
            .done(try result(experiment, "r", [("adapted", 0.5, 0.5)]), precisions: [:])
        }
        let said = whole.absent.map(\.description)
        #expect(said == ["tables/t.yaml:9:41: small/r has no row 'direct transfer'; its rows are 'adapted'"])
        #expect(whole.missing.isEmpty && whole.rows[0].ours.isEmpty)
    }
}

@Suite struct `A table as text` {
    @Test func `is aligned for a terminal`() throws {
        let text = try report().text(.text)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[2] == "            mAP published    mAP ours  mAP Δ  top-1 published  top-1 ours  top-1 Δ")
        #expect(lines[3] == "raw                  61.0  62.0 ± 2.8   +1.0             71.6  70.0 ± 0.0     −1.6")
        #expect(lines[4] == "translated           71.2        68.0   −3.2                -        80.0        -")
        #expect(text.contains("run of translated: visda/translated/t1, visda/translated seed=2 missing\n"))
    }

    @Test func `is a table of Markdown, with the runs below`() throws {
        let text = try report().text(.markdown)
        #expect(text.contains("| raw | 61.0 | 62.0 ± 2.8 | +1.0 | 71.6 | 70.0 ± 0.0 | −1.6 |\n"))
        #expect(text.contains("- run of raw: visda/raw/r1, visda/raw/r2\n"))
        #expect(text.contains("published: arXiv:0000.00000, Table 2; ours: the mean and standard deviation of seeds 1, 2\n"))
    }

    @Test func `is a line a row for spreadsheets`() throws {
        let lines = try report().text(.csv).components(separatedBy: "\r\n")
        #expect(lines[0].hasPrefix("row,mAP_published,mAP_ours,mAP_deviation,mAP_difference,top1_published"))
        #expect(lines[1] == "raw,61.0,62.0,2.8284,1.0,71.6,70.0,0.0,-1.6,2,visda/raw/r1 visda/raw/r2")
        #expect(lines[2] == "translated,71.2,68.0,,-3.2,,80.0,,,1,visda/translated/t1")
    }

    @Test func `is a tabular for a paper`() throws {
        let text = try report().text(.latex)
        #expect(text.contains("raw & 61.0 & 62.0 $\\pm$ 2.8 & +1.0 & 71.6 & 70.0 $\\pm$ 0.0 & $-$1.6 \\\\\n"))
        #expect(text.contains("\\begin{tabular}{lrrrrrr}\n\\toprule\n & mAP published & mAP ours & mAP $\\Delta$"))
    }

    @Test func `says of a twin what its figures are worth`() throws {
        #expect(
            try report(.synthetic, seeds: [1]).text(.text).contains(
                "ours: seed 1 on a drawn world, which shows the order of methods and says nothing of the published numbers\n"
            ))
    }
}
