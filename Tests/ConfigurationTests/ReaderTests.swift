// SPDX-License-Identifier: MIT

import Configuration
import Testing

@Suite struct `A reader of one value` {
    private enum Size: String, CaseIterable { case small, large }

    private func read<Value>(_ text: String, _ reader: ValueReader<Value>) -> (value: Value?, report: String) {
        let collector = ProblemCollector()
        do throws(ConfigurationError) {
            let mapping = MappingReader(try Document.parse("a: \(text)", file: "f"), reportingTo: collector)
            let value = mapping.required("a", reader)?.value
            try collector.check()
            return (value, "")
        } catch {
            return (nil, error.description)
        }
    }

    @Test(arguments: [
        ("0", "f:1:4: a: found 0; allowed: 1 to 9"), ("1", ""), ("9", ""), ("10", "f:1:4: a: found 10; allowed: 1 to 9"),
        ("x", "f:1:4: a: found text 'x'; allowed: an integer, 1 to 9"),
    ])
    func `says the range of an integer`(text: String, report: String) {
        #expect(read(text, .integer(1...9)).report == report)
    }

    @Test func `says the range of a number`() {
        #expect(read("2", .number(0...1)).report == "f:1:4: a: found 2; allowed: 0 to 1")
        #expect(read("-0.5", .number(0...2.5)).report == "f:1:4: a: found -0.5; allowed: 0 to 2.5")
        #expect(read("1", .number(0...1)).value == 1 && read("0", .number(0...1)).value == 0)
        #expect(read("-1e300", .number(-1e300...0)).value == -1e300)
        #expect(read("1e999", .number(0...1)).report == "f:1:4: a: found .inf; allowed: a number, 0 to 1")
    }

    @Test func `reads lists of any length, and reports every bad item`() {
        #expect(read("[]", .list(of: .text)).value?.isEmpty == true)
        #expect(
            read("[small, large]", .list(of: .choice(Size.self))).value?.map(\.value) == [.small, .large])
        #expect(
            read("[smal, 3]", .list(of: .choice(Size.self))).report == """
                f:1:5: a[0]: found 'smal'; allowed: small, large (did you mean 'small'?)
                f:1:11: a[1]: found 3; allowed: one of small, large
                """)
        #expect(
            read("[[1], [2, x]]", .list(of: .list(of: .integer(0...9)))).report
                == "f:1:14: a[1][1]: found text 'x'; allowed: an integer, 0 to 9")
        #expect(
            read("[1]", .list(of: .integer(0...9), count: 2 ... .max)).report
                == "f:1:4: a: found 1 item; allowed: 2 or more")
    }

    @Test func `keeps a user's text on one line, and cuts it`() {
        #expect(
            read("\"two\\nlines\"", .integer(0...9)).report
                == "f:1:4: a: found text 'two\\nlines'; allowed: an integer, 0 to 9")
        let long = String(repeating: "x", count: 100)
        #expect(
            read(long, .integer(0...9)).report
                == "f:1:4: a: found text '\(String(repeating: "x", count: 80))…'; allowed: an integer, 0 to 9")
    }
}

@Suite struct `A reader of one mapping` {
    private func reader(_ text: String, _ collector: ProblemCollector) throws -> MappingReader {
        MappingReader(try Document.parse(text, file: "f"), reportingTo: collector)
    }

    @Test func `reports a key once, however often it is asked for or finished`() throws {
        let collector = ProblemCollector()
        let reader = try reader("{a: 1, b: 2}", collector)
        _ = reader.optional("a", .integer(0...9))
        _ = reader.optional("a", .integer(0...9))
        reader.finish()
        reader.finish()
        #expect(collector.problems.map(\.description) == ["f:1:8: b: unknown key 'b'; allowed: a"])
        let error = #expect(throws: ConfigurationError.self) { try collector.check() }
        #expect(error?.problems.count == 1)
    }

    /// Whoever writes a stage's name as a key means the stage; the nearest known word would be the one that is there.
    @Test func `says of a stage's name that it is no key`() throws {
        let collector = ProblemCollector()
        let reader = try reader("{adapt: {epochs: 3}, adopt: 1}", collector)
        reader.suggest(["adapt"])
        reader.finish()
        #expect(
            collector.problems.map(\.description) == [
                "f:1:2: adapt: 'adapt' is a stage, and no key here; allowed: its keys in an item of 'stages', or one of them as "
                    + "'override: {adapt.KEY: VALUE}'",
                "f:1:22: adopt: unknown key 'adopt'; allowed: none (did you mean 'adapt'?)",
            ])
    }

    @Test func `is finished by the collector where nobody does`() throws {
        let collector = ProblemCollector()
        _ = try reader("{first: 1}", collector).optional("second", .integer(0...9))
        let error = #expect(throws: ConfigurationError.self) { try collector.check() }
        #expect(error?.description == "f:1:2: first: unknown key 'first'; allowed: second")
    }

    @Test func `lets a later rule report at the place of a value`() throws {
        let collector = ProblemCollector()
        let reader = try reader("{k1: 5, k2: 9}", collector)
        let neighbours = try #require(reader.required("k1", .integer(0...9)))
        let expansion = try #require(reader.required("k2", .integer(0...9)))
        if expansion.value > neighbours.value {
            let message = "found \(expansion.value), above k1 = \(neighbours.value); allowed: at most k1"
            collector.report(.conflict(message), at: expansion)
        }
        let error = #expect(throws: ConfigurationError.self) { try collector.check() }
        #expect(error?.description == "f:1:13: k2: found 9, above k1 = 5; allowed: at most k1")
    }

    @Test func `sorts problems by place and drops repetitions`() {
        let problems = [(2, 1), (1, 9), (1, 2), (2, 1)].map { line, column in
            Problem(.conflict("x"), at: SourceSpan(file: "f", line: line, column: column))
        }
        #expect(ConfigurationError(problems).description == "f:1:2: x\nf:1:9: x\nf:2:1: x")
    }
}
