// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `A store of checkpoints` {
    let scratch: Scratch
    let warnings = Warnings()

    final class Warnings { var texts: [String] = [] }

    init() throws {
        scratch = try Scratch()
    }

    var store: CheckpointStore {
        let warnings = warnings
        return CheckpointStore(folder: scratch.url.appendingPathComponent("checkpoints")) {
            warnings.texts.append($0)
        }
    }

    func save(_ epochs: Int...) throws {
        for epoch in epochs {
            try store.save(epoch: epoch) { path in
                try Data("state \(epoch)".utf8).write(to: URL(fileURLWithPath: path))
            }
        }
    }

    func latest() throws -> String? {
        try store.latest().map { "\($0.epoch): " + (try text(URL(fileURLWithPath: $0.path))) }
    }

    func file(_ name: String) -> URL { store.folder.appendingPathComponent(name) }

    @Test func `has none before the first save`() throws {
        #expect(try latest() == nil)
        #expect(!exists(store.folder))
    }

    @Test func `gives back the newest, and keeps the one before`() throws {
        try save(0, 1, 2)
        #expect(try latest() == "2: state 2")
        #expect(
            names(in: store.folder) == [
                "000002-epoch-1.checkpoint", "000002-epoch-1.checkpoint.sha256",
                "000003-epoch-2.checkpoint", "000003-epoch-2.checkpoint.sha256",
            ])
    }

    @Test func `writes the digest as sha256sum reads it`() throws {
        try save(0)
        // printf 'state 0' | sha256sum
        #expect(
            try text(file("000001-epoch-0.checkpoint.sha256")) == """
                d19ffb904395eada15ce069ce68c9ae4098a131c064b3b9b78e685d9bbe6187b  000001-epoch-0.checkpoint

                """)
    }

    @Test(arguments: ["stat", "state 9", ""])
    func `falls back to the one before when the newest is truncated or changed`(content: String) throws {
        try save(0, 1)
        let damaged = file("000002-epoch-1.checkpoint")
        try Data(content.utf8).write(to: damaged)
        #expect(try latest() == "0: state 0")
        #expect(
            warnings.texts
                == ["\(damaged.path): this checkpoint does not match its digest; taking the one before"])
        // The next save counts the sound one among the two that are kept.
        try save(1)
        #expect(
            names(in: store.folder).filter { $0.hasSuffix(".checkpoint") }
                == ["000001-epoch-0.checkpoint", "000002-epoch-1.checkpoint"])
    }

    @Test func `takes none whose digest is missing`() throws {
        try save(0)
        let path = file("000001-epoch-0.checkpoint").path
        try FileManager.default.removeItem(atPath: path + ".sha256")
        #expect(try latest() == nil)
        #expect(warnings.texts == ["\(path): this checkpoint has no digest beside it; taking the one before"])
    }

    @Test func `is as before when a save fails halfway`() throws {
        try save(0, 1)
        let before = names(in: store.folder)
        #expect(throws: Killed.self) {
            try store.save(epoch: 2) { path in
                try Data("sta".utf8).write(to: URL(fileURLWithPath: path))
                throw Killed()
            }
        }
        #expect(names(in: store.folder) == before)
        #expect(try latest() == "1: state 1")
    }

    @Test func `ignores what a kill during a save leaves behind`() throws {
        try save(0)
        // Killed while writing, and killed between the digest and the rename.
        try Data("sta".utf8).write(to: file(".000002-epoch-1.checkpoint.partial"))
        try Data("0000  000002-epoch-1.checkpoint\n".utf8).write(to: file("000002-epoch-1.checkpoint.sha256"))
        #expect(try latest() == "0: state 0")
        try save(1)
        #expect(try latest() == "1: state 1")
        #expect(warnings.texts.isEmpty)
        #expect(!exists(file(".000002-epoch-1.checkpoint.partial")))
    }

    /// A stage that saw none would begin anew. A file in the folder's place stands for one that the device does not list.
    @Test func `says so where its folder cannot be listed`() throws {
        try Data().write(to: store.folder)
        let error = #expect(throws: PipelineError.self) { try store.latest() }
        #expect(error?.description == "\(store.folder.path): cannot list: Not a directory")
    }

    @Test func `does not touch the last good one when an epoch is saved again`() throws {
        try save(3, 3)
        #expect(
            names(in: store.folder).filter { $0.hasSuffix(".checkpoint") }
                == ["000001-epoch-3.checkpoint", "000002-epoch-3.checkpoint"])
    }

    @Test func `holds folders as well as files`() throws {
        try store.save(epoch: 0) { path in
            let folder = URL(fileURLWithPath: path)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            try Data("a".utf8).write(to: folder.appendingPathComponent("student"))
            try Data("b".utf8).write(to: folder.appendingPathComponent("teacher"))
        }
        let path = try #require(try store.latest()?.path)
        #expect(names(in: URL(fileURLWithPath: path)) == ["student", "teacher"])
        try Data("c".utf8).write(to: URL(fileURLWithPath: path).appendingPathComponent("teacher"))
        #expect(try latest() == nil)
    }
}

@Suite struct `The checkpoints that are kept` {
    let scratch: Scratch
    let time = ManualTime()

    init() throws {
        scratch = try Scratch()
    }

    func store(
        _ policy: CheckpointPolicy = CheckpointPolicy(), saved: @escaping (CheckpointCost) throws -> Void = { _ in }
    ) -> CheckpointStore {
        CheckpointStore(
            folder: scratch.url.appendingPathComponent("checkpoints"), policy: policy, clock: time.clock,
            warn: { Issue.record("\($0)") }, saved: saved)
    }

    func save(_ epoch: Int, step: Int? = nil, to store: CheckpointStore) throws {
        try store.save(epoch: epoch, step: step) { path in
            try Data("state \(epoch)".utf8).write(to: URL(fileURLWithPath: path))
        }
    }

    func kept(_ store: CheckpointStore) -> [String] {
        names(in: store.folder).filter { $0.hasSuffix(".checkpoint") }
    }

    @Test(arguments: [
        (1, ["000004-epoch-9.checkpoint"]),
        (3, ["000002-epoch-4.checkpoint", "000003-epoch-6.checkpoint", "000004-epoch-9.checkpoint"]),
    ])
    func `are as many of the newest as the policy says`(count: Int, names: [String]) throws {
        let store = store(CheckpointPolicy(newestCount: count))
        for epoch in [3, 4, 6, 9] { try save(epoch, to: store) }
        #expect(kept(store) == names)
        #expect(try store.latest()?.epoch == 9)
    }

    @Test func `are of moments within an epoch too`() throws {
        let store = store()
        try save(3, step: 4500, to: store)
        #expect(kept(store) == ["000001-epoch-3-step-4500.checkpoint"])
        let last = try store.latest()
        #expect(last?.epoch == 3 && last?.step == 4500)
    }

    @Test func `are due when the interval has passed since the last`() throws {
        let store = store(CheckpointPolicy(interval: 600))
        time.seconds = 599
        #expect(!store.isDue())
        time.seconds = 600
        #expect(store.isDue())
        try save(0, to: store)
        #expect(!store.isDue())
        time.seconds = 1200
        #expect(store.isDue())
        #expect(!self.store(CheckpointPolicy(interval: .infinity)).isDue())
    }

    @Test func `are due, where that is asked for, after so many moments`() throws {
        let store = store(CheckpointPolicy(interval: .infinity).keeping(every: 3))
        #expect((1...5).map { _ in store.isDue() } == [false, false, true, true, true])
        try save(0, to: store)
        #expect((1...3).map { _ in store.isDue() } == [false, false, true])
    }

    /// The first is taken to cost half a second, the second has cost two: 0.5 / 0.02 = 25 s, 2 / 0.02 = 100 s.
    @Test func `at ends of epochs take no more than their share of the time`() throws {
        let store = store(CheckpointPolicy(share: 0.02))
        time.seconds = 24
        #expect(!store.isAffordable)
        time.seconds = 25
        #expect(store.isAffordable)
        try store.save(epoch: 1) { path in
            time.seconds += 2
            try Data("state".utf8).write(to: URL(fileURLWithPath: path))
        }
        time.seconds = 126
        #expect(!store.isAffordable)
        time.seconds = 127
        #expect(store.isAffordable)
        #expect(self.store(CheckpointPolicy(share: 1)).isAffordable)
    }

    @Test func `tell what they cost, and of which part they are`() throws {
        var costs: [CheckpointCost] = []
        let store = store { costs.append($0) }
        try store.part("network-2").save(epoch: 7, step: 9) { path in
            time.seconds += 1.5
            try Data("state".utf8).write(to: URL(fileURLWithPath: path))
        }
        #expect(costs == [CheckpointCost(part: "network-2", epoch: 7, step: 9, seconds: 1.5, bytes: 5)])
    }

    @Test func `do not make room before the new one has been read back`() throws {
        let store = store(CheckpointPolicy(newestCount: 1))
        try save(0, to: store)
        // Of the writing of a second one, every single operation fails once; the first is there all the time.
        for number in 1... {
            let faults = WriteFaults { $0 == number }
            let isDone = try WriteFaults.$current.withValue(faults) {
                do {
                    try save(1, to: store)
                    return faults.count < number
                } catch PipelineError.inputOutput {
                    return false
                }
            }
            let epochs = Set(kept(store).compactMap { CheckpointEntry(name: $0)?.epoch })
            #expect(!epochs.isEmpty && epochs.isSubset(of: [0, 1]))
            #expect(try store.latest() != nil)
            if isDone { break }
        }
    }
}
