// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Data

@Suite struct `The images below a folder` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/\(name)", withDestinationPath: "\(folder.path)/\(target)")
    }

    @Test func `are in the order of their paths' bytes, hidden ones left out`() throws {
        for name in ["b.jpg", "a/z.png", "B.JPEG", "a.jpg", ".x/c.jpg", "a/.c.jpg", "a/c.txt"] {
            try folder.write(name, "")
        }
        #expect(try imagePaths(below: folder.path) == ["B.JPEG", "a.jpg", "a/z.png", "b.jpg"])
        #expect(try ImageWalk(folder.path, isDeep: false).paths == ["B.JPEG", "a.jpg", "b.jpg"])
        #expect(try ImageWalk(folder.path, isDeep: false).tooDeep == 1)
    }

    @Test func `are found behind links, also of links`() throws {
        try folder.write("disk/more/1.jpg", "")
        try folder.write("other/2.jpg", "")
        try folder.write("mine/0.jpg", "")
        try link("mine/linked", to: "disk")
        try link("disk/further", to: "other")
        #expect(
            try imagePaths(below: "\(folder.path)/mine") == ["0.jpg", "linked/further/2.jpg", "linked/more/1.jpg"])
    }

    /// A link to the folder above, two that lead to each other's folders, and thirty levels of two links each, which would
    /// be 2³⁰ paths if all were followed.
    @Test func `are read once, whatever circles links make`() throws {
        try folder.write("a/1.jpg", "")
        try folder.write("b/2.jpg", "")
        try link("a/up", to: ".")
        try link("a/b", to: "b")
        try link("b/a", to: "a")
        #expect(try imagePaths(below: folder.path) == ["a/1.jpg", "b/2.jpg"])
        #expect(try imagePaths(below: "\(folder.path)/a") == ["1.jpg", "b/2.jpg"])
        for level in 0..<30 {
            try folder.write("deep/\(level)/\(level).jpg", "")
            for name in ["l", "r"] { try link("deep/\(level)/\(name)", to: "deep/\(level + 1)") }
        }
        #expect(try imagePaths(below: "\(folder.path)/deep/0").count == 30)
    }

    /// A folder that lies here has its own name, however early a link to it comes.
    @Test func `have the name of the folder rather than of a link to it`() throws {
        try folder.write("z/1.jpg", "")
        try link("a", to: "z")
        #expect(try imagePaths(below: folder.path) == ["z/1.jpg"])
    }

    @Test func `are none where there is nothing, and an error where there is no folder`() throws {
        #expect(throws: DataError.noImages(folder: folder.path)) { try imagePaths(below: folder.path) }
        let nowhere = "\(folder.path)/nowhere"
        let missing = #expect(throws: DataError.self) { try imagePaths(below: nowhere) }
        #expect(missing?.description.hasPrefix("no folder of images found. Looked for:\n  '\(nowhere)'\n") == true)
        try folder.write("file", "")
        let file = "\(folder.path)/file"
        #expect(throws: DataError.unreadable(path: file, reason: "it is a file, and a folder is needed")) {
            try imagePaths(below: file)
        }
    }
}
