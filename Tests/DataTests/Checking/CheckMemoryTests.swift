// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Data

@Suite struct `A second check` {
    private let gallery: Gallery

    init() throws {
        gallery = try Gallery()
    }

    @Test func `reads no image that is as it was`() throws {
        try gallery.folder.write("train/0004_c1_99.jpg", "damaged")
        try gallery.write("train/0001_c1_copy.jpg", colour: 0)
        let first = try gallery.check(remembering: true)
        #expect(first.readCount == 57)
        // Other bytes of the same size and age: whoever reads them would find them damaged.
        let path = gallery.path("train/0006_c1_20.jpg")
        var status = stat()
        #expect(stat(path, &status) == 0)
        try gallery.folder.write("train/0006_c1_20.jpg", [UInt8](repeating: 0, count: Int(status.st_size)))
        var times = [status.st_atim, status.st_mtim]
        #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
        let second = try gallery.check(remembering: true)
        #expect(second.readCount == 0)
        #expect(second.rememberedCount == 57)
        #expect(second.findings == first.findings)
        #expect(second.splits == first.splits)
    }

    @Test func `reads again what was changed, and forgets what was removed`() throws {
        _ = try gallery.check(remembering: true)
        try gallery.folder.write("train/0006_c1_20.jpg", "damaged")
        try gallery.write("train/0006_c2_21.jpg", colour: 90)
        try FileManager.default.removeItem(atPath: gallery.path("train/0001_c1_0.jpg"))
        // A copy of an image that is remembered: it is compared with that one and not taken for another.
        try gallery.write("train/0002_c1_copy.jpg", colour: 4)
        let check = try gallery.check(remembering: true)
        #expect(check.readCount == 3)
        #expect(check.rememberedCount == 52)
        #expect(check.findings.map(\.kind) == [.damaged, .repeated])
        #expect(try gallery.check(remembering: true).findings == check.findings)
    }

    @Test func `begins anew when what was kept is damaged or of another folder`() throws {
        _ = try gallery.check(remembering: true)
        let file = gallery.path("memory/check.txt")
        let kept = try readFile(file)
        for damage in [Array(kept.dropLast(3)), kept + [10], [UInt8]("hello\n".utf8), []] {
            try gallery.folder.write("memory/check.txt", damage)
            #expect(try gallery.check(remembering: true).readCount == 55)
            #expect(try readFile(file) == kept)
        }
        var flipped = kept
        flipped[kept.count / 2] ^= 1
        try gallery.folder.write("memory/check.txt", flipped)
        #expect(try gallery.check(remembering: true).readCount == 55)
        var other = CheckMemory(readingFrom: file, folder: gallery.folder.path)
        #expect(other.entries.count == 55)
        other = CheckMemory(readingFrom: file, folder: "/elsewhere")
        #expect(other.entries.isEmpty)
    }

    @Test func `says why nothing could be kept`() throws {
        try gallery.folder.write("memory", "a file where a folder should be")
        let check = try gallery.check(remembering: true)
        let problem = try #require(check.memoryProblem)
        #expect(problem.hasPrefix("'\(gallery.path("memory/check.txt"))' cannot be written: "), "\(problem)")
        #expect(check.findings == [])
    }
}

@Suite struct `What a check keeps` {
    @Test func `survives any file name`() throws {
        let folder = try TemporaryFolder()
        var memory = CheckMemory(folder: "/da\tta\n\\3;")
        let content = FileVerdict.Content(hash: .max - 3, variant: 2)
        let names = ["a b", "tab\t", "line\nend", "back\\slash", "\\9;", "ünïcode", "\u{7F}", "x"]
        for (number, name) in names.enumerated() {
            memory.entries[name] = CheckMemory.Entry(
                state: FileState(size: number, modified: -number, inode: .max - UInt64(number)), hash: .max - 3,
                verdict: [.whole(content), .damaged(reason: "so\tand so \\ \n"), nil][number % 3])
        }
        try memory.write(to: "\(folder.path)/a/b/c")
        let read = CheckMemory(readingFrom: "\(folder.path)/a/b/c", folder: memory.folder)
        #expect(read.entries == memory.entries)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/a/b") == ["c"])
    }
}
