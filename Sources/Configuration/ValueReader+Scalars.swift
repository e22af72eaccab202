// SPDX-License-Identifier: MIT

extension ValueReader where Value == String {
    /// Text; a number or `true` is text only in quotes.
    public static var text: ValueReader {
        scalar("text", .text(mayBeEmpty: true)) { scalar in
            if case .text(let text) = scalar { text } else { nil }
        }
    }
}

extension ValueReader where Value == String {
    /// Text that names something, and so is not empty.
    public static var name: ValueReader {
        scalar("text that is not empty", .text(mayBeEmpty: false)) { scalar in
            if case .text(let text) = scalar, !text.isEmpty { text } else { nil }
        }
    }
}

extension ValueReader where Value == String {
    /// The path of a file or folder; a relative one begins in the folder of the file that says it.
    public static var path: ValueReader { path { _ in false } }

    /// The same, or a name that stands for a file wherever that lies.
    public static func path(orName isName: @escaping (String) -> Bool) -> ValueReader {
        ValueReader(expected: name.expected, form: .path) { node, keyPath, collector in
            name.value(node, at: keyPath, collector).map { isName($0) ? $0 : node.span.resolving($0) }
        }
    }
}

extension ValueReader where Value == String {
    /// One of some words.
    public static func word(of words: [String]) -> ValueReader { word(of: words, orMatching: nil) { words.contains($0) } }

    /// One of some words, or another that is accepted.
    ///
    /// - Parameter others: An expression of those that are, as people are told of it.
    fileprivate static func word(
        of words: [String], orMatching others: String?, isAccepted: @escaping (String) -> Bool
    ) -> ValueReader {
        let shown = ValueForm.shown(words, orMatching: others)
        let expected = "one of \(shown.joined(separator: ", "))"
        return ValueReader(expected: expected, form: .word(words, orMatching: others)) { node, keyPath, collector in
            guard case .scalar(.text(let word)) = node.value else {
                collector.reportType(of: node, expected: expected, keyPath)
                return nil
            }
            return isAccepted(word) ? word : known(word, of: words, shown: shown, at: node.span, keyPath, collector)
        }
    }

    /// The word itself; none, and a problem, when it is none of those that are allowed.
    ///
    /// - Parameter shown: Those that are allowed, as people are told of them.
    fileprivate static func known(
        _ word: String, of words: [String], shown: [String], at span: SourceSpan, _ keyPath: String,
        _ collector: ProblemCollector
    ) -> String? {
        if words.contains(word) { return word }
        let kind = Problem.Kind.unknownValue(found: word, allowed: shown, nearest: nearest(to: word, among: words))
        collector.report(kind, at: span, keyPath: keyPath)
        return nil
    }
}

extension ValueReader where Value == Bool {
    /// `true` or `false`, and no other word.
    public static var boolean: ValueReader {
        scalar("true or false", .boolean) { scalar in
            if case .boolean(let value) = scalar { value } else { nil }
        }
    }
}

extension ValueReader where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One word of a closed list.
    ///
    /// - Parameter others: An expression of the words that the type accepts and does not suggest; nothing for none.
    public static func choice(_ type: Value.Type = Value.self, orMatching others: String? = nil) -> ValueReader {
        // A value may be accepted that is not suggested.
        let words = ValueReader<String>.word(of: Value.allCases.map(\.rawValue), orMatching: others) {
            Value(rawValue: $0) != nil
        }
        return ValueReader(expected: words.expected, form: words.form) { node, keyPath, collector in
            words.value(node, at: keyPath, collector).flatMap(Value.init)
        }
    }

    /// The case of a word; none, and a problem, when there is no such case.
    static func known(
        _ word: String, at span: SourceSpan, _ keyPath: String, _ collector: ProblemCollector
    ) -> Value? {
        if let value = Value(rawValue: word) { return value }
        let words = Value.allCases.map(\.rawValue)
        return ValueReader<String>.known(word, of: words, shown: words, at: span, keyPath, collector).flatMap(Value.init)
    }
}

extension ValueReader where Value == Int {
    /// An integer between two that are allowed themselves, decimal, `0x…` or `0o…`; a float such as `1e3` is none.
    public static func integer(_ range: ClosedRange<Int>) -> ValueReader {
        number("an integer", within: range, .integer(range)) { scalar in
            if case .integer(let value) = scalar { value } else { nil }
        }
    }
}

extension ValueReader where Value == Double {
    /// A finite number between two that are allowed themselves; integers are numbers too.
    public static func number(_ range: ClosedRange<Double>) -> ValueReader {
        number("a number", within: range, .number(range)) { scalar in
            switch scalar {
            case .integer(let value): Double(value)
            case .float(let value) where value.isFinite: value
            case .float, .null, .empty, .boolean, .text: nil
            }
        }
    }
}

extension ValueReader where Value: Comparable {
    /// A reader of numbers of one type within a range.
    fileprivate static func number(
        _ type: String, within range: ClosedRange<Value>, _ form: ValueForm, convert: @escaping (Scalar) -> Value?
    ) -> ValueReader {
        let bounds = Bounds(range)
        let expected = "\(type), \(bounds)"
        let anyNumber = scalar(expected, form, convert: convert)
        return ValueReader(expected: expected, form: form) { node, keyPath, collector in
            guard let value = anyNumber.value(node, at: keyPath, collector) else { return nil }
            guard !bounds.contains(value) else { return value }
            let kind = Problem.Kind.outOfRange(found: node.found, allowed: "\(bounds)")
            collector.report(kind, at: node.span, keyPath: keyPath)
            return nil
        }
    }
}
