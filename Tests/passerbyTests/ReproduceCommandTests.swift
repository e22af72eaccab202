// SPDX-License-Identifier: MIT

import Experiments
import Foundation
import Glibc
import Pipeline
import Testing

@testable import passerby

@Suite(.serialized) struct `passerby reproduce` {
    @Test func `runs what is missing, once, and prints ours beside the published`() throws {
        let home = try TableHome()
        let planned = try home.reproduce(["small", "--plan"])
        #expect(
            planned.code == 75 && planned.messages.contains("missing: one seed=1, two seed=1: not run yet\n"),
            "\(planned.messages)")
        #expect(
            planned.messages.contains("2 of 2 runs of 'small' are missing; nothing was run: without --plan they are\n"))
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

    /// The first is killed while it trains, and two others take its place.
    @Test func `shares its runs with other commands, each made once`() throws {
        let home = try TableHome()
        let killed = try home.beginReproducing(["small"])
        while try killed.isRunning && home.runs().isEmpty { usleep(10_000) }
        #expect(killed.isRunning)
        kill(killed.processIdentifier, SIGKILL)
        killed.waitUntilExit()
        let both = try (0..<2).map { _ in try home.beginReproducing(["small"]) }
        both.forEach { $0.waitUntilExit() }
        // One may have left the last run to the other, and not both.
        #expect([[0, 0], [0, 75]].contains(both.map(\.terminationStatus).sorted()))
        #expect(try home.runs() == ["one", "two"])
        let whole = try home.reproduce(["small", "--plan"])
        #expect(whole.code == 0 && whole.output.contains("run of adapted: two/"), "\(whole.messages)")
        // Nothing is left for a cluster.
        let launched = try home.reproduce(["small", "--launcher", "slurm"])
        #expect(launched.code == 0 && launched.output == whole.output)
        #expect(!FileManager.default.fileExists(atPath: home.home.logs.appendingPathComponent("tables").path))
    }

    @Test func `leaves runs to the processes that are at them`() throws {
        let home = try TableHome()
        let logs = home.home.logs
        let plans = try ["one", "two"].map(home.plan)
        let claims = try zip(plans, [3, 4]).map { try RunClaim($0, in: logs, now: $1) }
        let holders = try plans.map { try #require(RunClaim.holder(of: $0, in: logs)) }
        let reasons = """
            missing: one seed=1: \(holders[0]) works on it
            missing: two seed=1: \(holders[1]) works on it

            """
        let left = try home.reproduce(["small"])
        #expect(left.code == 75 && left.output.contains("run of adapted: two seed=1 missing\n"))
        #expect(
            left.messages == """
                reproduce small: 1 of 2, one seed=1: \(holders[0]) works on it
                reproduce small: 2 of 2, two seed=1: \(holders[1]) works on it
                \(reasons)error: 2 of 2 runs of 'small' are missing, for the reasons above; the same command goes on

                """)
        let planned = try home.reproduce(["small", "--plan"])
        #expect(planned.code == 75 && planned.messages.hasPrefix(reasons), "\(planned.messages)")
        let joined = try home.reproduce(["small", "--join"])
        #expect(joined.code == 0 && joined.messages.hasSuffix(reasons), "\(joined.messages)")
        // Of several seeds likewise.
        let seeds = try home.home.passerby(["run", "two", "--seeds", "1", "--threads", "1"])
        #expect(seeds.code == 75)
        #expect(
            seeds.messages.hasSuffix(
                "error: 1 of 1 seed came to no end: \(holders[1]) works on it; the same command goes on\n"))
        withExtendedLifetime(claims) {}
        #expect(try home.runs() == [])
    }

    @Test func `knows its tables`() throws {
        let home = try TableHome()
        let (code, _, messages) = try home.reproduce(["smal"])
        #expect(code == 64)
        #expect(
            messages.contains(
                "no table 'smal': there is no file experiments/tables/smal.yaml; did you mean 'small'? known are lacking, small, or"
            )
        )
        let none = try home.reproduce(["lacking", "--preset", "synthetic"])
        #expect(
            none.code == 64
                && none.messages.contains("the table 'lacking' has no row with an experiment for --preset synthetic"))
    }
}
