// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `A claim to a run` {
    let logs: Scratch

    init() throws {
        logs = try Scratch()
    }

    private func plan(seed: UInt64) throws -> Plan {
        try Plan(
            experiment: "visda/base", seed: seed, dataDigest: ContentDigest(of: "data"),
            stages: [StagePlan(name: "train", method: "count", settings: [:], inputs: [], outputs: [])])
    }

    @Test func `is one process's at a time, and says whose`() throws {
        let (one, two) = (try plan(seed: 1), try plan(seed: 2))
        #expect(RunClaim.holder(of: one, in: logs.url) == nil)
        do {
            let claim = try RunClaim(one, in: logs.url, now: 3)
            #expect(!claim.isInherited)
            let holder = try #require(RunClaim.holder(of: one, in: logs.url))
            #expect(holder.pid == getpid() && holder.since == 3)
            let error = #expect(throws: PipelineError.self) { try RunClaim(one, in: logs.url, now: 4) }
            #expect(error?.description.contains(": in use by \(holder); ") == true)
            // Another run of the experiment is another's.
            #expect(RunClaim.holder(of: two, in: logs.url) == nil)
            _ = try RunClaim(two, in: logs.url, now: 4)
        }
        #expect(RunClaim.holder(of: one, in: logs.url) == nil)
        #expect(names(in: logs.url.appendingPathComponent("visda/base")) == [])
    }

    @Test func `is taken over from a process that is gone`() throws {
        let plan = try plan(seed: 1)
        let folder = logs.url.appendingPathComponent("visda/base")
        do {
            let claim = try RunClaim(plan, in: logs.url, now: 3)
            let file = folder.appendingPathComponent(try #require(names(in: folder).first))
            // As if its process had been another, above the greatest process number that Linux gives, 2²².
            try JSONFile.write(
                LockHolder(
                    token: "left", pid: 4_194_305, host: ThisProcess.host, namespace: ThisProcess.namespace,
                    startTicks: nil, since: 3), to: file)
            withExtendedLifetime(claim) {}
        }
        #expect(names(in: folder).count == 1 && RunClaim.holder(of: plan, in: logs.url) == nil)
        #expect(try RunClaim(plan, in: logs.url, now: 4).isInherited)
        #expect(names(in: folder) == [])
    }

    /// As `passerby run` works on it.
    @Test func `is not needed to be found at a run`() throws {
        let plan = try plan(seed: 1)
        let run = try RunFolder.create(in: logs.url, plan: plan, experiment: "")
        let lock = try ProcessLock(run.lockFile, run: run.name(in: plan), now: 3)
        #expect(RunClaim.holder(of: plan, in: logs.url)?.run == run.name(in: plan))
        #expect(RunClaim.worker(on: plan, in: logs.url)?.run == run.name(in: plan))
        withExtendedLifetime(lock) {}
    }
}
