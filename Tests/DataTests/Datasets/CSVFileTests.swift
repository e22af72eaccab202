// SPDX-License-Identifier: MIT

import Testing

@testable import Data

@Suite struct `A CSV file` {
    func read(_ text: String) throws -> CSVFile {
        let folder = try TemporaryFolder()
        return try CSVFile(path: folder.write("t.csv", text))
    }

    @Test func `is read field by field, quoted ones with commas, quotes and line ends in them`() throws {
        let file = try read("a,b\n1,\"two, \"\"2\"\"\nand more\"\n\"\",\n")
        #expect(file.header == ["a", "b"])
        #expect(file.records.map(\.fields) == [["1", "two, \"2\"\nand more"], ["", ""]])
        // The second record spans lines 2 and 3.
        #expect(file.records.map(\.line) == [2, 4])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `may have any line ends, blank lines and none at its end`(end: String) throws {
        let file = try read("\u{FEFF}a,b\(end)\(end)x,ÿ\(end)z,w")
        #expect(file.header == ["a", "b"])
        #expect(file.records.map(\.fields) == [["x", "ÿ"], ["z", "w"]])
        #expect(file.records.map(\.line) == [3, 4])
    }

    @Test func `must be UTF-8`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("t.csv", Array("a\n".utf8) + [0xE9, 0x0A])
        #expect(message { try CSVFile(path: path) }.hasPrefix("\(path):2: expected UTF-8"))
    }
}
