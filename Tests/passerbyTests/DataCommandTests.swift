// SPDX-License-Identifier: MIT

import ArgumentParser
import Data
import Foundation
import Testing

@testable import passerby

@Suite struct `passerby data check` {
    /// A folder with nothing in it, removed with the test.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func `ends with code 69 where the dataset is not there, and says where it looked`() throws {
        try withFolder { path in
            let error = #expect(throws: DataError.self) {
                try CheckDataset.parse(["market1501", "--root", path]).run()
            }
            let failure = error.flatMap { Failure($0) }
            #expect(failure?.code == 69)
            #expect(failure?.message.contains("\n  '\(path)/Market-1501-v15.09.15'\n") == true)
        }
    }

    @Test func `ends with code 65 where an image is damaged, and with none where all are whole`() throws {
        try withFolder { path in
            let image = try Image(width: 8, height: 8, red: 1, green: 2, blue: 3).png()
            let file = URL(fileURLWithPath: "\(path)/0001_c1.png")
            try Foundation.Data(image).write(to: file)
            let memory = try CheckMemoryFile(of: Dataset.folder.find(in: path)).url
            defer { try? FileManager.default.removeItem(at: memory) }
            try CheckDataset.parse(["folder", "--root", path, "--fresh"]).run()
            try Foundation.Data(image.dropLast(9)).write(to: file)
            let error = #expect(throws: ExitCode.self) {
                try CheckDataset.parse(["folder", "--root", path]).run()
            }
            #expect(error?.rawValue == 65)
        }
    }

    @Test func `ends with code 65 where no query could be scored`() throws {
        try withFolder { path in
            for (number, name) in ["train/0001_c1", "query/0002_c1", "gallery/0002_c1"].enumerated() {
                let file = URL(fileURLWithPath: "\(path)/\(name).png")
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Foundation.Data(Image(width: 8, height: 8, red: UInt8(number), green: 2, blue: 3).png()).write(to: file)
            }
            let memory = try CheckMemoryFile(of: Dataset.folder.find(in: path)).url
            defer { try? FileManager.default.removeItem(at: memory) }
            let error = #expect(throws: ExitCode.self) { try CheckDataset.parse(["folder", "--data", path]).run() }
            #expect(error?.rawValue == 65)
        }
    }

    @Test(arguments: [("Market-1501", "did you mean 'market1501'? allowed: market1501, msmt17"), ("duke", "allowed:")])
    func `names the datasets that can be had where there is none of the name`(name: String, expected: String) {
        let error = #expect(throws: (any Error).self) { _ = try CheckDataset.parse([name]) }
        let message = error.map { CheckDataset.message(for: $0) } ?? ""
        #expect(message.contains("'\(name)' is no dataset; \(expected)"), "\(message)")
        #expect(!message.contains("dukemtmc"))
    }
}
