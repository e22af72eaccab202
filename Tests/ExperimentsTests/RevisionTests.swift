// SPDX-License-Identifier: MIT

import Foundation
import Pipeline
import Testing

@testable import Experiments

/// A folder under git with one commit, removed with the value.
private final class Checkout {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("checkout-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try write("a", "x.yaml")
        try git("init", "--quiet")
        try git("add", "x.yaml")
        try git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "one")
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, _ name: String) throws {
        try text.write(to: url.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }

    func git(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        process.currentDirectoryURL = url
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    func revision(_ name: String) -> Revision? { Revision(of: url.appendingPathComponent(name)) }
}

@Suite struct `The revision of a file` {
    @Test func `is the commit, and whether anything that git knows is other`() throws {
        let checkout = try Checkout()
        let found = try #require(checkout.revision("x.yaml"))
        #expect(found.commit.count == 40 && !found.changed)
        #expect(Revision(of: checkout.url) == found)
        // One that git does not know is itself a change, and leaves others as they were.
        try checkout.write("b", "y.yaml")
        #expect(checkout.revision("x.yaml") == found)
        #expect(checkout.revision("y.yaml") == Revision(commit: found.commit, changed: true))
        try checkout.write("c", "x.yaml")
        #expect(checkout.revision("x.yaml") == Revision(commit: found.commit, changed: true))
    }

    @Test func `is none outside git`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("none-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(Revision(of: folder) == nil)
        #expect(Revision(of: URL(fileURLWithPath: "/no/such/folder/x.yaml")) == nil)
    }
}

@Suite struct `The command at a run's end` {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("end-\(UUID().uuidString)")
    private var result: URL { folder.appendingPathComponent("result.json") }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try #"{"status": "failed"}"#.write(to: result, atomically: true, encoding: .utf8)
    }

    @Test func `reads the run's result on its standard input`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = folder.appendingPathComponent("copy")
        #expect(EndCommand("cat > '\(copy.path)'").run(with: result) == nil)
        #expect(try String(contentsOf: copy, encoding: .utf8) == #"{"status": "failed"}"#)
    }

    @Test func `is told of where it fails`() {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(EndCommand("exit 3").run(with: result) == "on_end: 'exit 3' ended with exit code 3")
        #expect(EndCommand("kill -9 $$").run(with: result) == "on_end: 'kill -9 $$' was ended by signal 9")
    }
}
