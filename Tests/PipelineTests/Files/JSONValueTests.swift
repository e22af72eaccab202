// SPDX-License-Identifier: MIT

import Testing

@testable import Pipeline

@Suite struct `A JSON value` {
    @Test(
        arguments: [
            (nil, "null"), (true, "true"), (-3, "-3"), (0.1, "0.1"), (1.0, "1"), (-0.0, "0"), (1e-7, "1e-07"),
            (1e300, "1e+300"), (JSONValue.number(.infinity), "\"inf\""), (.number(-.infinity), "\"-inf\""),
            (.number(.nan), "\"nan\""), ("a\"\\\n\u{1}é", "\"a\\\"\\\\\\u000a\\u0001é\""),
            (["b": 1, "a": [2, ["d": nil, "c": "x"]]], "{\"a\":[2,{\"c\":\"x\",\"d\":null}],\"b\":1}"),
        ] as [(JSONValue, String)])
    func `has one canonical text, which reads back as itself`(value: JSONValue, text: String) throws {
        #expect(value.canonicalText == text)
        #expect(try JSONValue(text: text) == value)
        #expect(try JSONValue(encoding: value) == value)
    }

    @Test func `is one number whether written with a fraction or not`() throws {
        #expect(JSONValue.integer(1) == 1.0)
        #expect(try JSONValue(text: "1.0") == JSONValue(text: "1"))
        // 2⁵³ + 1 is whole and no Double: the integer keeps it.
        #expect(try JSONValue(text: "9007199254740993").canonicalText == "9007199254740993")
        #expect(JSONValue.integer(1) != true)
        #expect(JSONValue.string("1") != 1)
    }

    @Test func `is what a type's own encoding makes`() throws {
        struct Settings: Encodable {
            let rate = 0.5
            let sizes = [1, 2]
            let name: String? = nil
        }
        #expect(try JSONValue(encoding: Settings()) == ["rate": 0.5, "sizes": [1, 2]])
    }

    @Test func `lists differing fields by path`() {
        let old: JSONValue = ["a": ["x": 1, "y": [1, 2]], "b": 1, "c": [1]]
        let new: JSONValue = ["a": ["x": 1.0, "y": [1, 3]], "c": [1, 2], "d": nil]
        #expect(
            old.differences(from: new).map(\.description) == [
                "a.y[1]: 2 on record, 3 asked for", "b: 1 on record, absent asked for",
                "c: [1] on record, [1,2] asked for", "d: absent on record, null asked for",
            ])
    }
}
