// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import Synchronization
import Testing

@testable import Data

private let limit = 1 << 20

/// The image of a file, and whether it had to be made.
private func load(_ path: String, from cache: DecodedImageFile) throws -> (image: Image, isMade: Bool) {
    var isMade = false
    let image = try cache.image(ImageCache.Key(path: path, size: nil)) { () throws(DataError) in
        isMade = true
        return try Image.decode(contentsOf: path)
    }
    return (image, isMade)
}

/// Loads all images of a set from its folder's cache, expects the right ones, and counts those that were made.
private func madeCount(_ set: SmallSet, _ cache: DecodedImageFile) throws -> Int {
    try set.samples.enumerated().count { number, sample in
        let (image, isMade) = try load(sample.path, from: cache)
        #expect(image == Image(width: 6, height: 10, red: UInt8(number), green: UInt8(2 * number), blue: 200))
        return isMade
    }
}

/// Overwrites bytes of the set's cache file behind its back.
private func damage(_ set: SmallSet, at start: Int, _ bytes: [UInt8]) throws {
    let file = try FileHandle(forUpdating: URL(filePath: cachePath(set)))
    try file.seek(toOffset: UInt64(start))
    try file.write(contentsOf: Foundation.Data(bytes))
    try file.close()
}

private func cacheFolder(_ set: SmallSet) -> String { "\(set.path)/cache" }
private func cachePath(_ set: SmallSet) -> String { "\(cacheFolder(set))/\(DecodedImageFile.fileName)" }

private func open(
    _ set: SmallSet, byteLimit: Int = limit, warn: @escaping @Sendable (String) -> Void = { _ in }
) throws -> DecodedImageFile {
    try DecodedImageFile(folder: cacheFolder(set), byteLimit: byteLimit, warn: warn)
}

/// What a file has said.
private final class Told: Sendable {
    private let kept = Mutex<[String]>([])
    var texts: [String] { kept.withLock { $0 } }
    func warn(_ text: String) { kept.withLock { $0.append(text) } }
}

@Suite(.timeLimit(.minutes(60))) struct `A file of decoded images` {
    /// By which one that nobody uses any more is known.
    @Test func `has the time at which it was opened last, whether anything is written then or not`() throws {
        let set = try SmallSet(count: 1)
        _ = try open(set)
        let old = Date(timeIntervalSinceNow: -90 * 86_400)
        try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: cachePath(set))
        let cache = try open(set)
        let time = try FileManager.default.attributesOfItem(atPath: cachePath(set))[.modificationDate] as? Date
        #expect(cache.imageCount == 0 && time.map { $0.timeIntervalSinceNow > -3600 } == true)
    }

    @Test(arguments: [false, true]) func `gives the same epoch as no cache, filled or not, in any run`(
        autoAugment: Bool
    ) throws {
        let set = try SmallSet(count: 24)
        let transform = Transform(
            height: 12, width: 8, flip: true, padding: 2, autoAugment: autoAugment, erasing: RandomErasing()
        )
        let plain = try digest(collect(set.loader(workers: 0, transform).epoch(1, batches: set.batches())))
        for _ in 0..<2 {
            let cache = try open(set)
            for workers in [8, 0] {
                let loader = set.loader(workers: workers, transform, cache: .disk(cache))
                #expect(try digest(collect(loader.epoch(1, batches: set.batches()))) == plain)
            }
            #expect(cache.imageCount == 24 && cache.problem == nil)
        }
    }

    @Test func `keeps what it is given, for later runs too, and keeps sizes apart`() throws {
        let set = try SmallSet(count: 10)
        let cache = try open(set)
        #expect(try madeCount(set, cache) == 10)
        #expect(try madeCount(set, cache) == 0)
        let later = try open(set)
        #expect(later.imageCount == 10)
        #expect(try madeCount(set, later) == 0)
        let resized = ImageCache.Key(path: set.samples[3].path, size: ImageCache.Size(height: 3, width: 2))
        let small = Image(width: 2, height: 3, red: 1, green: 2, blue: 3)
        #expect(try later.image(resized) { () throws(DataError) in small } == small)
        #expect(later.imageCount == 11)
    }

    @Test func `makes an image again whose file has changed`() throws {
        let set = try SmallSet(count: 2)
        let cache = try open(set)
        _ = try madeCount(set, cache)
        let other = Image(width: 6, height: 10, red: 9, green: 9, blue: 9)
        let path = try set.write("1.png", other.png())
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path
        )
        #expect(try load(path, from: cache) == (other, true))
        #expect(try load(path, from: cache) == (other, false))
        #expect(try load(set.samples[0].path, from: cache).isMade == false)
    }

    /// As files from an archive may be: of one size and one time of change.
    @Test func `follows files that are given each other's names`() throws {
        let set = try SmallSet(count: 2)
        let paths = set.samples.map(\.path)
        let date = Date(timeIntervalSince1970: 1)
        for path in paths { try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path) }
        let sizes = try paths.map { try FileState(of: $0).size }
        #expect(sizes[0] == sizes[1])
        let cache = try open(set)
        let before = try paths.map { try load($0, from: cache).0 }
        try FileManager.default.moveItem(atPath: paths[0], toPath: set.path + "/aside")
        try FileManager.default.moveItem(atPath: paths[1], toPath: paths[0])
        try FileManager.default.moveItem(atPath: set.path + "/aside", toPath: paths[1])
        #expect(try paths.map { try load($0, from: cache).0 } == before.reversed())
    }

    @Test func `keeps no errors`() throws {
        let set = try SmallSet(count: 1)
        let path = try set.write("bad.png", Array("no".utf8))
        let cache = try open(set)
        for _ in 0..<2 {
            #expect(throws: DataError.notAnImage(path: path, firstBytes: [0x6E, 0x6F])) {
                try load(path, from: cache)
            }
        }
        #expect(throws: DataError.unreadable(path: "/no.png", reason: "No such file or directory")) {
            try load("/no.png", from: cache)
        }
        #expect(cache.imageCount == 0)
    }

    /// 8,192 bytes: two places in the table, and room for many more records of some 400 bytes.
    @Test func `keeps what fits and makes the rest again, in no more bytes than it was given`() throws {
        let set = try SmallSet(count: 10)
        let told = Told()
        let cache = try open(set, byteLimit: 8192, warn: told.warn)
        #expect(try madeCount(set, cache) == 10)
        #expect(try madeCount(set, cache) == 8)
        let end = "; images that are not in it are decoded anew in every epoch"
        #expect(told.texts == ["cache: '\(cachePath(set))' is full\(end)"])
        let large = try set.write("large.png", Image(width: 99, height: 99, red: 1, green: 1, blue: 1).png())
        #expect(try load(large, from: open(set, byteLimit: 16384)).isMade)
        let size = try FileManager.default.attributesOfItem(atPath: cachePath(set))[.size] as? Int
        #expect(size == 16384)
        #expect(try open(set, byteLimit: 16384).imageCount == 0)
    }

    /// Behind the header and 256 places come the records: a key, then the pixels. What a disk has lost is zeros.
    @Test(arguments: ["key", "pixels", "all"])
    func `ignores a damaged record and writes the image again`(part: String) throws {
        let set = try SmallSet(count: 3)
        _ = try madeCount(set, open(set))
        let layout = ImageFileLayout(byteLimit: limit)
        #expect(layout.firstRecord == 64 * 257)
        let identity = try #require(ImageIdentity(of: ImageCache.Key(path: set.samples[0].path, size: nil)))
        let firstPixel = layout.firstRecord + ImageFileLayout.rounded(identity.bytes.count)
        switch part {
        case "key": try damage(set, at: layout.firstRecord + 3, [1, 2, 3])
        case "pixels": try damage(set, at: firstPixel + 100, [1, 2, 3])
        default:
            let end = firstPixel + ImageFileLayout.rounded(6 * 10 * 3)
            try damage(set, at: layout.firstRecord, [UInt8](repeating: 0, count: end - layout.firstRecord))
        }
        let cache = try open(set)
        #expect(try madeCount(set, cache) == 1)
        #expect(try madeCount(set, cache) == 0)
        // In a later run the later record counts.
        #expect(try madeCount(set, open(set)) == 0)
    }

    @Test(arguments: [0, 8, 64, 70, 150]) func `is begun anew where its header or table is damaged`(place: Int) throws {
        let set = try SmallSet(count: 3)
        let first = try open(set)
        _ = try madeCount(set, first)
        try damage(set, at: place, [0xFF, 0xA5])
        let second = try open(set)
        #expect(second.imageCount == 0 && second.problem == nil)
        #expect(try madeCount(set, second) == 3)
        // Who has the old file open goes on with it, but writes it no more.
        #expect(try madeCount(set, first) == 0)
        let new = try set.write("new.png", Image(width: 1, height: 1, red: 1, green: 1, blue: 1).png())
        _ = try load(new, from: first)
        #expect(first.problem == "'\(cachePath(set))' was deleted")
        #expect(try open(set).imageCount == 3)
    }

    @Test func `is begun anew where it was cut off, has another length or is another file`() throws {
        let set = try SmallSet(count: 3)
        for content in [[], [1, 2, 3], [UInt8](repeating: 0, count: limit), [UInt8](repeating: 7, count: limit + 1)] {
            try FileManager.default.createDirectory(atPath: cacheFolder(set), withIntermediateDirectories: true)
            try set.write("cache/\(DecodedImageFile.fileName)", content)
            #expect(try madeCount(set, open(set)) == 3)
            #expect(try madeCount(set, open(set)) == 0)
        }
    }

    @Test func `can be deleted while it is used`() throws {
        let set = try SmallSet(count: 6)
        let half = SmallSet(existing: set.path, count: 3)
        let told = Told()
        let cache = try open(set, warn: told.warn)
        _ = try madeCount(half, cache)
        #expect(told.texts == [])
        try FileManager.default.removeItem(atPath: cacheFolder(set))
        #expect(try madeCount(set, cache) == 3)
        #expect(try madeCount(set, cache) == 3)
        #expect(cache.problem == "'\(cachePath(set))' was deleted")
        #expect(told.texts.count == 1 && told.texts[0].hasPrefix("cache: '\(cachePath(set))' was deleted; "))
        let next = try open(set)
        #expect(try madeCount(set, next) == 6)
        #expect(try madeCount(set, next) == 0)
    }

    @Test func `says why a folder cannot be used`() throws {
        let set = try SmallSet(count: 1)
        let expected = "cannot keep decoded images in '\(cachePath(set))': Is a directory"
        try FileManager.default.createDirectory(atPath: cachePath(set), withIntermediateDirectories: true)
        do {
            _ = try open(set)
            Issue.record("opened")
        } catch let error as DataError {
            #expect(error.description == expected)
        }
        let image = set.samples[0].path
        #expect(throws: DataError.self) { try DecodedImageFile(folder: "\(image)/cache", byteLimit: limit) }
    }
}

@Suite(.timeLimit(.minutes(60))) struct `A file of decoded images, shared by processes,` {
    /// Each process has four threads that go over the images in orders of their own.
    @Test func `is written by all at once without doubles`() async throws {
        let set = try SmallSet(count: 40)
        let path = set.path
        await withTaskGroup(of: Void.self) { group in
            for rank in 0..<3 {
                group.addTask {
                    await #expect(processExitsWith: .success) { [path = path as String, rank = rank as Int] in
                        let set = SmallSet(existing: path, count: 40)
                        let cache = try open(set)
                        let batches = (0..<40).map { [(7 * $0 + 13 * rank) % 40] }
                        let loader = set.loader(workers: 4, cache: .disk(cache))
                        let plain = set.loader(workers: 0)
                        let (cached, expected) = (loader.epoch(0, batches: batches), plain.epoch(0, batches: batches))
                        try #require(try collect(cached) == collect(expected))
                        try #require(cache.problem == nil)
                    }
                }
            }
        }
        let cache = try open(set)
        #expect(cache.imageCount == 40)
        let batches = (0..<40).map { [$0] }
        let again = try collect(set.loader(workers: 0, cache: .disk(cache)).epoch(0, batches: batches))
        #expect(try again == collect(set.loader(workers: 0).epoch(0, batches: batches)))
        #expect(cache.imageCount == 40)
        #expect(usedEntries(of: set) == 40)
    }

    /// A limit on the length of files stands in for a full disk.
    @Test func `is written no more where there is no room on the disk, and loading goes on`() async throws {
        let set = try SmallSet(count: 6)
        let path = set.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            let set = SmallSet(existing: path, count: 6)
            let cache = try open(set)
            _ = try madeCount(SmallSet(existing: path, count: 3), cache)
            signal(SIGXFSZ, SIG_IGN)
            var full = rlimit(rlim_cur: 20_000, rlim_max: 20_000)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &full) == 0)
            let large = try set.write("large.png", Image(width: 99, height: 99, red: 1, green: 1, blue: 1).png())
            _ = try load(large, from: cache)
            try #require(cache.problem == "cannot keep decoded images in '\(cachePath(set))': File too large")
            try #require(madeCount(set, cache) == 3)
        }
        #expect(try open(set).imageCount == 3)
        #expect(try madeCount(set, open(set)) == 3)
    }

    /// The process dies with the lock in its hand, a part of a record written and no entry.
    @Test func `has nothing of a writer that was killed`() async throws {
        let set = try SmallSet(count: 6)
        _ = try madeCount(SmallSet(existing: set.path, count: 3), open(set))
        let path = set.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let set = SmallSet(existing: path, count: 6)
            let layout = ImageFileLayout(byteLimit: limit)
            let file = try MappedImageFile(
                folder: cacheFolder(set), name: DecodedImageFile.fileName, layout: layout
            )
            try file.locked { () throws(DataError) in
                guard case .taken(let last) = file.place(2) else { exit(EXIT_FAILURE) }
                try? damage(set, at: last.end, [UInt8](repeating: 0x55, count: 300))
                kill(getpid(), SIGKILL)
            }
        }
        let cache = try open(set)
        #expect(cache.imageCount == 3)
        #expect(try madeCount(set, cache) == 3)
        #expect(try madeCount(set, open(set)) == 0)
        #expect(usedEntries(of: set) == 6)
    }

    /// The places of the table that are taken.
    private func usedEntries(of set: SmallSet) -> Int? {
        let layout = ImageFileLayout(byteLimit: limit)
        let file = try? MappedImageFile(folder: cacheFolder(set), name: DecodedImageFile.fileName, layout: layout)
        return file.map { file in
            (0..<layout.entryCapacity).count { file.place($0) != .free }
        }
    }
}
