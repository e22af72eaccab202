// SPDX-License-Identifier: MIT

import Foundation

/// The YAML files that come with the program.
enum ShippedFiles {
    private static let all: [String] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("experiments")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    /// Files of experiments, below `experiments/`.
    static let experiments = all.filter { !$0.hasPrefix("sweeps/") && !$0.hasPrefix("tables/") }
    /// Names of tables.
    static let tables = all.filter { $0.hasPrefix("tables/") }.map {
        String($0.dropFirst("tables/".count).dropLast(".yaml".count))
    }
}
