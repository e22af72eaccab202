// SPDX-License-Identifier: MIT

import Foundation

@testable import Data

/// Own images, each of its own colour, with identities and cameras in the names.
struct Gallery {
    let folder: TemporaryFolder

    /// 40 training images of 10 people, 5 queries and 10 gallery images of 5 others.
    init() throws {
        folder = try TemporaryFolder()
        for number in 0..<40 {
            try write("train/\(padded(number / 4 + 1))_c\(number % 4 + 1)_\(number).jpg", colour: number)
        }
        for number in 0..<5 { try write("query/\(padded(20 + number))_c1_0.jpg", colour: 50 + number) }
        for number in 0..<10 {
            try write("gallery/\(padded(20 + number / 2))_c\(number % 2 + 2)_1.jpg", colour: 60 + number)
        }
    }

    private func padded(_ number: Int) -> String {
        String(repeating: "0", count: 4 - String(number).count) + String(number)
    }

    static func jpeg(colour: Int) throws -> [UInt8] {
        try Image(width: 9, height: 12, red: UInt8(colour * 2), green: UInt8(255 - colour * 2), blue: 128).jpeg()
    }

    @discardableResult
    func write(_ name: String, colour: Int) throws -> String {
        try folder.write(name, Self.jpeg(colour: colour))
    }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    func check(remembering: Bool = false) throws -> DatasetCheck {
        try Dataset.folder.find(in: folder.path).check(memoryFile: remembering ? path("memory/check.txt") : nil)
    }

    /// The findings without the folder.
    func findings(_ check: DatasetCheck) -> [String] {
        check.findings.map { "\($0)".replacing(folder.path + "/", with: "") }
    }
}
