// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `A resumable run` {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    @Test func `is the newest unfinished one with the same plan`() throws {
        let counting = try Counting()
        let old = try counting.create(in: scratch.url, now: 1)
        let middle = try counting.create(in: scratch.url, now: 2)
        let other = try Counting(seed: 2).create(in: scratch.url, now: 3)
        #expect(try RunFolder.resumable(in: scratch.url, plan: counting.plan) == middle)
        _ = try counting.orchestrator(middle).run()
        #expect(try RunFolder.resumable(in: scratch.url, plan: counting.plan) == old)
        #expect(RunFolder.runs(of: "count", in: scratch.url) == [other, middle, old])
    }

    @Test func `need not have begun, but must have its plan`() throws {
        let counting = try Counting()
        let folder = try counting.create(in: scratch.url, now: 1)
        // A process killed between the folder and its plan.
        try DurableFile.makeFolders(folder.url.deletingLastPathComponent().appendingPathComponent("x"))
        #expect(try RunFolder.resumable(in: scratch.url, plan: counting.plan) == folder)
    }

    @Test func `is missed with a list of what is there and why it will not do`() throws {
        let counting = try Counting()
        let done = try counting.create(in: scratch.url, now: 1)
        _ = try counting.orchestrator(done).run()
        let other = try Counting(seed: 2, epochs: ["translate": 9, "pretrain": 2, "adapt": 1])
            .create(in: scratch.url, now: 2)
        let broken = try counting.create(in: scratch.url, now: 3)
        try Data("{".utf8).write(to: broken.planFile)
        let error = #expect(throws: PipelineError.self) {
            try RunFolder.resumable(in: scratch.url, plan: counting.plan)
        }
        #expect(
            error?.description == """
                \(scratch.url.path)/count: no unfinished run of 'count' to resume; found
                  \(broken.run): \(broken.planFile.path): not valid
                  \(other.run): differs in seed: "2" on record, "1" asked for; \
                stages.translate.settings.epochs: 9 on record, 3 asked for
                  \(done.run): completed
                """)
    }

    @Test func `is missed where there are no runs`() throws {
        let error = #expect(throws: PipelineError.self) {
            try RunFolder.resumable(in: scratch.url, plan: Counting().plan)
        }
        #expect(
            error?.description
                == "\(scratch.url.path)/count: no unfinished run of 'count' to resume; there are no runs")
    }
}
