// SPDX-License-Identifier: MIT

import Configuration
import Testing

@Suite struct `A scalar without quotes` {
    @Test(arguments: [
        ("", Scalar.empty), ("~", .null), ("null", .null), ("Null", .null), ("NULL", .null),
        ("nULL", .text("nULL")),
        ("true", .boolean(true)), ("False", .boolean(false)), ("TRUE", .boolean(true)),
        ("tRUE", .text("tRUE")),
        ("0", .integer(0)), ("-0", .integer(0)), ("+12", .integer(12)), ("-19", .integer(-19)),
        ("0o17", .integer(15)), ("0x1F", .integer(31)), ("0xff", .integer(255)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .float(9_223_372_036_854_775_808)),
        ("0x10000000000000000", .text("0x10000000000000000")),
        ("0o8", .text("0o8")), ("0x", .text("0x")), ("0x-1", .text("0x-1")), ("-0x1", .text("-0x1")),
        ("1.5", .float(1.5)), ("1.", .float(1)), (".5", .float(0.5)), ("-.5", .float(-0.5)),
        ("+0.0", .float(0)),
        ("1e3", .float(1000)), ("3.5e-4", .float(0.00035)), ("1.e+2", .float(100)), ("0e1", .float(0)),
        ("1e999", .float(.infinity)), (".inf", .float(.infinity)), ("-.INF", .float(-.infinity)),
        ("+.Inf", .float(.infinity)),
        (".nan", .float(.nan)), (".NaN", .float(.nan)),
        (".", .text(".")), ("+", .text("+")), ("-", .text("-")), (".e1", .text(".e1")), ("1e", .text("1e")),
        ("1e+", .text("1e+")), ("1.2.3", .text("1.2.3")), ("inf", .text("inf")), ("nan", .text("nan")),
        ("+.nan", .text("+.nan")), ("1_000", .text("1_000")), ("１", .text("１")),
    ])
    func `means what the core schema of YAML 1.2 says`(plain: String, meaning: Scalar) {
        #expect(Scalar(plain: plain) == meaning)
    }

    @Test(arguments: [("a:", true), ("a: # why", true), ("a: ~", false), ("a: ''", false), ("a: !!null ''", false)])
    func `is null where it is empty, and known to be empty`(document: String, isEmpty: Bool) throws {
        let node = try #require(try Document.parse(document, file: "f.yaml")["a"])
        #expect(node.isEmpty == isEmpty)
        #expect(node.isNull == (document != "a: ''"))
        #expect(YAMLNode(.empty).hasSameContent(as: YAMLNode(.null)))
    }

    @Test(arguments: [
        "yes", "No", "on", "off", "y", "n", "0777", "00", "-01", "01.5", "12:00:00", "2020-07-01", "0b11",
    ])
    func `stays text where only YAML 1.1 sees a value`(plain: String) {
        #expect(Scalar(plain: plain) == .text(plain))
    }

    @Test(arguments: ["12", "true", "null", "0.5", ".inf", ""])
    func `is text once it is quoted`(text: String) throws {
        for document in ["\"\(text)\"", "'\(text)'", "!!str \(text)", "! \(text)"] where document != "! " {
            let node = try Document.parse("a: \(document)", file: "f.yaml")
            #expect(node["a"]?.hasSameContent(as: YAMLNode(text)) == true, "\(document)")
        }
    }

    @Test func `keeps the type that its tag names`() throws {
        let node = try Document.parse(
            "{a: !!int \"7\", b: !!float 7, c: !!bool 'true', d: !!null ''}", file: "f.yaml")
        #expect(node.hasSameContent(as: YAMLNode(["a": 7, "b": 7.0, "c": true, "d": YAMLNode(.null)])))
    }
}
