// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Data

@Suite struct `Watched files` {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func hash(_ text: String) -> UInt128 { contentHash(Array(text.utf8)) }

    @Test func `are what they were while they hold the same, at whatever time and place on the device`() throws {
        let path = try folder.write("a.jpg", "a")
        let files = WatchedFiles([path: hash("a")])
        try files.requireUnchanged()
        try FileManager.default.removeItem(atPath: path)
        _ = try folder.write("b.jpg", "another file's number")
        _ = try folder.write("a.jpg", "a")
        try files.requireUnchanged()
    }

    @Test func `are named where one holds something else, and not once it is put back`() throws {
        let paths = try ["a", "b", "c"].map { try folder.write("\($0).jpg", $0) }
        let files = WatchedFiles(Dictionary(uniqueKeysWithValues: zip(paths, ["a", "b", "c"].map(hash))))
        for (path, text) in zip(paths[1...], ["B", "C"]) {
            try Foundation.Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }
        for _ in 0..<2 { #expect(throws: DataError.changed(path: paths[1])) { try files.requireUnchanged() } }
        _ = try folder.write("b.jpg", "b")
        #expect(throws: DataError.changed(path: paths[2])) { try files.requireUnchanged() }
        _ = try folder.write("c.jpg", "c")
        try files.requireUnchanged()
    }

    /// As one that changed between the reading and the look at it.
    @Test func `are read where it is not known what they were`() throws {
        let path = try folder.write("a.jpg", "later")
        try FileManager.default.removeItem(atPath: path)
        let files = WatchedFiles([path: hash("a")])
        _ = try folder.write("a.jpg", "later")
        #expect(throws: DataError.changed(path: path)) { try files.requireUnchanged() }
    }

    @Test func `are an error where one is gone`() throws {
        let path = try folder.write("a.jpg", "a")
        let files = WatchedFiles([path: hash("a")])
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: DataError.unreadable(path: path, reason: "No such file or directory")) {
            try files.requireUnchanged()
        }
    }
}
