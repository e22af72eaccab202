// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `A run lock` {
    let scratch: Scratch
    var url: URL { scratch.url.appendingPathComponent("run.lock") }

    init() throws {
        scratch = try Scratch()
    }

    func leave(pid: Int32, host: String = ThisProcess.host, startTicks: UInt64? = nil) throws {
        let holder = LockHolder(pid: pid, host: host, startTicks: startTicks, since: 3)
        try JSONFile.write(holder, to: url)
    }

    @Test func `names its holder and is gone with it`() throws {
        do {
            let lock = try RunLock(url, now: 3)
            let pid = getpid()
            let start = ThisProcess.startTicks(of: pid)
            #expect(RunLock.holder(in: url)
                == LockHolder(pid: pid, host: ThisProcess.host, startTicks: start, since: 3))
            let error = #expect(throws: PipelineError.self) { try RunLock(url, now: 4) }
            #expect(error?.description
                == "\(url.path): in use by process \(pid) on \(ThisProcess.host); \(remedy)")
            withExtendedLifetime(lock) {}
        }
        #expect(!exists(url))
        _ = try RunLock(url, now: 5)
    }

    @Test func `is taken over from a process that is gone`() throws {
        // Above the greatest process number that Linux gives, 2²².
        try leave(pid: 4_194_305)
        let lock = try RunLock(url, now: 4)
        #expect(RunLock.holder(in: url)?.pid == getpid())
        withExtendedLifetime(lock) {}
    }

    @Test func `is taken over when the process's number has passed to another`() throws {
        try leave(pid: getpid(), startTicks: 1)
        _ = try RunLock(url, now: 4)
    }

    @Test func `is taken over when its file is torn`() throws {
        try Data("{\"pi".utf8).write(to: url)
        _ = try RunLock(url, now: 4)
    }

    @Test func `is left to a process that runs, and to one of another machine`() throws {
        try leave(pid: getpid(), startTicks: ThisProcess.startTicks(of: getpid()))
        #expect(throws: PipelineError.self) { try RunLock(url, now: 4) }
        try leave(pid: 4_194_305, host: "node-7.cluster")
        let error = #expect(throws: PipelineError.self) { try RunLock(url, now: 4) }
        #expect(error?.description == "\(url.path): in use by process 4194305 on node-7.cluster; \(remedy)")
        #expect(RunLock.holder(in: url)?.pid == 4_194_305)
    }
}
