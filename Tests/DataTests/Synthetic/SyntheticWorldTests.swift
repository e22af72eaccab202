// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Data

/// A world that is drawn in a moment: 4·6 + (3·2…3 + 2) + 3·(2 + 3) + 4 images of 16 × 32 pixels.
private func smallWorld(seed: UInt64 = 1, gap: Double = 1) -> SyntheticWorld {
    SyntheticWorld(
        source: .init(identities: 4, imagesPerIdentity: 6, cameras: 3),
        target: .init(
            trainingIdentities: 3, minimumImagesPerIdentity: 2, maximumImagesPerIdentity: 3, singletons: 2,
            validationIdentities: 3, queriesPerIdentity: 2, galleryPerIdentity: 3,
            distractors: 4, cameras: 4),
        width: 16, height: 32, gap: gap, seed: seed)
}

/// Writes a world below a fresh temporary folder and hands both over; the folder is removed afterwards.
private func withWritten(
    _ world: SyntheticWorld, _ body: (_ root: String, _ parent: String) throws -> Void
) throws {
    try withTemporaryFolder { parent in
        let root = parent + "/world"
        try world.write(to: root)
        try body(root, parent)
    }
}

/// Every file below a folder, by path below it.
private func contents(of root: String) throws -> [String: Foundation.Data] {
    var files: [String: Foundation.Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: root) {
        var isFolder = ObjCBool(false)
        let full = "\(root)/\(path)"
        guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder.boolValue else {
            continue
        }
        files[path] = try Foundation.Data(contentsOf: URL(fileURLWithPath: full))
    }
    return files
}

private func lines(_ path: String) throws -> [[String]] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
        $0.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    }
}

private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

@Suite struct `A synthetic world` {
    @Test func `has the same bytes whenever it is written`() throws {
        try withWritten(smallWorld()) { first, _ in
            try withWritten(smallWorld()) { second, _ in
                let (once, again) = (try contents(of: first), try contents(of: second))
                #expect(once == again)
            }
        }
    }

    @Test func `has other pixels under another seed`() throws {
        try withWritten(smallWorld(seed: 1)) { first, _ in
            try withWritten(smallWorld(seed: 2)) { second, _ in
                let name = "personX/image_train/0001_c1s1_1.jpg"
                let (one, other) = (try contents(of: first)[name], try contents(of: second)[name])
                #expect(one != other)
            }
        }
    }

    @Test func `writes as many images as it says, and tells of progress up to the last`() throws {
        // Source 4·6 = 24, validation 3·(2 + 3) + 4 = 19, training 2 singletons and 6 to 9 others: 51 to 54.
        let world = smallWorld()
        #expect((51...54).contains(world.imageCount))
        try withTemporaryFolder { parent in
            var told: [Int] = []
            try world.write(to: parent + "/world") { done, total in
                #expect(total == world.imageCount)
                told.append(done)
            }
            #expect(told.last == world.imageCount)
            let images = try contents(of: parent + "/world").keys.filter { $0.hasSuffix(".jpg") }
            #expect(images.count == world.imageCount)
        }
    }

    @Test func `can be drawn at another size`() throws {
        var world = smallWorld()
        (world.width, world.height) = (24, 40)
        try withWritten(world) { root, _ in
            let image = try Image.decode(contentsOf: root + "/personX/image_train/0001_c1s1_1.jpg")
            #expect(image.width == 24 && image.height == 40)
        }
    }

    @Test func `keeps the people of a smaller world when it grows`() throws {
        var larger = smallWorld()
        larger.target.trainingIdentities = 5
        larger.target.singletons = 9
        try withWritten(smallWorld()) { first, _ in
            try withWritten(larger) { second, _ in
                let (few, many) = (try contents(of: first), try contents(of: second))
                let kept = few.keys.filter { $0.hasPrefix("personX") || $0.hasPrefix("target_validation") }
                #expect(!kept.isEmpty)
                for name in kept {
                    #expect(few[name] == many[name], "\(name)")
                }
            }
        }
    }
}

@Suite struct `A synthetic world with a test set` {
    /// All that it was without, but for the description, which does not name a test set where there is none.
    @Test func `has the same other files to the byte`() throws {
        var larger = smallWorld()
        larger.target.testIdentities = 3
        // 3 · (2 + 3) images more, and two lists.
        #expect(larger.imageCount == smallWorld().imageCount + 15)
        try withWritten(smallWorld()) { first, _ in
            try withWritten(larger) { second, _ in
                let (without, with) = (try contents(of: first), try contents(of: second))
                for name in without.keys where name != "world.json" { #expect(with[name] == without[name], "\(name)") }
                let more = Set(with.keys).subtracting(without.keys)
                #expect(more.count == 17 && more.allSatisfy { $0.hasPrefix("target_test/") || $0.hasPrefix("index_test_") })
                let description = String(decoding: try #require(without["world.json"]), as: UTF8.self)
                #expect(!description.contains("test"))
                #expect(try !FileManager.default.contentsOfDirectory(atPath: first).contains("target_test"))
            }
        }
    }

    @Test func `is read as the published one is`() throws {
        var world = smallWorld()
        world.target.testIdentities = 3
        try withWritten(world) { root, _ in
            #expect(try lines(root + "/index_test_query.txt").first == ["0000.jpg", "", "0000"])
            #expect(try lines(root + "/index_test_gallery.txt").first == ["000000.jpg", "", "00000"])
            let found = try Dataset.visdaTarget.find(in: root)
            #expect(try found.unlabelled(.testQuery).count == 6 && found.unlabelled(.testGallery).count == 9)
            #expect(!found.hasIdentities(.testQuery))
        }
        try withWritten(smallWorld()) { root, _ in
            let found = try Dataset.visdaTarget.find(in: root)
            #expect(throws: DataError.self) { try found.unlabelled(.testQuery) }
        }
    }

    @Test func `has one person at least`() {
        var world = smallWorld()
        world.target.testIdentities = 0
        #expect(world.problems() == [.init(key: "target.testIdentities", found: "0", allowed: "1...9999")])
    }
}

@Suite struct `The layout of a synthetic world` {
    @Test func `is PersonX's for the source`() throws {
        try withWritten(smallWorld()) { root, _ in
            let files = try names(in: root + "/personX/image_train")
            let parsed = try files.map { name in
                try #require(name.wholeMatch(of: /(\d{4})_c(\d)s1_(\d+)\.jpg/), "\(name)")
            }
            #expect(parsed.count == 24)
            #expect(Set(parsed.map(\.1)) == ["0001", "0002", "0003", "0004"])
            #expect(Set(parsed.map(\.2)) == ["1", "2", "3"])
            // Six images over three cameras: each person is twice before each camera.
            for identity in Set(parsed.map(\.1)) {
                let cameras = parsed.filter { $0.1 == identity }.map(\.2).sorted()
                #expect(cameras == ["1", "1", "2", "2", "3", "3"])
            }
        }
    }

    @Test func `is VisDA-2020's for the target's training set, with names that tell no identity`() throws {
        try withWritten(smallWorld()) { root, _ in
            let listed = try lines(root + "/target_training/label_target_training.txt")
            #expect(listed.allSatisfy { $0.count == 2 && ["1", "2", "4", "5"].contains($0[1]) })
            let files = try names(in: root + "/target_training/image_train")
            #expect(listed.map { $0[0] } == files)
            #expect(files == files.indices.map { padded($0, 6) + ".jpg" })
        }
    }

    @Test(arguments: [("query", 6), ("gallery", 13)])
    func `is VisDA-2020's for the validation set`(part: String, count: Int) throws {
        try withWritten(smallWorld()) { root, _ in
            let listed = try lines(root + "/index_validation_\(part).txt")
            #expect(listed.count == count)
            let files = try names(in: root + "/target_validation/image_\(part)")
            #expect(files == listed.map { $0[0] }.sorted())
            for (row, line) in listed.enumerated() {
                let name = try #require(line[0].wholeMatch(of: /(\d{4})_c(\d)s1_\d{6}_01\.jpg/), "\(line)")
                let expected = [String(name.2), String(name.1.suffix(3)), padded(row, 4)]
                #expect(Array(line.dropFirst()) == expected)
            }
        }
    }

    @Test func `has no image name twice among queries and gallery`() throws {
        try withWritten(smallWorld()) { root, _ in
            let query = try names(in: root + "/target_validation/image_query")
            let gallery = try names(in: root + "/target_validation/image_gallery")
            #expect(Set(query).isDisjoint(with: gallery))
        }
    }
}
