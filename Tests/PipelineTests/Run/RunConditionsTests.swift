// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `A run that is gone on with` {
    let scratch: Scratch
    let counting: Counting
    let folder: RunFolder
    let facts = ["processor": "Abacus", "kernels": "Beads"]

    /// A run that was begun with 2 threads.
    init() throws {
        scratch = try Scratch()
        counting = try Counting()
        folder = try counting.create(in: scratch.url)
        try JSONFile.write(RunConditions(threads: 2, facts: facts), to: folder.conditionsFile)
    }

    private func conditions(_ offer: ConditionsOffer) throws -> RunConditions {
        try offer.conditions(goingOnWith: folder, plan: counting.plan)
    }

    @Test(arguments: [nil, 2])
    func `has the threads that it began with, whether they are given or not`(threads: Int?) throws {
        let offer = ConditionsOffer(threads: threads, usualThreads: 8, facts: facts)
        #expect(try conditions(offer) == RunConditions(threads: 2, facts: facts))
        #expect(offer.fresh.threads == threads ?? 8)
    }

    @Test func `refuses other threads, and says both numbers and how to go on`() throws {
        let error = #expect(throws: PipelineError.self) { try conditions(ConditionsOffer(threads: 3, facts: facts)) }
        #expect(
            error?.description == """
                count/\(folder.run) was begun with --threads 2, and --threads 3 gives other bits: leave --threads out to go on \
                as it began, or add --other-machine to go on with 3, which its results will say
                """)
    }

    @Test func `refuses another machine, and says every fact`() throws {
        let error = #expect(throws: PipelineError.self) {
            try conditions(ConditionsOffer(threads: nil, facts: ["processor": "Slide rule", "kernels": "Cursor"]))
        }
        #expect(
            error?.description == """
                count/\(folder.run) was begun under other conditions, which give other bits: kernels: Beads then, Cursor now; \
                processor: Abacus then, Slide rule now. Go on with it where it began, or add --other-machine to go on here, \
                which its results will say
                """)
    }

    @Test func `asks nothing of facts that were not kept, or are not known now`() throws {
        let offered = ["processor": "Abacus", "colour": "red"]
        let found = try conditions(ConditionsOffer(threads: nil, facts: offered))
        #expect(found == RunConditions(threads: 2, facts: offered))
        try FileManager.default.removeItem(at: folder.conditionsFile)
        #expect(try conditions(ConditionsOffer(threads: nil, usualThreads: 5)).threads == 5)
    }

    @Test func `goes on under others that are accepted, and its results say so from then on`() throws {
        let offer = ConditionsOffer(threads: 3, facts: ["processor": "Slide rule"], acceptsOthers: true)
        let accepted = try conditions(offer)
        let note =
            "begun under other conditions, so that its bits cannot be had again: processor: Abacus then, Slide rule "
            + "now; threads: 2 then, 3 now"
        #expect(accepted == RunConditions(threads: 3, facts: ["processor": "Slide rule"], notes: [note]))

        // One process stops after the first stage; the next, on the same machine, need not be told again.
        func run(_ conditions: RunConditions, until: String?) throws -> RunResult {
            try Orchestrator(
                plan: counting.plan, runFolder: folder, stages: counting.stages, until: until, output: Recorder(),
                conditions: conditions
            ).run()
        }
        #expect(try run(accepted, until: "translate").notes == [note])
        let later = try conditions(ConditionsOffer(threads: nil, facts: ["processor": "Slide rule"]))
        #expect(later == accepted)
        #expect(try run(later, until: nil).notes == [note])
    }

    @Test func `says nothing where what is accepted is the same`() throws {
        let offer = ConditionsOffer(threads: 2, facts: facts, acceptsOthers: true)
        #expect(try conditions(offer).notes == [])
    }
}
