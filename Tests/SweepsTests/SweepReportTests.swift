// SPDX-License-Identifier: MIT

import Foundation
import Pages
import Pipeline
import Testing

@testable import Sweeps

@Suite struct `What came of a sweep` {
    let scratch = SweepScratch()
    private let figure = FigureColumn("mAP", heading: "mAP", unit: .percent) { String(format: "%.1f", $0) }

    private func report(_ study: Study) throws -> SweepReport {
        SweepReport(study, try study.record()) { _ in false }
    }

    /// Two seeds of every trial: 0.5 and 0.75, and 0.25 less of `x`.
    private func small() throws -> Study {
        let study = try scratch.study(
            sweep("experiment: b\nspace: {method: [x, \"y|z\"], r: {choices: [0.1], when: {method: x}}}\nseeds: [1, 2]"))
        try study.run { trial, seed in [0, 0.5, 0.75][seed] - (trial.assignments[0] == "method=x" ? 0.25 : 0) }
        return study
    }

    /// Means 0.375 and 0.625; the deviation of 0.5 and 0.75 is 0.25/√2 = 0.1768.
    @Test func `is a table for people`() throws {
        let study = try small()
        let report = try report(study)
        let digests = report.trials.map(\.trial.digest)
        #expect(
            report.text(.text, figure) == """
                rank  trial  state             mAP  took  method  r    folder
                   1      2  complete  62.5 ± 17.7   4 s  "y|z"   -    \(digests[0])
                   2      1  complete  37.5 ± 17.7   4 s  x       0.1  \(digests[1])

                2 complete
                folder: \(study.folder.url.path)

                """)
        #expect(
            report.text(.markdown, figure) == """
                | rank | trial | state | mAP | took | method | r | folder |
                | --: | --: | --- | --: | --: | --- | --- | --- |
                | 1 | 2 | complete | 62.5 ± 17.7 | 4 s | "y\\|z" | - | \(digests[0]) |
                | 2 | 1 | complete | 37.5 ± 17.7 | 4 s | x | 0.1 | \(digests[1]) |

                """)
    }

    /// Two seeds take 2 s each, and 0.001 h are 3.6 s: the first trial is the last.
    @Test func `says why no other trial begins`() throws {
        let spent = try scratch.study(sweep(fourPoints + "\nbudget: {hours: 0.001}"))
        #expect(try report(spent).counts == "4 to begin" && report(spent).left == 4)
        try spent.run { _, _ in 0.5 }
        let report = try report(spent)
        #expect(report.counts == "1 complete; no other begins: the budget of 4 s is spent" && report.left == nil)
        #expect(try JSONValue(encoding: report).canonicalText.contains(#""end":"the budget of 4 s is spent""#))
    }

    @Test func `says that the space has no more points`() throws {
        let text = "experiment: b\nspace: {a: [1, 2]}\nsampler: random\nbudget: {trials: 5}\nseeds: [1]"
        let study = try scratch.study(sweep(text))
        try study.run { _, _ in 0.5 }
        let report = try report(study)
        #expect(report.counts == "2 complete; no other begins: the space has no more points" && report.left == nil)
    }

    @Test func `is numbers with all digits for a program`() throws {
        let report = try report(small())
        let digests = report.trials.map(\.trial.digest)
        #expect(
            report.text(.csv, figure).split(separator: "\r\n") == [
                "rank,trial,state,mAP,deviation,seconds,method,r,folder",
                #"1,2,complete,0.625,0.1767766952966369,4.0,"""y|z""",,\#(digests[0])"#,
                "2,1,complete,0.375,0.1767766952966369,4.0,x,0.1,\(digests[1])",
            ])
    }

    /// Three rates and four seeds of another setting: the rate decides.
    private func large() throws -> Study {
        let study = try scratch.study(
            sweep(
                "experiment: b\nspace: {rate: {log_range: [0.01, 1.0], points: 3}, k: [1, 2, 3, <b>]}\nfixed: {e: 7}\nseeds: [1]"
            ))
        try study.run { trial, _ in (trial.coordinates["rate"] ?? 0) / 2 }
        return study
    }

    @Test func `says which settings the values go with`() throws {
        let study = try large()
        let report = try report(study)
        #expect(report.importance.map(\.setting) == ["rate", "k"])
        // η² of k is 0, which adjusted is 1 − (12 − 1)/(12 − 4) = −3/8.
        #expect(report.importance[0].share == 1 && abs(report.importance[1].share + 0.375) < 1e-12)
        #expect(
            report.text(.text, figure).hasSuffix(
                """

                12 complete

                variance of mAP that goes with one setting alone (adjusted, ε²):
                setting  share  trials
                rate     100 %      12
                k          0 %      12

                folder: \(study.folder.url.path)

                """))
        let json = try JSONDecoder().decode(Document.self, from: JSONEncoder().encode(report))
        #expect(json.importance.map(\.setting) == ["rate", "k"] && json.importance.map(\.groups) == [3, 4])
        #expect(json.importance.map(\.trials) == [12, 12] && json.importance[0].share == 1)
    }

    private struct Document: Decodable {
        struct Importance: Decodable {
            let setting: String
            let share: Double
            let trials: Int
            let groups: Int
        }

        let importance: [Importance]
    }

    // MARK: The page

    /// Rates of 0.01, 0.1 and 1 at 0.5, 5 and 50 %, whose axis reaches from 0 to 60: 156 − 148 · 50/60 = 32.7.
    @Test func `is a page with charts`() throws {
        let study = try large()
        let page = SweepPage(try report(study), of: study, figure)
        try page.write()
        let text = try String(contentsOf: study.folder.pageFile, encoding: .utf8)
        #expect(study.folder.pageFile.lastPathComponent == "sweep.html" && text == page.page.text)
        let pieces = [
            "<h1>sweep rate</h1>", "12 complete · computed in 24 s", "Best is trial 9: mAP 50.0, with</p><pre>rate=1",
            "<h2>What is varied</h2>", "<td>rate</td><td>0.01 to 1.0, equal ratios</td>",
            "<td>1, 2, 3, &quot;&lt;b&gt;&quot;</td>", "<td>fixed</td><td>e=7</td>",
            "<td>mAP of the last row, maximize</td>",
            "<h2>The 10 best of 12 trials</h2>", "<h2>Course</h2>", "<figcaption>mAP, %</figcaption>", "best until then",
            "<h2>Settings</h2>", "<figcaption>mAP, % over rate</figcaption>", ">0.01</text>", ">0.1</text>", ">1</text>",
            "<h2>Importance of settings</h2>",
            "<td>rate</td><td class=\"number\">100 %<svg",
        ]
        var rest = text[...]
        for piece in pieces {
            let range = try #require(rest.range(of: piece), "\(piece)")
            rest = rest[range.upperBound...]
        }
        // The best trial on the axis of rates, and among four choices: at 44 + 308 · 1/8.
        #expect(text.contains("class=\"points c1\" d=\"M352 32.7h0.1\""))
        #expect(text.contains("class=\"points c1\" d=\"M82.5 32.7h0.1\""))
        #expect(!text.contains("<b>") && !text.contains("<script"))
    }

    /// What was given up is shown at its last value; what failed with its reason; with nothing complete there is no ranking.
    @Test func `is a page whatever became of the trials`() throws {
        let study = try scratch.study(
            sweep("experiment: b\nspace: {rate: [1, 2, 3]}\nseeds: [1]\npruner: {median: {stage: s}}"))
        let empty = SweepPage(try report(study), of: study, figure).page.text
        #expect(empty.contains("No trial is complete yet.") && !empty.contains("<figure"))
        guard case .trial(let first, _) = try study.claim() else {
            Issue.record("no trial")
            return
        }
        _ = try study.report(0.25, at: 0, of: first)
        _ = try study.report(0.5, at: 1, of: first)
        _ = try study.prune(first, last: 0.5, seed: 1, seconds: 1)
        guard case .trial(let second, _) = try study.claim() else {
            Issue.record("no trial")
            return
        }
        _ = try study.fail(second, "no <room>")
        let page = SweepPage(try report(study), of: study, figure).page.text
        #expect(page.contains("given up, last value") && page.contains("<td>no &lt;room&gt;</td>"))
        // Alone at 50 it lies in the middle of 20 to 80, and of the first of three names: 44 + 308/6.
        #expect(page.contains("class=\"points c1\" d=\"M95.3 82h0.1\""))
        #expect(!page.contains("<h2>Trials</h2>"))
    }
}
