// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

private func forecast(_ seconds: Double, memory: Int = 0, disk: Int = 0, scratch: Int = 0) -> StageForecast {
    StageForecast(seconds: seconds, memoryBytes: memory, diskBytes: disk, scratchBytes: scratch)
}

@Suite struct `The forecast of a run` {
    @Test func `adds up time and what is left, and takes the most of memory and checkpoints`() {
        let run = RunForecast([
            "a": forecast(60, memory: 3 << 30, disk: 1 << 20, scratch: 4 << 20),
            "b": forecast(30, memory: 2 << 30, disk: 2 << 20, scratch: 8 << 20),
        ])
        #expect(run.seconds == 90 && run.memoryBytes == 3 << 30 && run.diskBytes == 11 << 20)
        #expect("\(run)" == "in all about 1 min 30 s, at most 3.0 GiB of memory and 11.0 MiB on disk")
    }

    /// A card has the most that any stage takes of it; the stage that computes nothing takes none.
    @Test func `says what a card has to hold, where one computes`() throws {
        let onCard = StageForecast(seconds: 60, memoryBytes: 1 << 30, cardBytes: 5 << 30, diskBytes: 0, scratchBytes: 0)
        let run = RunForecast(["a": onCard, "b": forecast(30, memory: 2 << 30)])
        #expect(run.cardBytes == 5 << 30 && RunForecast(["b": forecast(30)]).cardBytes == nil)
        #expect(
            "\(onCard)" == "about 1 min 00 s, 1.0 GiB of memory, 5.0 GiB of the card's, 0 B on disk and 0 B while it runs")
        #expect("\(run)" == "in all about 1 min 30 s, at most 2.0 GiB of memory, 5.0 GiB of the card's and 0 B on disk")
        guard case .object(let members) = try JSONValue(encoding: onCard) else {
            Issue.record("no object")
            return
        }
        #expect(members["card_bytes"] == .integer(5 << 30))
    }

    /// Stages that were thought to take 60 s have taken 90: the rest, 40 s, is taken for 60.
    @Test func `is corrected by what stages have taken`() {
        var outlook = RunOutlook(RunForecast(["a": forecast(20), "b": forecast(40), "c": forecast(40)]))
        #expect(outlook.seconds(of: ["b", "c"]) == 80)
        outlook.finished("a", seconds: 50)
        outlook.finished("b", seconds: 40)
        // Reused, and of no consequence.
        outlook.finished("x", seconds: 1000)
        #expect(outlook.seconds(of: ["c", "x"]) == 60)
        #expect(outlook.seconds(of: []) == 0)
        #expect(RunOutlook(nil).seconds(of: ["c"]) == nil)
        // A sum without one of its parts would be too low.
        let partial = RunOutlook(RunForecast(["a": forecast(20)], unmeasured: ["b"]))
        #expect(partial.seconds(of: ["a", "b"]) == nil && partial.seconds(of: ["a"]) == 20)
    }

    @Test func `stands in the plan and its JSON document`() throws {
        let counting = try Counting()
        let scratch = try Scratch()
        var status = PlanStatus(of: counting.plan, logs: scratch.url)
        #expect(!"\(status)".contains("about"))
        status.forecast = RunForecast(["adapt": forecast(65, memory: 1 << 30, disk: 1 << 20, scratch: 2 << 20)])
        #expect(
            "\(status)".contains(
                "   about 1 min 05 s, 1.0 GiB of memory, 1.0 MiB on disk and 2.0 MiB while it runs\n"))
        #expect("\(status)".hasSuffix("in all about 1 min 05 s, at most 1.0 GiB of memory and 3.0 MiB on disk"))
        let tree = try JSONValue(encoding: status)
        guard case .object(let members) = tree, case .object(let total)? = members["forecast"] else {
            Issue.record("no forecast in \(tree.canonicalText)")
            return
        }
        #expect(
            total == ["seconds": 65, "memory_bytes": 1_073_741_824, "disk_bytes": 1_048_576, "scratch_bytes": 2_097_152])
    }
}
