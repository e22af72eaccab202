// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Data

@Suite struct `A drawn world that is held` {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("held-\(UUID().uuidString)")
    private var root: String { folder.appendingPathComponent("world").path }
    private let world = tinyWorld

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path) }

    private func images() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".jpg") }.sorted()
    }

    @Test func `is drawn where it is not there, and removed by nobody until it is let go`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var leases = try [world.hold(at: root), world.hold(at: root)]
        #expect(try images().count == world.imageCount)
        #expect(try !SyntheticWorld.remove(at: root) && images().count == world.imageCount)
        leases.removeFirst()
        #expect(try !SyntheticWorld.remove(at: root))
        leases = []
        #expect(try SyntheticWorld.remove(at: root) && names().isEmpty)
        #expect(try !SyntheticWorld.remove(at: root))
    }

    /// What a removal leaves that was killed, in whatever order it went.
    @Test(arguments: [
        "personX/image_train", "target_validation", "world.json", "target_training/image_train/000001.jpg",
    ])
    func `is drawn anew where a part of it is gone`(part: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try world.hold(at: root)
        let all = try images()
        let gone = part.hasSuffix(".jpg") ? try #require(all.first { $0.hasPrefix("target_training/") }) : part
        try FileManager.default.removeItem(atPath: "\(root)/\(gone)")
        _ = try world.hold(at: root)
        #expect(try images() == all && names() == ["world"])
    }

    @Test func `is left as it is where another process holds what is not whole`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let lease = try world.hold(at: root)
        try FileManager.default.removeItem(atPath: "\(root)/personX")
        let error = #expect(throws: SyntheticWorldError.self) { _ = try world.hold(at: root) }
        #expect(error?.description.contains("another process holds the world") == true)
        withExtendedLifetime(lease) {}
    }

    @Test func `is being drawn for as long as its folders change`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let partial = folder.appendingPathComponent("world.partial-0123abcd")
        let images = partial.appendingPathComponent("personX/image_train")
        try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
        #expect(SyntheticWorld.isBeingDrawn(partial.path) && !SyntheticWorld.isBeingDrawn(root))
        for path in [partial.path, images.path] {
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -4000)], ofItemAtPath: path)
        }
        #expect(!SyntheticWorld.isBeingDrawn(partial.path))
        #expect(try SyntheticWorld.remove(at: partial.path) && names().isEmpty)
    }
}
