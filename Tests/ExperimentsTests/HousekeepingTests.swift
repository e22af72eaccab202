// SPDX-License-Identifier: MIT

import Experiments
import Foundation
import Testing

@Suite struct `What no run needs` {
    @Test func `are folders that a killed command has left, and goes when told`() throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("gc-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: home) }
        let left = home.appendingPathComponent("logs/visda/.20260131-094500-1234.removed")
        try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
        try Data("{}".utf8).write(to: left.appendingPathComponent("plan.json"))
        let housekeeping = Housekeeping(
            logs: home.appendingPathComponent("logs"), data: home.appendingPathComponent("data"),
            cache: home.appendingPathComponent("cache"))
        let found = try #require(try housekeeping.unneeded().first)
        #expect(found.path == left.path && found.bytes == 2)
        #expect(found.description == "what a command that was killed has left")
        #expect(try housekeeping.remove(found) && housekeeping.unneeded().isEmpty)
    }

    /// Nobody knows what a run was of whose plan is damaged: it may hold the world.
    @Test func `has no drawn world while a run's plan cannot be read`() throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("gc-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: home) }
        let world = home.appendingPathComponent("data/synthetic/0123abcd")
        try FileManager.default.createDirectory(at: world, withIntermediateDirectories: true)
        let housekeeping = Housekeeping(
            logs: home.appendingPathComponent("logs"), data: home.appendingPathComponent("data"),
            cache: home.appendingPathComponent("cache"))
        #expect(try housekeeping.unneeded().map(\.path) == [world.path])
        let run = home.appendingPathComponent("logs/visda/20260131-094500-1234")
        try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
        try Data("{".utf8).write(to: run.appendingPathComponent("plan.json"))
        #expect(try housekeeping.unneeded().isEmpty)
    }
}
