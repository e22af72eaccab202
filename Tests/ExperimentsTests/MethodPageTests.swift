// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Experiments

private let home = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

@Suite struct `The page of a method` {
    /// The page lists the deviations, 1, 2, …; the method's code says how many there are, and where.
    @Test(arguments: StageMethod.allCases)
    func `lists the deviations that its code refers to`(method: StageMethod) throws {
        let page = "docs/methods/\(method.settings.method.replacing("+", with: "-plus")).md"
        let text = try String(contentsOf: home.appendingPathComponent(page), encoding: .utf8)
        let code = try #require(text.firstMatch(of: /Code:\s+`([^`]+)`/)).1
        let list = try #require(text.components(separatedBy: "\n## Deviations").dropFirst().first)
        let numbers = list.matches(of: #/\n(\d+)\. /#).compactMap { Int($0.1) }
        #expect(!numbers.isEmpty && numbers == Array(1...numbers.count))
        let folder = home.appendingPathComponent(String(code))
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let sources = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        let reference = "// Deviations from the authors' code: \(page), 1 to \(numbers.count)."
        #expect(sources.contains { $0.contains(reference) }, "none of \(folder.path) has: \(reference)")
    }

    /// What methods compute, they compute without files and clocks: only what makes a stage of them may know any.
    @Test func `speaks of loops that touch no file`() throws {
        let stages = home.appendingPathComponent("Sources/Experiments/Stages")
        let files = try #require(FileManager.default.enumerator(at: stages, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            let name = file.deletingPathExtension().lastPathComponent
            guard !name.hasSuffix("Stage"), !name.hasSuffix("Settings") else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.firstMatch(of: /import (Foundation|Pipeline|Glibc)\b/) == nil, "\(name)")
            count += 1
        }
        #expect(count > 10)
    }
}
