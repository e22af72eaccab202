// SPDX-License-Identifier: MIT

import Configuration
import Testing

@Suite struct `The places of a document` {
    @Test(arguments: ["\n", "\r\n", "\r"])
    func `count lines whatever ends them`(ending: String) throws {
        let tree = try Document.parse("a: 1\(ending)b:\(ending)  - é: 2\(ending)  - [3, 4]", file: "f")
        #expect(tree["a"]?.span == SourceSpan(file: "f", line: 1, column: 4))
        guard case .sequence(let items)? = tree["b"]?.value, case .sequence(let numbers) = items[1].value
        else {
            Issue.record("expected a sequence, found \(tree)")
            return
        }
        #expect(items[0]["é"]?.span == SourceSpan(file: "f", line: 3, column: 8))
        #expect(items[0].entries.map(\.keySpan) == [SourceSpan(file: "f", line: 3, column: 5)])
        #expect(numbers.map(\.span) == [6, 9].map { SourceSpan(file: "f", line: 4, column: $0) })
    }

    @Test func `are those of the anchor for a value that is repeated`() throws {
        let tree = try Document.parse("a: &x {b: 1}\nc: *x", file: "f")
        #expect(tree["c"]?["b"]?.span == SourceSpan(file: "f", line: 1, column: 11))
    }
}

@Suite struct `A text that is no experiment file` {
    static let rows: [(text: String, report: String)] = [
        ("", "f.yaml:1:1: found an empty file; allowed: a mapping of keys to values"),
        ("# only a comment\n", "f.yaml:1:1: found an empty file; allowed: a mapping of keys to values"),
        (
            "a: [1, 2",
            "f.yaml:1:9: not YAML: did not find expected ',' or ']' while parsing a flow sequence "
                + "begun at 1:4"
        ),
        ("a: b: c", "f.yaml:1:5: not YAML: mapping values are not allowed in this context"),
        ("a:\n\t- 1", "f.yaml:2:1: not YAML: a tab where a value begins; allowed: spaces"),
        ("a: @x", "f.yaml:1:4: not YAML: '@' where a value begins; allowed: text in quotes"),
        ("a: 1\nb: 2\n  c: 3", "f.yaml:3:4: not YAML: mapping values are not allowed in this context"),
        (
            "a: 'x",
            "f.yaml:1:6: not YAML: found unexpected end of stream while scanning a quoted scalar "
                + "begun at 1:4"
        ),
        ("a: \u{1}", "f.yaml:1:4: not YAML: control characters are not allowed (U+0001)"),
        ("é: \u{1}", "f.yaml:1:4: not YAML: control characters are not allowed (U+0001)"),
        (
            "a: 1\na: 2\na: 3",
            "f.yaml:2:1: a: given twice; first at f.yaml:1:1\n"
                + "f.yaml:3:1: a: given twice; first at f.yaml:1:1"
        ),
        ("&k a: 1\n*k : 2", "f.yaml:2:1: a: given twice; first at f.yaml:1:1"),
        ("\"a\\nb\": {c: 1, c: 2}", "f.yaml:1:16: a\\nb.c: given twice; first at f.yaml:1:10"),
        ("a: {b: {c: 1, d: 2, c: 3}}", "f.yaml:1:21: a.b.c: given twice; first at f.yaml:1:9"),
        ("1: x", "f.yaml:1:1: found the key 1; allowed: text as a key, quoted where it looks like a value"),
        (
            "true: x\nnull: y\n1.5: z",
            "f.yaml:1:1: found the key true; "
                + "allowed: text as a key, quoted where it looks like a value\n"
                + "f.yaml:2:1: found the key null; "
                + "allowed: text as a key, quoted where it looks like a value\n"
                + "f.yaml:3:1: found the key 1.5; "
                + "allowed: text as a key, quoted where it looks like a value"
        ),
        (
            "[a]: x",
            "f.yaml:1:1: found a sequence as a key; "
                + "allowed: text as a key, quoted where it looks like a value"
        ),
        (
            "? {a: 1}\n: x",
            "f.yaml:1:3: found a mapping as a key; "
                + "allowed: text as a key, quoted where it looks like a value"
        ),
        ("<<: {a: 1}", "f.yaml:1:1: found the merge key '<<'; allowed: 'extends:' to build on a file"),
        (
            "a: !cat x",
            "f.yaml:1:4: a: found the tag '!cat'; "
                + "allowed: no tag, or !!str, !!int, !!float, !!bool, !!null"
        ),
        (
            "a: !!seq x",
            "f.yaml:1:4: a: found the tag '!!seq'; "
                + "allowed: no tag, or !!str, !!int, !!float, !!bool, !!null"
        ),
        ("!!set {a: 1}", "f.yaml:1:1: found the tag '!!set'; allowed: no tag, or !!map"),
        ("a: !!int x", "f.yaml:1:4: a: found text 'x'; allowed: what its tag '!!int' says"),
        (
            "a: *b",
            "f.yaml:1:4: a: found the alias '*b' without an anchor before it; "
                + "allowed: an alias of a value that is complete"
        ),
        (
            "a: &b [*b]",
            "f.yaml:1:8: a[0]: found the alias '*b' inside its own anchor; "
                + "allowed: an alias of a value that is complete"
        ),
        ("a: 1\n---\nb: 2", "f.yaml:2:1: found a second document; allowed: one document a file"),
        ("a: 1\n...\nb: 2", "f.yaml:3:1: not YAML: did not find expected <document start>"),
        (
            "%TAG ! tag:x,2020:\n---\na: !y 1",
            "f.yaml:3:4: a: found the tag 'tag:x,2020:y'; "
                + "allowed: no tag, or !!str, !!int, !!float, !!bool, !!null"
        ),
        ("%YAML 3.0\n---\na: 1", "f.yaml:1:1: not YAML: found incompatible YAML document"),
    ]

    @Test(arguments: rows)
    func `is reported with its place`(text: String, report: String) {
        do throws(ConfigurationError) {
            _ = try Document.parse(text, file: "f.yaml")
            Issue.record("accepted")
        } catch {
            #expect(error.description == report)
        }
    }
}
