// SPDX-License-Identifier: MIT

import Experiments
import Foundation
import Pipeline
import Testing

@testable import passerby

/// A folder with a table of two small experiments, of which the second begins with the first's stage.
private final class TableHome {
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

    func runs() throws -> [String] { try RunCatalogue(logs: home.logs).list().map(\.run.experiment).sorted() }
}

@Suite(.serialized) struct `passerby reproduce` {
    @Test func `runs what is missing, once, and prints ours beside the published`() throws {
        let home = try TableHome()
        let planned = try home.reproduce(["small", "--plan"])
        #expect(
            planned.code == 75 && planned.messages.contains("missing: one seed=1, two seed=1: not run yet\n"),
            "\(planned.messages)")
        #expect(
            planned.messages.contains("2 of 2 runs of 'small' are missing, for the reasons above; the same command goes on"))
        #expect(try home.runs().isEmpty)
        let first = try home.reproduce(["small"])
        #expect(first.code == 0, "\(first.messages)")
        #expect(try home.runs() == ["one", "two"])
        let row = try #require(first.output.split(separator: "\n").first { $0.hasPrefix("transfer") })
        #expect(row.contains(" 100.0 "))
        #expect(first.output.contains("run of transfer: one/") && first.output.contains("'adapted' "))
        #expect(first.output.contains(", paired bootstrap over 8 queries)"))
        // The second experiment has taken its first stage from the first one's run.
        let two = try RunCatalogue(logs: home.home.logs).list().first { $0.run.experiment == "two" }
        let result = try RunCatalogue(logs: home.home.logs).details(of: try #require(two).run)
        #expect("\(result.text(columns: .metrics, headline: .headline))".contains("reused"))
        let again = try home.reproduce(["small"])
        #expect(again.code == 0 && again.output == first.output)
        #expect(again.messages.contains("1 of 2, one seed=1: is there, "))
        #expect(try home.runs() == ["one", "two"])
        // Runs of one experiment with several seeds, put together; the first is there already.
        let group = try home.home.passerby(["run", "one", "--seeds", "1..2", "--threads", "1"])
        #expect(group.code == 0 && group.messages.contains("run: 1 of 2, one seed=1: is there, "), "\(group.messages)")
        let line = try #require(String(decoding: group.output, as: UTF8.self).split(separator: "\n").last)
        #expect(line.hasPrefix("one         direct transfer  2  ") && line.contains(" ± "))
        let compared = try home.home.passerby(["runs", "compare", "--group", "one"])
        #expect("\n" + String(decoding: compared.output, as: UTF8.self) == String(decoding: group.output, as: UTF8.self))
        // Another preset takes other rows of the same runs; another seed is another run.
        let twin = try home.reproduce(["small", "--preset", "synthetic", "--plan"])
        #expect(twin.code == 0 && twin.output.contains("run of transfer: two/"), "\(twin.messages)")
        let seeds = try home.reproduce(["small", "--plan", "--seeds", "2"])
        #expect(seeds.code == 75 && seeds.messages.contains("missing: two seed=2: not run yet\n"))
    }

    @Test func `ends with 1 where a row stays behind by more than is tolerated`() throws {
        let home = try TableHome(tolerance: 0.5)
        let (code, output, messages) = try home.reproduce(["small", "--format", "markdown"])
        #expect(code == 1, "\(messages)")
        #expect(output.contains("mAP to the published one; tolerated are −0.5\n"))
    }

    @Test func `runs the others where data are missing, and says which`() throws {
        let home = try TableHome()
        let (code, output, messages) = try home.reproduce(["lacking"])
        #expect(code == 75 && output.contains("12.3"), "\(messages)")
        #expect(messages.contains("2 of 2, elsewhere seed=1: cannot be run here\n"))
        #expect(messages.contains("1 of 2 runs of 'lacking' is missing, for the reasons above; the same command goes on"))
        #expect(try home.runs() == ["one"])
    }

    @Test func `knows its tables`() throws {
        let home = try TableHome()
        let (code, _, messages) = try home.reproduce(["smal"])
        #expect(code == 64)
        #expect(
            messages.contains("no table 'smal': there is no file experiments/tables/smal.yaml; known are lacking, small, or")
        )
        let none = try home.reproduce(["lacking", "--preset", "synthetic"])
        #expect(
            none.code == 64
                && none.messages.contains("the table 'lacking' has no row with an experiment for --preset synthetic"))
    }
}
