// SPDX-License-Identifier: MIT

import Data
import Foundation
import Pages
import Retrieval
import Testing

@testable import Experiments
@testable import Pipeline

private typealias Bytes = Foundation.Data

/// A run's folder made by hand, removed with the value: a stage `adapt`, and one after it that is not done.
private final class MadeRun {
    let logs = FileManager.default.temporaryDirectory.appendingPathComponent("report-\(UUID().uuidString)")
    let folder: RunFolder
    let plan: Plan

    /// - Parameter word: Stands wherever a name can.
    init(_ word: String = "adapt") throws {
        let stages = [word, "later"].map { name in
            StagePlan(name: name, method: word, settings: [:], inputs: [StagePlan.data], outputs: [])
        }
        plan = try Plan(experiment: word, seed: 1, dataDigest: ContentDigest(of: ""), stages: stages)
        folder = try RunFolder.create(in: logs, plan: plan, experiment: "backbone: \(word)\n", now: 1_769_852_700)
    }

    deinit { try? FileManager.default.removeItem(at: logs) }

    var page: String { get throws { try RunReport(of: folder).page().text } }

    /// Ends the first stage with rows, after 125 seconds.
    func end(_ rows: [ResultRow], error: String? = nil, _ request: RunRequest? = nil) throws {
        let stage = plan.stages[0]
        let manifest = StageManifest(
            format: Plan.formatVersion, stage: stage.name, method: stage.method, key: plan.key(of: stage),
            origin: folder.name(in: plan), reused: false, seconds: 125, boundaries: 0, states: [:], artefacts: [],
            metrics: ["images": 7], rows: rows, notes: nil)
        let place = folder.stageFolder(stage.name)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try JSONFile.write(manifest, to: place.appendingPathComponent("manifest.json"))
        var result = RunResult(experiment: plan.experiment, run: folder.run)
        result.append(manifest)
        result.status = error == nil ? .completed : .failed
        result.error = error
        result.provenance = request.map { RunProvenance($0, seed: 1, under: nil) }
        try JSONFile.write(result, to: folder.resultFile)
    }

    func record(_ values: [(epoch: Int, name: String, value: Double)]) throws {
        let lines = try values.map { epoch, name, value in
            try JSONFile.encoder().encode(
                Event(
                    time: 60 * Double(epoch), stage: plan.stages[0].name, epoch: epoch, step: nil, name: name, value: value))
                + Bytes("\n".utf8)
        }
        try lines.reduce(Bytes(), +).write(to: folder.eventsFile)
    }

    func attest(_ evidence: RankingEvidence, as name: String) throws {
        let place = folder.evidence(of: plan.stages[0].name)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try evidence.file().write(to: place.appendingPathComponent(name))
    }
}

/// One list: a query and three neighbours, each picture of one colour, 2 × 3 pixels; distances from 0 to 1 in 40 bins.
private func evidence(
    _ subject: RankingEvidence.Subject, named name: String = "x.jpg", picture: Bytes? = nil, lists: Int = 1
) throws -> RankingEvidence {
    let grey = try Bytes(Image(width: 2, height: 3, red: 90, green: 90, blue: 90).png())
    func shot(_ number: Int) -> RankingEvidence.Shot {
        .init(name: name, identity: number, camera: 2, picture: "p\(number)")
    }
    let nearest = RankingInspection.Verdict.allCases.enumerated().map { index, verdict in
        RankingEvidence.Neighbour(shot: shot(index + 1), distance: 0.25, verdict: verdict)
    }
    let histogram = try JSONFile.decoder().decode(
        DistanceHistogram.self,
        from: Bytes(
            """
            {"lower": 0, "upper": 2, "counts": {
              "same identity, other camera": [3\(String(repeating: ",0", count: 38)),1],
              "other identity, same camera": [0\(String(repeating: ",0", count: 38)),0]}}
            """.utf8))
    return RankingEvidence(
        subject: subject, rankingProtocol: .market1501, measure: .cosine, averagePrecisions: [0.5],
        lists: (0..<lists).map { _ in .init(grade: .worst, averagePrecision: 0.125, query: shot(0), nearest: nearest) },
        histogram: histogram, pictures: Dictionary(uniqueKeysWithValues: (0..<4).map { ("p\($0)", picture ?? grey) }))
}

private func row(_ name: String, _ figures: [String: Double] = ["mAP": 0.5]) -> ResultRow {
    ResultRow(name: name, evaluationProtocol: "market1501", figures: figures)
}

@Suite struct `A report` {
    @Test func `says what ran, how long, and what is not done`() throws {
        let run = try MadeRun()
        try run.end([])
        let page = try run.page
        #expect(
            page.contains("<h1>adapt</h1>")
                && page.contains("begun 2026-01-31 09:45:00 UTC · completed · computed in 2 min 05 s"))
        #expect(page.contains("<tr><td>adapt</td><td>adapt</td><td class=\"number\">2 min 05 s<svg "))
        #expect(page.contains("<td>computed, images 7</td>"))
        #expect(page.contains("<tr><td>later</td><td>adapt</td><td class=\"number\">-</td><td>not done</td></tr>"))
    }

    @Test func `has the rows with their picks, and says what those are`() throws {
        let run = try MadeRun()
        try run.end([row("adapted, oracle pick", ["mAP": 0.703, "top1": 0.85, "epoch": 12, "network": 2]), row("adapted")])
        let page = try run.page
        #expect(page.contains("<td>adapted, oracle pick</td><td class=\"number\">70.3<svg "))
        #expect(page.contains("<rect width=\"70.3\" height=\"8\">"))
        #expect(page.contains("<td class=\"number\">12</td><td class=\"number\">2</td><td>market1501</td>"))
        #expect(page.contains("the oracle pick needs the target&#39;s labels"))
    }

    /// Epoch 1 was interrupted and done again: the later value counts. The axes reach from 1 to 3 and from 0 to 4.
    @Test func `draws losses over epochs, for each training of the stage`() throws {
        let run = try MadeRun()
        try run.record([
            (0, "n1/loss/triplet", 4), (1, "n1/loss/triplet", 9), (1, "n1/loss/triplet", 2), (2, "n1/loss/triplet", 0),
            (0, "n2/loss/triplet", 1), (0, "n1/checkpoint/seconds", 5), (0, "clusters", 30), (1, "clusters_change", 3),
        ])
        let page = try run.page
        let titles = page.matches(of: /<figure class="chart"><figcaption>(.*?)<\/figcaption>/).map { String($0.1) }
        #expect(titles == ["loss: triplet", "clusters"])
        #expect(page.contains("<path class=\"curve c0\" d=\"M44 8L198 82L352 156\">"))
        #expect(
            page.contains("</svg>n1<span class=\"last\"> 0</span>")
                && page.contains("</svg>n2<span class=\"last\"> 1</span>"))
    }

    @Test func `has the scores of several networks in one chart`() throws {
        let run = try MadeRun()
        try run.record([(2, "mAP/mean1", 0.5), (2, "mAP/mean2", 0.625), (2, "oracle_mAP", 0.625)])
        let names = try run.page.matches(of: /<\/svg>([^<]*)<span class="last"> ([^<]*)</).map { "\($0.1) \($0.2)" }
        #expect(names == ["mean1 50", "mean2 62.5", "best until then 62.5"])
    }

    @Test func `frames what is right and wrong, and says so without a colour`() throws {
        let run = try MadeRun()
        try run.end([row("adapted")])
        try run.attest(evidence(.row("adapted")), as: "row-1.json")
        let page = try run.page
        #expect(page.contains("<details open=\"\"><summary>adapted: mAP 50.0</summary><p><strong>worst · AP 12.5</strong>"))
        let figures = page.matches(
            of: /<figure class="(\w+)"><img [^>]*alt="([^"]*)"[^>]*><figcaption>([^<]*)<\/figcaption>/
        )
        .map { "\($0.1) | \($0.2) | \($0.3)" }
        #expect(
            figures == [
                "query | query: x.jpg, identity 0, camera 3 | query", "right | right: x.jpg, identity 1, camera 3 | ✓ c3",
                "wrong | wrong: x.jpg, identity 2, camera 3 | ✗ c3", "ignored | ignored: x.jpg, identity 3, camera 3 | – c3",
            ])
    }

    /// A distance of 0 is a cosine of 1: three of four pairs lie in the last bin, from 0.975 on, and the axis goes up to 80.
    @Test func `shows cosines, not distances, and only kinds of pairs that there are`() throws {
        let run = try MadeRun()
        try run.end([row("adapted")])
        try run.attest(evidence(.row("adapted")), as: "row-1.json")
        let page = try run.page
        #expect(page.contains("<figcaption>adapted: pairs, %</figcaption>") && page.contains(">cosine</text>"))
        #expect(page.contains("H344.3V17.2H352V156\""))
        #expect(page.contains("</svg>same identity, other camera<") && !page.contains("</svg>other identity, same camera<"))
    }

    /// Of two networks that were scored after the second epoch, the row is of the second.
    @Test func `finds what a pick is made of by its epoch and network`() throws {
        let run = try MadeRun()
        let pick = row("adapted, oracle pick", ["mAP": 0.5, "epoch": 2, "network": 2])
        try run.end([pick, row("adapted", ["mAP": 0.25, "epoch": 3, "network": 1])])
        for (epoch, network) in [(2, 1), (2, 2)] {
            try run.attest(
                evidence(.epoch(epoch, network: network), named: "e\(epoch)n\(network).jpg"),
                as: "epoch-\(epoch)-\(network).json")
        }
        let page = try run.page
        #expect(page.contains("<summary>adapted, oracle pick: mAP 50.0</summary>") && page.contains("query: e2n2.jpg"))
        #expect(!page.contains("e2n1.jpg") && !page.contains("<summary>adapted: "))
    }

    @Test func `says with which settings, and which of them the command line had`() throws {
        let run = try MadeRun()
        let request = RunRequest(
            version: "1.2", revision: Revision(commit: String(repeating: "a", count: 40), changed: true),
            command: ["p", "run"],
            overrides: ["seed=2", "on_end=a=b"], file: "x.yaml", fileRevision: nil)
        try run.end([], request)
        let page = try run.page
        #expect(page.contains("Values come from x.yaml, or are defaults, but for these:"))
        #expect(page.contains("<tr><td>on_end</td><td>a=b</td><td>command line</td></tr>"))
        #expect(page.contains("<pre>backbone: adapt\n</pre>"))
        #expect(page.contains("<td>passerby 1.2 (aaaaaaaaaaaa, changed)</td>") && page.contains("<td>p run</td>"))
    }

    // MARK: Whatever there is

    /// One name for the experiment, a stage, its method, a row, an image, a setting, an error, a command and a recorded
    /// value.
    @Test(arguments: [#"<script>alert(1)<"#, #""><img src=x onerror='alert(1)'>"#, "<!--", "&lt;b&gt;", "a\u{202E}b"])
    func `has names of any kind as text`(word: String) throws {
        let run = try MadeRun(word)
        let request = RunRequest(
            version: word, revision: nil, command: [word], overrides: ["\(word)=\(word)", word], file: word,
            fileRevision: nil)
        try run.end([row(word)], error: word, request)
        try run.record([(0, "loss/\(word)", 1), (0, word, 1), (0, "\(word)/loss/\(word)", 1)])
        try run.attest(evidence(.row(word), named: word), as: "row-1.json")
        let tags = try run.page.matches(of: /<\/?([^\s>]*)/).map { String($0.1) }
        #expect(!tags.contains("script"))
        // The very tags of a page of harmless names, one by one.
        let plain = try MadeRun("word")
        try plain.end(
            [row("word")], error: "word",
            RunRequest(
                version: "word", revision: nil, command: ["word"], overrides: ["word=word", "word"], file: "word",
                fileRevision: nil))
        try plain.record([(0, "loss/word", 1), (0, "word", 1), (0, "word/loss/word", 1)])
        try plain.attest(evidence(.row("word"), named: "word"), as: "row-1.json")
        #expect(try tags == plain.page.matches(of: /<\/?([^\s>]*)/).map { String($0.1) })
    }

    @Test func `stays below its bound, and says what it left out`() throws {
        let run = try MadeRun()
        try run.end((1...30).map { row("row \($0)") })
        // Random bytes are no picture, which the report need not know: 100 kB, 133 kB in a page, four a list.
        let noise = Bytes((0..<100_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) })
        for number in 1...30 { try run.attest(evidence(.row("row \(number)"), picture: noise), as: "row-\(number).json") }
        try RunReport(of: run.folder).write()
        let file = try Bytes(contentsOf: run.folder.reportFile)
        #expect((5_500_000..<8_000_000).contains(file.count))
        let page = String(decoding: file, as: UTF8.self)
        #expect(page.contains("Some pictures were left out, so that this file stays below 8 MB"))
        // The last row has all of its own.
        #expect(page[try #require(page.range(of: "<summary>row 30:")).upperBound...].matches(of: /<img src/).count == 4)
    }

    @Test func `names what cannot be read, and shows the rest`() throws {
        let run = try MadeRun()
        try run.end([row("adapted")])
        try run.attest(evidence(.row("adapted")), as: "row-1.json")
        try "{}\n".write(to: run.folder.eventsFile, atomically: false, encoding: .utf8)
        try "{".write(
            to: run.folder.evidence(of: "adapt").appendingPathComponent("row-2.json"), atomically: false, encoding: .utf8)
        let page = try run.page
        #expect(page.contains("Left out: \(run.folder.eventsFile.path): line 1 is no event"))
        #expect(page.contains("row-2.json: not valid") && page.contains("<summary>adapted: mAP 50.0</summary>"))
    }

    /// The largest numbers that files can hold, a list of more neighbours than there are places, and a picture as flat as
    /// can be.
    @Test func `is written whatever numbers files hold`() throws {
        let run = try MadeRun()
        try run.end([row("adapted", ["mAP": .nan])])
        try run.record([(.max, "clusters", .infinity), (.min, "clusters", .nan), (0, "clusters", -.greatestFiniteMagnitude)])
        try run.attest(evidence(.row("adapted")), as: "row-1.json")
        let file = run.folder.evidence(of: "adapt").appendingPathComponent("row-1.json")
        let most = "\(Int.max)"
        let text = try String(contentsOf: file, encoding: .utf8)
            .replacing(#""camera":2"#, with: #""camera":\#(most)"#).replacing("[3,0,", with: "[\(most),\(most),")
            .replacing(#""upper":2"#, with: #""upper":"inf""#)
        let start = try #require(text.range(of: #""nearest":["#)), end = try #require(text.range(of: #"],"query":"#))
        let nearest = text[start.upperBound..<end.lowerBound]
        let longer = text.replacingCharacters(
            in: end.lowerBound..<end.lowerBound, with: ",\(nearest),\(nearest),\(nearest),\(nearest)")
        try longer.write(to: file, atomically: false, encoding: .utf8)
        let samples = run.folder.samples(of: "adapt")
        try FileManager.default.createDirectory(at: samples, withIntermediateDirectories: true)
        try Bytes(Image(width: 40_000, height: 3, red: 0, green: 0, blue: 0).png())
            .write(to: samples.appendingPathComponent("translation-\(most).png"))
        try RunReport(of: run.folder).write()
        let page = try run.page
        #expect(!page.contains("Left out") && page.contains("camera \(Int.min)") && page.contains("<h2>Translations</h2>"))
    }

    @Test func `is there for a run that has not begun, and for one of an earlier program`() throws {
        let run = try MadeRun()
        #expect(try run.page.contains("not begun"))
        try run.end([row("adapted")])
        let page = try run.page
        #expect(page.contains("The program that made this run kept no rankings: there is nothing to show of them."))
        #expect(page.contains("Nobody kept what made this result.") && page.contains("Where values came from was not kept."))
    }
}

@Suite struct `A report's pictures` {
    /// Each cell is 2 + 2·4 + 8 = 18 pixels wide, the query's set apart by 8 more: the neighbours' frames begin at 34, 52
    /// and 70.
    @Test func `frame neighbours by what they are`() throws {
        let image = try #require(RankPicture(evidence(.row("x"))).image)
        #expect(image.width == 11 * 18 + 24 && image.height == (3 + 16) + 8)
        func pixel(_ x: Int, _ y: Int) -> [UInt8] {
            Array(image.pixels[3 * (y * image.width + x)..<3 * (y * image.width + x) + 3])
        }
        #expect(
            [8, 34, 52, 70].map { pixel($0, 8) } == [[214, 219, 225], [0, 121, 92], [195, 65, 13], [214, 219, 225]])
        // Inside: as it is, and pale where it does not count, (90 + 2·255) / 3.
        #expect([12, 38, 56, 74].map { pixel($0, 12) } == [[90, 90, 90], [90, 90, 90], [90, 90, 90], [200, 200, 200]])
        #expect(pixel(28, 12) == [255, 255, 255])
    }

    /// A run writes its report after every stage: what it has drawn of earlier ones stays, until it is of something else.
    @Test func `are drawn once, and anew where they are asked for`() throws {
        let run = try MadeRun()
        try run.end([row("adapted")])
        try run.attest(evidence(.row("adapted")), as: "row-1.json")
        let picture = run.folder.reportPictures.appendingPathComponent("ranks-adapt-1.png")
        try RunReport(of: run.folder).write(renewing: false)
        let drawn = try Bytes(contentsOf: picture)
        func write(pictureAt time: Double, evidenceAt other: Double, renewing: Bool) throws -> Bool {
            try Bytes().write(to: picture)
            for (url, time) in [(picture, time), (run.folder.evidence(of: "adapt"), other)] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSince1970: time)], ofItemAtPath: url.path)
            }
            try RunReport(of: run.folder).write(renewing: renewing)
            return try Bytes(contentsOf: picture) == drawn
        }
        #expect(try !write(pictureAt: 2000, evidenceAt: 1000, renewing: false))
        #expect(try write(pictureAt: 1000, evidenceAt: 2000, renewing: false))
        #expect(try write(pictureAt: 2000, evidenceAt: 1000, renewing: true))
    }

    /// Three rows of eight images of 2 × 3 pixels, of the later of two epochs, and below them the target's, made as large.
    @Test func `have the target's images below the translations`() throws {
        let run = try MadeRun()
        try run.end([row("adapted")])
        let target = try Bytes(Image(width: 4, height: 6, red: 1, green: 2, blue: 3).png())
        try run.attest(evidence(.row("adapted"), picture: target, lists: 2), as: "row-1.json")
        let samples = run.folder.samples(of: "adapt")
        try FileManager.default.createDirectory(at: samples, withIntermediateDirectories: true)
        for (epoch, level) in [("0002", UInt8(10)), ("0010", 20)] {
            try Bytes(Image(width: 16, height: 9, red: level, green: level, blue: level).png())
                .write(to: samples.appendingPathComponent("translation-\(epoch).png"))
        }
        try RunReport(of: run.folder).write()
        let strip = try Image.decode(
            contentsOf: run.folder.reportPictures.appendingPathComponent("translation-adapt.png").path)
        #expect(strip.width == 16 && strip.height == 12)
        #expect(
            Array(strip.pixels.prefix(3)) == [20, 20, 20] && Array(strip.pixels[3 * 9 * 16..<3 * 9 * 16 + 3]) == [1, 2, 3])
        #expect(try run.page.contains("Rows from the top: source, translated, translated back, target. After epoch 10."))
    }
}
