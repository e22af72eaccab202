// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// No script builds the benchmarks; what their package has to say about our modules can be read.
@Suite struct `The package of benchmarks` {
    private let home = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func names(in folder: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: home.appendingPathComponent(folder).path))
    }

    /// The modules of this package that one of them imports.
    private func imports(of module: String) throws -> Set<String> {
        let folder = home.appendingPathComponent("Sources/\(module)").path
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        let found = try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
            try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8).matches(of: #/import (\w+)\n/#).map {
                String($0.1)
            }
        }
        return try Set(found).intersection(names(in: "Sources"))
    }

    @Test func `links the modules that it measures, and gives each what it imports`() throws {
        let manifest = try String(contentsOf: home.appendingPathComponent("Benchmarks/Package.swift"), encoding: .utf8)
        let modules = try names(in: "Sources")
        var measured = 0
        for match in manifest.matches(of: #/arget\(\s*name: "(\w+)"(?:,\s*dependencies: \[([^\]]*)\])?/#) {
            let module = String(match.1)
            guard modules.contains(module) else { continue }
            let given = Set((match.2 ?? "").matches(of: #/"(\w+)"/#).map { String($0.1) })
            #expect(try imports(of: module) == given, "\(module)")
            #expect(try given.union([module]).isSubset(of: names(in: "Benchmarks/Sources")), "\(module)")
            measured += 1
        }
        #expect(measured >= 8)
    }
}
