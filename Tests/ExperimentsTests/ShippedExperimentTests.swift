// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Testing

@testable import Experiments

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("experiments")

@Suite struct `An experiment that comes with the program` {
    private static func files() throws -> [String] {
        let found = try #require(FileManager.default.enumerator(atPath: folder.path))
        return found.compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") }.sorted()
    }

    /// Without its data and its weights.
    @Test func `can be read, and names itself in the command of its header`() throws {
        let files = try Self.files()
        #expect(files.contains("quickstart.yaml") && files.contains("cluster-contrast/usl-market1501.yaml"))
        for file in files {
            let path = folder.appendingPathComponent(file).path
            let name = String(file.dropLast(".yaml".count))
            #expect(throws: Never.self, "\(file)") { _ = try Experiment(path: path, name: name, overrides: []) }
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.contains("Command: ./passerby run \(name)\n"), "\(file)")
        }
    }
}
