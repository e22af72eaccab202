// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// `scripts/check-mutations` takes hours, so that it is seldom run; what it puts in has to be kept up meanwhile.
@Suite struct `The list of faults` {
    private struct Fault: Decodable {
        var fault: String
        var file: String
        var find: String
        var replace: String
        var tests: String
    }

    private let home = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func faults() throws -> [Fault] {
        let list = home.appendingPathComponent("scripts/mutations.json")
        return try JSONDecoder().decode([Fault].self, from: Data(contentsOf: list))
    }

    @Test func `replaces what stands in the code once`() throws {
        for fault in try faults() {
            let text = try String(contentsOf: home.appendingPathComponent(fault.file), encoding: .utf8)
            #expect(
                text.components(separatedBy: fault.find).count == 2 && fault.find != fault.replace,
                "\(fault.fault): \(fault.file): \(fault.find)")
        }
    }

    @Test func `names tests that there are`() throws {
        let folder = home.appendingPathComponent("Tests").path
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
        let texts = try files.map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
        for fault in try faults() {
            // What stands before it is a target's name.
            let title = try #require(fault.tests.components(separatedBy: ".*").last)
            #expect(texts.contains { $0.contains(title) }, "\(fault.fault): \(fault.tests)")
        }
    }
}
