// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import Testing

@testable import Pipeline

@Suite struct `A run killed with SIGKILL` {
    @Test(arguments: [
        "translate begins", "translate saves 0", "translate epoch 2", "pretrain saves 1", "adapt ends",
    ])
    func `is resumed by another process with the same figures`(moment: String) async throws {
        let scratch = try Scratch()
        let logs = scratch.url.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [logs = logs as String, moment] in
            var counting = try Counting()
            counting.at = { if $0 == moment { kill(getpid(), SIGKILL) } }
            _ = try counting.orchestrator(counting.create(in: URL(fileURLWithPath: logs))).run()
        }
        let counting = try Counting()
        let folder = try RunFolder.resumable(in: scratch.url, plan: counting.plan)
        #expect(try folder.result()?.status == .running)
        #expect(ProcessLock.holder(in: folder.lockFile)?.isAlive == false)
        let result = try counting.orchestrator(folder).run()
        #expect(result.status == .completed)
        #expect(result.rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
        #expect(names(in: folder.stageFolder("adapt")) == ["manifest.json", "sum.txt"])
    }
}
