// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import Testing

@testable import Pipeline

@Suite struct `The seconds of a stage` {
    let scratch: Scratch
    let time = ManualTime()

    init() throws {
        scratch = try Scratch()
    }

    @Test func `are those of all attempts together`() throws {
        var counting = try Counting()
        let folder = try counting.create(in: scratch.url)
        // Ten seconds an epoch; stopped by an error in the third, 5 s into it.
        counting.at = { [time] moment in
            if moment == "translate epoch 2" {
                time.seconds += 5
                throw Killed()
            }
            if moment.contains("saves") { time.seconds += 10 }
        }
        #expect(throws: Killed.self) { try counting.orchestrator(folder, time: time).run() }
        counting.at = { [time] in if $0.contains("saves") { time.seconds += 10 } }
        let result = try counting.orchestrator(folder, until: "translate", time: time).run()
        #expect(result.stages.map(\.seconds) == [35])
        let again = try counting.orchestrator(folder, until: "translate", time: time).run()
        #expect(again.stages.map(\.seconds) == [35])
    }

    @Test func `lose with a kill no more than those since the last checkpoint`() async throws {
        let logs = scratch.url.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [logs = logs as String] in
            var counting = try Counting()
            let time = ManualTime()
            counting.at = { moment in
                if moment == "translate epoch 2" {
                    time.seconds += 5
                    kill(getpid(), SIGKILL)
                }
                if moment.contains("saves") { time.seconds += 10 }
            }
            _ = try counting.orchestrator(counting.create(in: URL(fileURLWithPath: logs)), time: time).run()
        }
        var counting = try Counting()
        counting.at = { [time] in if $0.contains("saves") { time.seconds += 10 } }
        let folder = try RunFolder.resumable(in: scratch.url, plan: counting.plan)
        let result = try counting.orchestrator(folder, until: "translate", time: time).run()
        #expect(result.stages.map(\.seconds) == [30])
    }

    @Test func `are shown with the checkpoints' share of them, which is recorded`() throws {
        var counting = try Counting(epochs: ["translate": 3, "pretrain": 2, "adapt": 1])
        counting.at = { [time] moment in
            if moment.contains("epoch") { time.seconds += 49 }
            if moment.contains("saves") { time.seconds += 1 }
        }
        let folder = try counting.create(in: scratch.url)
        let output = Recorder()
        _ = try counting.orchestrator(folder, until: "translate", output: output, time: time).run()
        #expect(output.text == "translate  done in 2 min 30 s, checkpoints 2.0 % of it\n")
        let events = try Event.read(from: folder.eventsFile).filter { $0.name.hasPrefix("checkpoint/") }
        let pair = ["checkpoint/seconds", "checkpoint/bytes"]
        #expect(events.map(\.name) == pair + pair + pair)
        #expect(events.map(\.value) == [1, 1, 1, 1, 1, 1] && events.map(\.epoch) == [0, 0, 1, 1, 2, 2])
    }
}
