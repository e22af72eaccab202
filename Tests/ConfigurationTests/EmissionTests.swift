// SPDX-License-Identifier: MIT

import Configuration
import Testing

@Suite struct `A tree written as YAML` {
    static let experiment = YAMLNode([
        "data": YAMLNode(["source": "personx", "target": "visda-target"]), "seed": 1, "rate": 0.00035,
        "whole": 2.0,
        "flip": true, "weights": YAMLNode(.null), "sizes": [256, 128], "nothing": [], "empty": YAMLNode([:]),
        "stages": [
            YAMLNode(["pretrain": YAMLNode(["epochs": 120, "images": "translated"])]),
            YAMLNode([
                "adapt": YAMLNode([
                    "method": "mmt+", "head": YAMLNode(["arcface": YAMLNode(["scale": 64.0])]),
                    "left out": nil,
                ])
            ]),
            "postprocess", [[1], YAMLNode([:])],
        ],
    ])

    @Test func `reads as a person would write it`() {
        #expect(
            Self.experiment.yamlText == """
                data:
                  source: personx
                  target: visda-target
                seed: 1
                rate: 0.00035
                whole: 2.0
                flip: true
                weights: null
                sizes: [256, 128]
                nothing: []
                empty: {}
                stages:
                  - pretrain:
                      epochs: 120
                      images: translated
                  - adapt:
                      method: mmt+
                      head:
                        arcface:
                          scale: 64.0
                  - postprocess
                  - - [1]
                    - {}

                """)
    }

    @Test(arguments: [
        ("plain words", "plain words"), ("visda/base.yaml", "visda/base.yaml"), ("mmt+", "mmt+"),
        ("", "\"\""),
        ("no", "\"no\""), ("Yes", "\"Yes\""), ("null", "\"null\""), ("0777", "\"0777\""),
        ("12:00:00", "\"12:00:00\""),
        ("1e3", "\"1e3\""), (".inf", "\".inf\""), ("~", "\"~\""), ("<<", "\"<<\""), ("a: b", "\"a: b\""),
        ("a #b", "\"a #b\""), ("- a", "\"- a\""), (" a", "\" a\""), ("a ", "\"a \""),
        ("\"\\", "\"\\\"\\\\\""),
        ("a\nb\t\r", "\"a\\nb\\t\\r\""), ("\u{0}\u{85}\u{2028}\u{FEFF}", "\"\\u0000\\u0085\\u2028\\ufeff\""),
        ("é🙂", "\"é🙂\""),
    ])
    func `quotes what would not stay text`(text: String, written: String) {
        #expect(YAMLNode(text).yamlText == written + "\n")
    }

    @Test(arguments: [
        (1e20, "1.0e+20"), (5.5e-5, "5.5e-05"), (-3, "-3.0"), (.nan, ".nan"), (-.infinity, "-.inf"),
    ])
    func `has floats that no reader takes for anything else`(value: Double, written: String) {
        #expect(YAMLNode(value).yamlText == written + "\n")
    }

    @Test func `is read back as the same tree`() throws {
        var generator = SplitMix(state: 7)
        for _ in 0..<500 {
            let tree = randomTree(depth: 4, &generator)
            let text = tree.yamlText
            let again = try Document.parse(text, file: "f.yaml")
            #expect(again.hasSameContent(as: tree), "\(text)")
            #expect(again.yamlText == text)
        }
    }

    @Test func `takes keys of any length`() throws {
        for length in [999, 1000, 1001, 1024, 1025, 5000] {
            let key = String(repeating: "k", count: length)
            let inner: KeyValuePairs<String, YAMLNode?> = ["a": 1]
            let entries = [
                YAMLNode.Entry(key: key, value: 3), YAMLNode.Entry(key: key + "2", value: YAMLNode(inner)),
            ]
            let tree = YAMLNode(.mapping(entries))
            #expect(try Document.parse(tree.yamlText, file: "f.yaml").hasSameContent(as: tree))
        }
    }
}

@Suite struct `A tree written as JSON` {
    @Test func `has sorted keys and no blanks`() {
        let tree = YAMLNode([
            "b": [1, 1.0, "x\n\"", true, YAMLNode(.null)], "a": YAMLNode(["é": -0.5, "e": 1e300]),
        ])
        #expect(tree.canonicalJSON == #"{"a":{"e":1e+300,"é":-0.5},"b":[1,1.0,"x\n\"",true,null]}"#)
    }

    @Test func `depends on neither the order of keys nor spans`() throws {
        let left = try Document.parse("{a: 1, b: {c: 2, d: [x]}}", file: "left.yaml")
        let right = try Document.parse("b:\n  d: ['x']\n  c: 0x2\na: 1", file: "right.yaml")
        #expect(left.canonicalJSON == right.canonicalJSON)
    }

    @Test(arguments: [
        (Double.infinity, "\".inf\""), (-.infinity, "\"-.inf\""), (.nan, "\".nan\""),
        (.leastNonzeroMagnitude, "5e-324"),
    ])
    func `names floats that JSON lacks`(value: Double, text: String) {
        #expect(YAMLNode(value).canonicalJSON == text)
    }

    @Test func `differs where the content differs`() {
        var generator = SplitMix(state: 11)
        let trees = (0..<200).map { _ in randomTree(depth: 3, &generator) }
        for left in trees {
            for right in trees {
                #expect(left.hasSameContent(as: right) == (left.canonicalJSON == right.canonicalJSON))
            }
        }
    }
}
