// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import Synchronization
import Testing

@testable import Pipeline

/// Sets a file's time back by so many seconds, as if its holder had been silent since.
func age(_ url: URL, by seconds: Int) {
    let time = timespec(tv_sec: Glibc.time(nil) - seconds, tv_nsec: 0)
    withUnsafePointer(to: (time, time)) { pair in
        pair.withMemoryRebound(to: timespec.self, capacity: 2) { _ = utimensat(AT_FDCWD, url.path, $0, 0) }
    }
}

@Suite struct `A process lock` {
    let scratch: Scratch
    var url: URL { scratch.url.appendingPathComponent("run.lock") }

    init() throws {
        scratch = try Scratch()
    }

    func leave(
        pid: Int32, host: String = ThisProcess.host, namespace: String? = ThisProcess.namespace,
        boot: String? = ThisProcess.boot, startTicks: UInt64? = nil
    ) throws {
        try JSONFile.write(
            LockHolder(
                token: "left", pid: pid, host: host, namespace: namespace, boot: boot, startTicks: startTicks, since: 3,
                run: RunName(experiment: "visda/base", run: "r1")),
            to: url)
    }

    @Test func `names its holder and is gone with it, without a trace`() throws {
        do {
            let lock = try ProcessLock(url, run: RunName(experiment: "visda/base", run: "r1"), now: 3)
            let holder = try #require(ProcessLock.holder(in: url))
            #expect(holder.pid == getpid() && holder.host == ThisProcess.host && holder.since == 3)
            #expect(holder.startTicks == ThisProcess.startTicks(of: getpid()) && holder.startTicks != nil)
            let error = #expect(throws: PipelineError.self) { try ProcessLock(url, now: 4) }
            #expect(
                error?.description == """
                    \(url.path): in use by process \(getpid()) on \(ThisProcess.host) \
                    since 1970-01-01 00:00:03 UTC for run visda/base/r1; \(remedy)
                    """)
            try lock.check()
        }
        #expect(names(in: scratch.url) == [])
        _ = try ProcessLock(url, now: 5)
    }

    @Test func `is taken over from a process that is gone`() throws {
        // Above the greatest process number that Linux gives, 2²².
        try leave(pid: 4_194_305)
        #expect(ProcessLock.liveHolder(in: url) == nil)
        let lock = try ProcessLock(url, now: 4)
        #expect(ProcessLock.holder(in: url)?.pid == getpid())
        #expect(names(in: scratch.url) == ["run.lock"])
        withExtendedLifetime(lock) {}
    }

    @Test func `is taken over when the process's number has passed to another`() throws {
        try leave(pid: getpid(), startTicks: 1)
        _ = try ProcessLock(url, now: 4)
    }

    /// It ended, and the process that began it has not asked how.
    @Test func `is taken over from a process of which its number is all that is left`() throws {
        var pid: pid_t = 0
        let words = [strdup("true"), nil]
        defer { free(words[0]) }
        #expect(posix_spawn(&pid, "/bin/true", nil, nil, words, nil) == 0)
        let deadline = Date(timeIntervalSinceNow: 3600)
        while ThisProcess.status(of: pid)?.hasEnded != true, Date() < deadline { usleep(1000) }
        try leave(pid: pid, startTicks: ThisProcess.startTicks(of: pid))
        #expect(kill(pid, 0) == 0 && ProcessLock.liveHolder(in: url) == nil)
        waitpid(pid, nil, 0)
    }

    @Test func `is taken over from a process that did not note which run of its machine it was in`() throws {
        try leave(pid: 4_194_305, boot: nil)
        _ = try ProcessLock(url, now: 4)
        let old = #"{"host":"a","pid":7,"since":3,"token":"t"}"#
        let read = try JSONFile.decoder().decode(LockHolder.self, from: Data(old.utf8))
        #expect(read.boot == nil && read.description == "process 7 on a since 1970-01-01 00:00:03 UTC")
    }

    @Test func `says nothing of a process of which only the number can be seen`() throws {
        let own = LockHolder(run: nil, now: 3)
        #expect(own.isAlive(seeing: { _ in nil }) == nil && own.isAlive == true)
    }

    @Test(arguments: [
        ("node-7.cluster", ThisProcess.namespace, ThisProcess.boot), (ThisProcess.host, "pid:[1]", ThisProcess.boot),
        // Another machine of this name, or this one before it was started again.
        (ThisProcess.host, ThisProcess.namespace, "0b5b9ec4-0000-4000-8000-6d7f3d2c1a10"),
    ])
    func `is left to a process that cannot be seen, until that has been silent for long`(
        host: String, namespace: String?, boot: String?
    ) throws {
        try leave(pid: 4_194_305, host: host, namespace: namespace, boot: boot)
        age(url, by: 170)
        let error = #expect(throws: PipelineError.self) { try ProcessLock(url, now: 4) }
        #expect(error?.description.contains("process 4194305 on \(host)") == true)
        #expect(ProcessLock.liveHolder(in: url)?.token == "left")
        age(url, by: 190)
        let lock = try ProcessLock(url, now: 4)
        #expect(ProcessLock.holder(in: url)?.pid == getpid())
        withExtendedLifetime(lock) {}
    }

    @Test func `is left to a process that runs, however silent it is`() throws {
        try leave(pid: getpid(), startTicks: ThisProcess.startTicks(of: getpid()))
        age(url, by: 100_000)
        #expect(throws: PipelineError.self) { try ProcessLock(url, now: 4) }
    }

    @Test func `counts as held while its file cannot be understood, and for so long only`() throws {
        try Data("{\"pi".utf8).write(to: url)
        #expect(throws: PipelineError.self) { try ProcessLock(url, now: 4) }
        age(url, by: 190)
        let lock = try ProcessLock(url, now: 4)
        #expect(ProcessLock.holder(in: url)?.pid == getpid())
        withExtendedLifetime(lock) {}
    }

    @Test func `is touched by its holder, who notices when another has it`() throws {
        let lock = try ProcessLock(url, now: 4, rhythm: .init(interval: 0.02, limit: 10))
        age(url, by: 100)
        let old = try FileManager.default.attributesOfItem(atPath: url.path)[.modificationDate] as? Date
        func wait(until isDone: () -> Bool) {
            // Ends a test that would never end, however much else this machine does.
            let deadline = Date(timeIntervalSinceNow: 3600)
            while !isDone(), Date() < deadline { usleep(5000) }
        }
        wait {
            let now = try? FileManager.default.attributesOfItem(atPath: url.path)[.modificationDate] as? Date
            return now != old
        }
        #expect(Date().timeIntervalSince(old ?? Date()) > 99)
        try lock.check()
        try leave(pid: 1, host: "node-7.cluster")
        wait { (try? lock.check()) == nil }
        #expect(throws: PipelineError.lockLost(path: url.path)) { try lock.check() }
        // Nor does it take the other's file with it.
        withExtendedLifetime(lock) {}
    }

    @Test func `is looked at, before anything else, by a holder that slept`() throws {
        let time = ManualTime()
        let lock = try ProcessLock(
            url, run: nil, now: 4, rhythm: .init(interval: 1000, limit: 5000), elapsed: { time.seconds })
        time.seconds = 30_000
        try lock.check()
        try leave(pid: 1, host: "node-7.cluster")
        try lock.check()
        time.seconds = 60_000
        #expect(throws: PipelineError.lockLost(path: url.path)) { try lock.check() }
    }

    @Test func `stays with whoever took it over when its former holder ends`() throws {
        do {
            let lock = try ProcessLock(url, now: 4)
            try leave(pid: 1, host: "node-7.cluster")
            withExtendedLifetime(lock) {}
        }
        #expect(ProcessLock.holder(in: url)?.token == "left")
    }

    @Test func `is not taken over twice when two find it abandoned`() throws {
        try leave(pid: 4_194_305)
        // Another has just claimed it and not yet put itself there: it has the time to do so.
        let claim = scratch.url.appendingPathComponent(".run.lock.taken-left-1")
        try Data().write(to: claim)
        let file = LockFile(url: url, limit: 60)
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.1) {
            try? JSONFile.write(LockHolder(run: nil, now: 7), to: file.url)
            unlink(claim.path)
        }
        let error = #expect(throws: PipelineError.self) { try ProcessLock(url, now: 4) }
        #expect(error?.description.contains("since 1970-01-01 00:00:07") == true)
    }

    @Test func `is left to whoever took it over between the look and the claim`() throws {
        try leave(pid: 4_194_305)
        let file = LockFile(url: url, limit: 180)
        let found = try #require(file.holder)
        // Another comes, takes it over, and is done with its claim; then comes one that looked before.
        let lock = try ProcessLock(url, now: 7)
        #expect(try !file.replace(found, with: LockHolder(run: nil, now: 8)))
        #expect(file.holder?.since == 7 && names(in: scratch.url) == ["run.lock"])
        withExtendedLifetime(lock) {}
    }

    @Test(arguments: [("node-7.cluster", 190), (ThisProcess.host, 0)])
    func `is taken over from a process that died while it took it over`(host: String, silence: Int) throws {
        try leave(pid: 4_194_305)
        let dead = LockHolder(
            token: "dead", pid: 4_194_305, host: host, namespace: ThisProcess.namespace, startTicks: nil, since: 3)
        let claim = scratch.url.appendingPathComponent(".run.lock.taken-left-1")
        try JSONFile.write(dead, to: claim)
        age(claim, by: silence)
        let lock = try ProcessLock(url, now: 4)
        #expect(names(in: scratch.url) == ["run.lock"])
        withExtendedLifetime(lock) {}
    }

    @Test func `has one holder at a time, however many want it and die`() async throws {
        let inside = Counter()
        let url = url
        await withTaskGroup(of: Int.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var taken = 0
                    let deadline = Date(timeIntervalSinceNow: 3600)
                    while taken < 10, Date() < deadline {
                        guard let lock = try? ProcessLock(url, now: 1) else {
                            usleep(200)
                            continue
                        }
                        taken += 1
                        let alone = inside.value.add(1, ordering: .sequentiallyConsistent).newValue == 1
                        if !alone { inside.broken.store(true, ordering: .relaxed) }
                        usleep(300)
                        inside.value.subtract(1, ordering: .sequentiallyConsistent)
                        if taken % 3 == worker % 3 {
                            // As a process that died holding it leaves it.
                            let dead = LockHolder(
                                token: UUID().uuidString, pid: 4_194_305, host: ThisProcess.host,
                                namespace: ThisProcess.namespace, startTicks: nil, since: 1)
                            try? JSONFile.write(dead, to: url)
                        }
                        withExtendedLifetime(lock) {}
                    }
                    return taken
                }
            }
            for await taken in group { #expect(taken == 10) }
        }
        let isBroken = inside.broken.load(ordering: .relaxed)
        #expect(!isBroken)
    }

    final class Counter: Sendable {
        let value = Atomic<Int>(0)
        let broken = Atomic<Bool>(false)
    }
}
