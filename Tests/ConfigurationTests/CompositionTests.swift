// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Testing

@Suite final class `A file that extends another` {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "composition-\(UUID().uuidString)"
    ).path

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func write(_ files: [String: String]) throws {
        for (name, text) in files { try write(Data(text.utf8), to: name) }
    }

    private func write(_ bytes: Data, to name: String) throws {
        let url = URL(filePath: "\(folder)/\(name)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try bytes.write(to: url)
    }

    /// The report of a file that cannot be loaded, the folder left out; empty for one that can.
    private func report(_ name: String) -> String {
        do throws(ConfigurationError) {
            _ = try Document.load("\(folder)/\(name)")
            return ""
        } catch {
            return error.description.replacingOccurrences(of: "\(folder)/", with: "")
        }
    }

    @Test func `merges mappings key by key and replaces everything else`() throws {
        try write([
            "base.yaml": "{a: {b: 1, c: {d: 2, e: 3}}, list: [1, 2], word: x, kept: true, gone: 1, into: 4}",
            "child.yaml":
                "{extends: base, a: {c: {e: 4, f: 5}}, list: [3], word: y, gone: null, into: {g: 1}, new: 6}",
        ])
        let tree = try Document.load("\(folder)/child.yaml")
        let merged = YAMLNode([
            "a": YAMLNode(["b": 1, "c": YAMLNode(["d": 2, "e": 4, "f": 5])]), "list": [3], "word": "y",
            "kept": true, "gone": YAMLNode(.null), "into": YAMLNode(["g": 1]), "new": 6,
        ])
        #expect(tree.hasSameContent(as: merged))
        #expect(tree.entries.map(\.key) == ["a", "list", "word", "kept", "gone", "into", "new"])
    }

    @Test func `keeps for each value the file that it came from`() throws {
        try write([
            "base.yaml": "seed: 1\nnetwork:\n  depth: 18", "child.yaml": "extends: base\nnetwork: {width: 2}",
        ])
        let tree = try Document.load("\(folder)/child.yaml")
        #expect(tree["seed"]?.span == SourceSpan(file: "\(folder)/base.yaml", line: 1, column: 7))
        #expect(
            tree["network"]?["depth"]?.span == SourceSpan(file: "\(folder)/base.yaml", line: 3, column: 10))
        #expect(
            tree["network"]?["width"]?.span == SourceSpan(file: "\(folder)/child.yaml", line: 2, column: 18))
    }

    @Test func `finds it beside itself, in folders, and with or without the ending`() throws {
        try write([
            "a.yaml": "{extends: sub/b, a: 1}", "sub/b.yaml": "{extends: deep/c.yaml, b: 2}",
            "sub/deep/c.yaml": "{extends: ../../d.yml, c: 3}", "d.yml": "{d: 4}",
        ])
        let tree = try Document.load("\(folder)/a.yaml")
        #expect(tree.hasSameContent(as: YAMLNode(["a": 1, "b": 2, "c": 3, "d": 4])))
    }

    @Test func `changes single values through its overrides, after merging`() throws {
        try write([
            "base.yaml": "{seed: 1, stages: [pretrain: {epochs: 9}, adapt: {epochs: 40, head: linear}]}",
            "child.yaml": "{extends: base, seed: 2, override: {adapt.epochs: 3, stages.pretrain.epochs: 4}}",
            "grandchild.yaml": "{extends: child, override: {adapt.head: {arcface: {scale: 64}}}}",
        ])
        let tree = try Document.load("\(folder)/grandchild.yaml")
        let adapt = YAMLNode(["epochs": 3, "head": YAMLNode(["arcface": YAMLNode(["scale": 64])])])
        let stages: YAMLNode = [YAMLNode(["pretrain": YAMLNode(["epochs": 4])]), YAMLNode(["adapt": adapt])]
        #expect(tree.hasSameContent(as: YAMLNode(["seed": 2, "stages": stages])))
    }

    private static let stages = """
        stages:
          - pretrain: {name: direct, epochs: 6, rate: 0.1}
          - translate: {epochs: 8}
          - pretrain: {epochs: 7}
          - postprocess
        """

    static let merging: [(changes: String, stages: String)] = [
        // Of the same name: key by key, in its place.
        (
            "[pretrain: {epochs: 1}, pretrain: {name: direct, epochs: 2}]",
            "[pretrain: {name: direct, epochs: 2, rate: 0.1}, translate: {epochs: 8}, pretrain: {epochs: 1}, postprocess]"
        ),
        (
            "[postprocess: {flip: false}]",
            """
            [pretrain: {name: direct, epochs: 6, rate: 0.1}, translate: {epochs: 8}, pretrain: {epochs: 7},
             postprocess: {flip: false}]
            """
        ),
        // Without keys of its own it changes nothing.
        (
            "[translate]",
            "[pretrain: {name: direct, epochs: 6, rate: 0.1}, translate: {epochs: 8}, pretrain: {epochs: 7}, postprocess]"
        ),
        // Of a kind that is not there: at the end.
        (
            "[adapt: {name: late}, pretrain: {rate: 0.2}]",
            """
            [pretrain: {name: direct, epochs: 6, rate: 0.1}, translate: {epochs: 8}, pretrain: {epochs: 7, rate: 0.2},
             postprocess, adapt: {name: late}]
            """
        ),
    ]

    @Test(arguments: merging)
    func `has its stages merged by their names`(changes: String, stages: String) throws {
        try write(["base.yaml": Self.stages, "child.yaml": "{extends: base, stages: \(changes)}"])
        let found = try Document.load("\(folder)/child.yaml")["stages"]
        #expect(found?.hasSameContent(as: try Document.parse(stages, file: "expected")) == true, "\(found?.yamlText ?? "")")
    }

    @Test func `replaces all stages through its overrides`() throws {
        try write(["base.yaml": Self.stages, "child.yaml": "{extends: base, override: {stages: [adapt: {epochs: 3}]}}"])
        let expected: YAMLNode = [YAMLNode(["adapt": YAMLNode(["epochs": 3])])]
        #expect(try Document.load("\(folder)/child.yaml")["stages"]?.hasSameContent(as: expected) == true)
    }

    @Test func `may not leave open whether a stage changes another or is a new one`() throws {
        try write([
            "base.yaml": Self.stages,
            "child.yaml": "extends: base\nstages:\n  - translate: {name: draw}\n  - pretrain: {name: first}\n"
                + "  - adapt: {name: translate}",
        ])
        #expect(
            report("child.yaml") == """
                child.yaml:3:23: stages.draw: the file that is extended has no stage 'draw', but \
                'translate' (base.yaml:3:5) of the same kind; allowed: 'name: translate' to change it, or all stages under \
                'override: {stages: […]}' to replace them
                child.yaml:4:22: stages.first: the file that is extended has no stage 'first', but \
                'direct' (base.yaml:2:22) and 'pretrain' (base.yaml:4:5) of the same kind; allowed: 'name: direct' to \
                change that one, or all stages under 'override: {stages: […]}' to replace them
                child.yaml:5:19: stages.translate: 'translate' is of kind 'adapt' here and of kind 'translate' at \
                base.yaml:3:5; allowed: a 'name:' of its own, or the same kind
                """)
    }

    @Test func `names the chain that leads back to itself`() throws {
        try write([
            "a.yaml": "x: 1\nextends: b", "b.yaml": "extends: sub/../c", "c.yaml": "extends: b.yaml",
            "own.yaml": "extends: own", "sub/x.yaml": "{}",
        ])
        #expect(
            report("own.yaml")
                == "own.yaml:1:10: extends: extends itself: own.yaml → own.yaml; allowed: a chain that ends")
        #expect(
            report("a.yaml")
                == "sub/../c.yaml:1:10: extends: extends itself: b.yaml → sub/../c.yaml → sub/../b.yaml; "
                + "allowed: a chain that ends")
    }

    static let rows: [(text: String, report: String)] = [
        ("extends: nobody", "f.yaml:1:10: extends: cannot read 'nobody.yaml': No such file or directory"),
        ("extends: 3", "f.yaml:1:10: extends: found 3; allowed: the name of another file"),
        ("extends: [a, b]", "f.yaml:1:10: extends: found a sequence; allowed: the name of another file"),
        ("extends: ''", "f.yaml:1:10: extends: found text ''; allowed: the name of another file"),
        ("extends:", "f.yaml:1:9: extends: no value; allowed: the name of another file"),
        ("a: 1\noverride:", "f.yaml:2:10: override: no value; allowed: a mapping of key paths to values"),
        ("a: 1\noverride:\n  a:", "f.yaml:3:5: a: no value; allowed: a value, or null for the default"),
        ("[1, 2]", "f.yaml:1:1: found a sequence; allowed: a mapping of keys to values"),
        ("word", "f.yaml:1:1: found text 'word'; allowed: a mapping of keys to values"),
        ("", "f.yaml:1:1: found an empty file; allowed: a mapping of keys to values"),
        ("a: 1\noverride: 3", "f.yaml:2:11: override: found 3; allowed: a mapping of key paths to values"),
        (
            "a: 1\noverride: {a.b: 1, '': 2, b..c: 3, extends: x}",
            "f.yaml:2:12: a: found 1; allowed: a mapping, for the key 'b'\n"
                + "f.yaml:2:20: no key; allowed: key or key.path\n"
                + "f.yaml:2:27: an empty key in 'b..c'; allowed: key or key.path\n"
                + "f.yaml:2:36: 'extends' is no value; allowed: 'extends' as a key of a file"
        ),
        (
            "stages: [adapt]\noverride:\n  stages.adopt.epochs: 3",
            "f.yaml:3:3: stages.adopt: found 'adopt'; allowed: adapt (did you mean 'adapt'?)"
        ),
    ]

    @Test(arguments: rows)
    func `is reported with its place`(text: String, report: String) throws {
        try write(["f.yaml": text])
        #expect(self.report("f.yaml") == report)
    }

    @Test func `is reported when it cannot be read`() throws {
        #expect(report("none.yaml") == "none.yaml:1:1: cannot read 'none.yaml': No such file or directory")
        try write(["folder.yaml/x": ""])
        #expect(report("folder.yaml") == "folder.yaml:1:1: cannot read 'folder.yaml': Is a directory")
        try write(Data(repeating: UInt8(ascii: "#"), count: 4 << 20 + 1), to: "large.yaml")
        #expect(
            report("large.yaml")
                == "large.yaml:1:1: cannot read 'large.yaml': larger than 4194304 bytes; "
                + "allowed: an experiment file"
        )
    }

    @Test(
        arguments: [
            ([0x61, 0x3A, 0x20, 0xC3, 0xA9, 0xFF], "1:5"), ([0xFF, 0xFE, 0x61, 0x00], "1:1"),
            ([0x61, 0x3A, 0x0A, 0x20, 0xE2, 0x82], "2:2"),
        ] as [([UInt8], String)])
    func `is reported where it stops being UTF-8`(bytes: [UInt8], place: String) throws {
        try write(Data(bytes), to: "f.yaml")
        #expect(
            report("f.yaml")
                == "f.yaml:\(place): cannot read 'f.yaml': not UTF-8 here; allowed: text in UTF-8")
    }

    @Test func `may begin with a byte order mark`() throws {
        try write(Data([0xEF, 0xBB, 0xBF] + Array("a: 1".utf8)), to: "f.yaml")
        let tree = try Document.load("\(folder)/f.yaml")
        #expect(tree["a"]?.span == SourceSpan(file: "\(folder)/f.yaml", line: 1, column: 4))
    }
}
