// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import Testing

@testable import Data

@Suite struct `What a dataset's images hold` {
    let folder: TemporaryFolder
    var memory: String { folder.path + "/memory/contents.txt" }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func found() throws -> FoundDataset { try Dataset.folder.find(in: folder.path + "/train") }

    /// Files of the user's own layout, all with one time of change, as an archive leaves them.
    private func write(_ texts: [String: String]) throws -> [String] {
        try texts.sorted { $0.key < $1.key }.map { name, text in
            let path = try folder.write("train/\(name)", text)
            try date(path)
            return path
        }
    }

    private func date(_ path: String) throws {
        var times = [timespec(tv_sec: 1_000_000_000, tv_nsec: 7), timespec(tv_sec: 1_000_000_000, tv_nsec: 7)]
        try #require(utimensat(AT_FDCWD, path, &times, 0) == 0)
    }

    private func hashes(_ paths: [String]) throws -> [UInt128?] {
        let contents = try found().contents(of: paths, memoryFile: memory)
        return paths.map { try? contents[$0]?.get() }
    }

    @Test func `is the hash of each file's bytes, each file once`() throws {
        let paths = try write(["0001_c1.jpg": "a", "0002_c1.jpg": "foobar"])
        var told: [[Int]] = []
        let contents = try found().contents(of: paths + paths) { told.append([$0, $1]) }
        #expect(
            contents.mapValues { try? $0.get() } == [
                paths[0]: contentHash([0x61]), paths[1]: contentHash(Array("foobar".utf8)),
            ])
        #expect(told == [[0, 2], [2, 2]])
    }

    @Test func `is remembered by size, time and inode`() throws {
        let paths = try write(["0001_c1.jpg": "a", "0002_c1.jpg": "b"])
        let first = try hashes(paths)
        // A change that no file system tells of: the same bytes' place, size and time.
        let file = try #require(fopen(paths[0], "r+"))
        fputs("c", file)
        fclose(file)
        try date(paths[0])
        #expect(try hashes(paths) == first)
        #expect(try found().contents(of: paths)[paths[0]]?.get() == contentHash(Array("c".utf8)))
        // What is told is read again, be it a size or a time.
        _ = try write(["0001_c1.jpg": "longer"])
        #expect(try hashes(paths)[0] == contentHash(Array("longer".utf8)))
        try folder.write("train/0002_c1.jpg", "B")
        #expect(try hashes(paths)[1] == contentHash(Array("B".utf8)))
    }

    @Test func `follows files that are given each other's names`() throws {
        let paths = try write(["0001_c1.jpg": "a", "0002_c1.jpg": "b"])
        let before = try hashes(paths)
        let aside = folder.path + "/aside"
        try FileManager.default.moveItem(atPath: paths[0], toPath: aside)
        try FileManager.default.moveItem(atPath: paths[1], toPath: paths[0])
        try FileManager.default.moveItem(atPath: aside, toPath: paths[1])
        #expect(try hashes(paths) == before.reversed())
    }

    @Test func `is known from a check, and a check decodes what is known only by its hash`() throws {
        let image = try Image(width: 8, height: 8, red: 1, green: 2, blue: 3).png()
        let paths = [
            try folder.write("train/0001_c1.png", image), try folder.write("train/0002_c1.png", Array(image.dropLast(5))),
        ]
        let expected = [contentHash(image), contentHash(Array(image.dropLast(5)))]
        #expect(try hashes(paths) == expected)
        let check = try found().check(memoryFile: memory)
        #expect(check.readCount == 2 && check.findings.map(\.kind) == [.damaged])
        #expect(try found().check(memoryFile: memory).readCount == 0)
        // The hashes come from the check's memory, and what it found stays there.
        #expect(try hashes(paths) == expected)
        #expect(try found().check(memoryFile: memory).readCount == 0)
    }

    @Test func `keeps what is remembered of other files`() throws {
        let paths = try write(["0001_c1.jpg": "a", "0002_c1.jpg": "b"])
        _ = try hashes([paths[0]])
        _ = try hashes([paths[1]])
        let kept = CheckMemory(readingFrom: memory, folder: try found().folder)
        #expect(kept.entries.keys.sorted() == ["0001_c1.jpg", "0002_c1.jpg"])
    }

    @Test func `is remembered as far as it came where somebody stops it`() throws {
        struct Stopped: Error {}
        let paths = try write(["0001_c1.jpg": "a"])
        #expect(throws: Stopped.self) {
            try found().contents(of: paths, memoryFile: memory) { done, _ in if done == 1 { throw Stopped() } }
        }
        #expect(CheckMemory(readingFrom: memory, folder: try found().folder).entries.count == 1)
    }

    @Test func `is had without a memory that can be written`() throws {
        let paths = try write(["0001_c1.jpg": "a"])
        try folder.write("memory", "a file where a folder should be")
        #expect(try hashes(paths) == [contentHash([0x61])])
    }

    @Test func `is an error of the file where it cannot be read`() throws {
        let paths = try write(["0001_c1.jpg": "a"])
        let gone = folder.path + "/train/0002_c1.jpg"
        let contents = try found().contents(of: paths + [gone])
        #expect(contents[gone] == .failure(.unreadable(path: gone, reason: "No such file or directory")))
        #expect(contents.count == 2)
    }

    @Test func `is remembered in a file of the dataset's own, wherever the program is started`() throws {
        _ = try write(["0001_c1.jpg": "a"])
        let here = FileManager.default.currentDirectoryPath
        let up = Array(repeating: "..", count: here.split(separator: "/").count).joined(separator: "/")
        let relative = try Dataset.folder.find(in: up + folder.path + "/train")
        #expect(try relative.memoryFile(in: "/c") == found().memoryFile(in: "/c"))
        #expect(try found().memoryFile(in: "/c").hasPrefix("/c/folder-"))
        #expect(try Dataset.folder.find(in: folder.path).memoryFile(in: "/c") != found().memoryFile(in: "/c"))
    }
}
