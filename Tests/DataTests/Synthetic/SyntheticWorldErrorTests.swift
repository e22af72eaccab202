// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Data

/// The smallest world in which every split has images.
let tinyWorld = SyntheticWorld(
    source: .init(identities: 2, imagesPerIdentity: 2, cameras: 2),
    target: .init(
        trainingIdentities: 1, minimumImagesPerIdentity: 1, maximumImagesPerIdentity: 2, singletons: 0,
        validationIdentities: 1, queriesPerIdentity: 1, galleryPerIdentity: 2, distractors: 0, cameras: 2),
    width: 16, height: 32)

@Suite struct `An impossible synthetic world` {
    struct Row: Sendable, CustomTestStringConvertible {
        let message: String
        let change: @Sendable (inout SyntheticWorld) -> Void
        var testDescription: String { message }
    }

    static let rows = [
        Row(message: "source.identities is 0, allowed: 1...700") { $0.source.identities = 0 },
        Row(message: "source.identities is 701, allowed: 1...700") { $0.source.identities = 701 },
        Row(message: "source.imagesPerIdentity is 0, allowed: 1...9999") { $0.source.imagesPerIdentity = 0 },
        Row(message: "source.cameras is 13, allowed: 1...12") { $0.source.cameras = 13 },
        Row(message: "target.trainingIdentities is 0, allowed: 1...99999") {
            $0.target.trainingIdentities = 0
        },
        Row(message: "target.minimumImagesPerIdentity is 0, allowed: 1...9999") {
            $0.target.minimumImagesPerIdentity = 0
        },
        Row(message: "target.maximumImagesPerIdentity is 3, allowed: 4...9999") {
            $0.target.maximumImagesPerIdentity = 3
        },
        Row(message: "target.singletons is -1, allowed: 0...99999") { $0.target.singletons = -1 },
        Row(message: "target.validationIdentities is 1000, allowed: 1...999") {
            $0.target.validationIdentities = 1000
        },
        Row(message: "target.queriesPerIdentity is 6, allowed: 1...5") { $0.target.queriesPerIdentity = 6 },
        Row(message: "target.galleryPerIdentity is 1, allowed: 2...9999") {
            $0.target.galleryPerIdentity = 1
        },
        Row(message: "target.distractors is -1, allowed: 0...99999") { $0.target.distractors = -1 },
        Row(message: "target.cameras is 6, allowed: 2...5") { $0.target.cameras = 6 },
        Row(message: "width is 15, allowed: 16...512") { $0.width = 15 },
        Row(message: "height is 1025, allowed: 32...1024") { $0.height = 1025 },
        Row(message: "gap is 1.6, allowed: 0.0...1.5") { $0.gap = 1.6 },
        Row(message: "gap is nan, allowed: 0.0...1.5") { $0.gap = .nan },
        Row(message: "effects.blur is -0.1, allowed: 0.0...2.0") { $0.effects.blur = -0.1 },
    ]

    @Test(arguments: rows)
    func `names the parameter, its value and what is allowed`(row: Row) {
        var world = SyntheticWorld()
        row.change(&world)
        #expect(world.problems().map(\.description) == [row.message])
    }

    @Test func `is refused with all its problems at once, and nothing is written`() throws {
        try withTemporaryFolder { parent in
            var world = tinyWorld
            world.source.cameras = 0
            world.gap = -1
            let problems = world.problems()
            #expect(throws: SyntheticWorldError.impossible(problems)) {
                try world.write(to: parent + "/world")
            }
            #expect(
                SyntheticWorldError.impossible(problems).description
                    == "synthetic world: source.cameras is 0, allowed: 1...12; "
                    + "gap is -1.0, allowed: 0.0...1.5"
            )
            let left = try FileManager.default.contentsOfDirectory(atPath: parent)
            #expect(left.isEmpty)
        }
    }
}

@Suite struct `Writing a synthetic world` {
    @Test func `leaves a folder that holds the same world as it is`() throws {
        try withTemporaryFolder { parent in
            let root = parent + "/world"
            try tinyWorld.write(to: root)
            let mark = root + "/personX/mark"
            #expect(FileManager.default.createFile(atPath: mark, contents: nil))
            var told: [Int] = []
            try tinyWorld.write(to: root) { done, _ in told.append(done) }
            #expect(FileManager.default.fileExists(atPath: mark))
            #expect(told == [tinyWorld.imageCount])
        }
    }

    @Test func `is content when somebody else finishes the same world first`() throws {
        try withTemporaryFolder { parent in
            let root = parent + "/world"
            try tinyWorld.write(to: root) { done, total in
                if done == total { #expect(throws: Never.self) { try tinyWorld.write(to: root) } }
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: parent)
            #expect(left == ["world"])
        }
    }

    @Test func `refuses a folder that holds another world`() throws {
        try withTemporaryFolder { parent in
            let root = parent + "/world"
            try tinyWorld.write(to: root)
            var other = tinyWorld
            other.seed = 2
            #expect(throws: SyntheticWorldError.differentWorld(path: root)) { try other.write(to: root) }
            let left = try FileManager.default.contentsOfDirectory(atPath: parent)
            #expect(left == ["world"])
        }
    }

    @Test func `refuses a folder of other things, and takes an empty one`() throws {
        try withTemporaryFolder { parent in
            let root = parent + "/world"
            try FileManager.default.createDirectory(atPath: root + "/keep", withIntermediateDirectories: true)
            #expect(throws: SyntheticWorldError.occupied(path: root)) { try tinyWorld.write(to: root) }
            try FileManager.default.removeItem(atPath: root + "/keep")
            try tinyWorld.write(to: root)
            #expect(FileManager.default.fileExists(atPath: root + "/world.json"))
        }
    }

    @Test func `takes a path that ends with a slash`() throws {
        try withTemporaryFolder { parent in
            try tinyWorld.write(to: parent + "/world/")
            let left = try FileManager.default.contentsOfDirectory(atPath: parent)
            #expect(left == ["world"])
            #expect(FileManager.default.fileExists(atPath: parent + "/world/world.json"))
        }
    }

    @Test func `refuses a file in the way`() throws {
        try withTemporaryFolder { parent in
            let root = parent + "/world"
            #expect(FileManager.default.createFile(atPath: root, contents: nil))
            #expect(throws: SyntheticWorldError.occupied(path: root)) { try tinyWorld.write(to: root) }
            let left = try FileManager.default.contentsOfDirectory(atPath: parent)
            #expect(left == ["world"])
        }
    }

    @Test func `names the path that cannot be made and leaves nothing behind`() throws {
        try withTemporaryFolder { parent in
            #expect(FileManager.default.createFile(atPath: parent + "/file", contents: nil))
            let error = #expect(throws: SyntheticWorldError.self) {
                try tinyWorld.write(to: parent + "/file/world")
            }
            guard case .unwritable(let path, _) = error else {
                Issue.record("\(String(describing: error)) is not unwritable")
                return
            }
            #expect(path.hasPrefix(parent + "/file/world"))
            let left = try FileManager.default.contentsOfDirectory(atPath: parent)
            #expect(left == ["file"])
        }
    }

    @Test func `names a description that is no world`() throws {
        try withTemporaryFolder { parent in
            let root = parent + "/world"
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
            try "{}".write(toFile: root + "/world.json", atomically: true, encoding: .utf8)
            let error = #expect(throws: SyntheticWorldError.self) { try tinyWorld.write(to: root) }
            guard case .unreadable(let path, _) = error else {
                Issue.record("\(String(describing: error)) is not unreadable")
                return
            }
            #expect(path == root + "/world.json")
        }
    }

    @Test(arguments: [
        (
            SyntheticWorldError.differentWorld(path: "w"),
            "'w' holds a synthetic world of other parameters (see its world.json); "
                + "remove the folder or name another"
        ),
        (
            .occupied(path: "w"),
            "'w' is in the way and is no synthetic world (it has no world.json); name another folder"
        ),
        (.unreadable(path: "w/world.json", reason: "r"), "cannot read 'w/world.json': r"),
        (.unwritable(path: "w", reason: "r"), "cannot write 'w': r"),
    ])
    func `says what is wrong and what to do`(error: SyntheticWorldError, message: String) {
        #expect(error.description == message)
    }
}
