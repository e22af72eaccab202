// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import passerby

/// A folder with one file of each kind, and one that builds on another.
private func homeWithExperiments() throws -> TemporaryHome {
    let home = try TemporaryHome()
    for (name, text) in [
        ("one", "description: The first\n"), ("deep/usl-two", "extends: ../one\n"), ("broken", "description: [\n"),
        ("sweeps/three", "experiment: ../one\n"), ("tables/four", "rows: []\n"), ("v1.2", "extends: one\n"), ("five", ""),
        ("six", ""), ("seven", ""),
    ] {
        let file = home.url.appendingPathComponent("experiments/\(name).yaml")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return home
}

@Suite struct `passerby experiments` {
    @Test func `lists every experiment with what it is for, and neither sweeps nor tables`() throws {
        let home = try homeWithExperiments()
        let (code, output, _) = try home.passerby(["experiments"])
        #expect(code == 0)
        #expect(
            String(decoding: output, as: UTF8.self) == """
                broken
                deep/usl-two  The first
                five
                one           The first
                seven
                six
                v1.2          The first

                """)
        let json = String(decoding: try home.passerby(["experiments", "--json"]).output, as: UTF8.self)
        let item = """
              {
                "description" : "The first",
                "file" : "experiments/deep/usl-two.yaml",
                "name" : "deep/usl-two"
              }
            """
        #expect(json.contains(item), "\(json)")
    }
}

@Suite struct `An experiment that is not there` {
    private static let list = "a file of your own ends in .yaml; 'passerby experiments' lists all that are here"

    @Test(arguments: [
        ("onne", "no experiment 'onne': there is no file experiments/onne.yaml; did you mean 'one'? \(list)"),
        (
            "usl-tow",
            "no experiment 'usl-tow': there is no file experiments/usl-tow.yaml; did you mean 'deep/usl-two'? \(list)"
        ),
        ("zebra", "no experiment 'zebra': there is no file experiments/zebra.yaml; \(list)"),
        ("zebra.yaml", "no experiment 'zebra.yaml': there is no file zebra.yaml; \(list)"),
        ("zebra.yam", "'zebra.yam' is no experiment: the path of one ends in .yaml or .yml"),
        ("/etc/passwd", "'/etc/passwd' is no experiment: the path of one ends in .yaml or .yml"),
    ])
    func `is told with the nearest, and where all are listed`(name: String, message: String) throws {
        let (code, _, messages) = try homeWithExperiments().passerby(["plan", name])
        #expect(code == 64 && messages == "error: \(message)\n", "\(messages)")
    }

    @Test func `may have a dot in its name and be there`() throws {
        let (code, _, messages) = try homeWithExperiments().passerby(["plan", "v1.2"])
        #expect(code == 64 && messages.contains("missing key 'data'"), "\(messages)")
    }
}
