// SPDX-License-Identifier: MIT

extension ValueReader where Value == String {
    /// Text; a number or `true` is text only in quotes.
    public static var text: ValueReader {
        scalar("text") { scalar in
            if case .text(let text) = scalar { text } else { nil }
        }
    }
}

extension ValueReader where Value == String {
    /// Text that names something, and so is not empty.
    public static var name: ValueReader {
        scalar("text that is not empty") { scalar in
            if case .text(let text) = scalar, !text.isEmpty { text } else { nil }
        }
    }
}

extension ValueReader where Value == String {
    /// One of some words.
    public static func word(of words: [String]) -> ValueReader {
        let expected = "one of \(words.joined(separator: ", "))"
        return ValueReader(expected: expected) { node, keyPath, collector in
            guard case .scalar(.text(let word)) = node.value else {
                collector.reportType(of: node, expected: expected, keyPath)
                return nil
            }
            return known(word, of: words, at: node.span, keyPath, collector)
        }
    }

    /// The word itself; none, and a problem, when it is none of those that are allowed.
    fileprivate static func known(
        _ word: String, of words: [String], at span: SourceSpan, _ keyPath: String, _ collector: ProblemCollector
    ) -> String? {
        if words.contains(word) { return word }
        let kind = Problem.Kind.unknownValue(found: word, allowed: words, nearest: nearest(to: word, among: words))
        collector.report(kind, at: span, keyPath: keyPath)
        return nil
    }
}

extension ValueReader where Value == Bool {
    /// `true` or `false`, and no other word.
    public static var boolean: ValueReader {
        scalar("true or false") { scalar in
            if case .boolean(let value) = scalar { value } else { nil }
        }
    }
}

extension ValueReader where Value == YAMLNode {
    /// Any value, as a tree.
    public static var node: ValueReader {
        ValueReader(expected: "any value") { node, _, _ in node }
    }
}

extension ValueReader where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One word of a closed list.
    public static func choice(_ type: Value.Type = Value.self) -> ValueReader {
        let words = ValueReader<String>.word(of: Value.allCases.map(\.rawValue))
        return ValueReader(expected: words.expected) { node, keyPath, collector in
            // A value may be accepted that is not suggested.
            if case .scalar(.text(let word)) = node.value, let value = Value(rawValue: word) { return value }
            return words.value(node, at: keyPath, collector).flatMap(Value.init)
        }
    }

    /// The case of a word; none, and a problem, when there is no such case.
    static func known(
        _ word: String, at span: SourceSpan, _ keyPath: String, _ collector: ProblemCollector
    ) -> Value? {
        if let value = Value(rawValue: word) { return value }
        let words = Value.allCases.map(\.rawValue)
        return ValueReader<String>.known(word, of: words, at: span, keyPath, collector).flatMap(Value.init)
    }
}

extension ValueReader where Value == Int {
    /// An integer, decimal, `0x…` or `0o…`; a float such as `1e3` is none.
    public static var integer: ValueReader { integer(in: nil) }

    /// An integer between two that are allowed themselves.
    public static func integer(_ range: ClosedRange<Int>) -> ValueReader { integer(in: Bounds(range)) }

    /// An integer that is not below another.
    public static func integer(_ range: PartialRangeFrom<Int>) -> ValueReader { integer(in: Bounds(range)) }

    private static func integer(in bounds: Bounds<Int>?) -> ValueReader {
        number("an integer", in: bounds) { scalar in
            if case .integer(let value) = scalar { value } else { nil }
        }
    }
}

extension ValueReader where Value == Double {
    /// A finite number; integers are numbers too.
    public static var number: ValueReader { number(in: nil) }

    /// A finite number between two that are allowed themselves.
    public static func number(_ range: ClosedRange<Double>) -> ValueReader { number(in: Bounds(range)) }

    /// A finite number of a range whose upper end is not allowed.
    public static func number(_ range: Range<Double>) -> ValueReader { number(in: Bounds(range)) }

    /// A finite number that is not below another.
    public static func number(_ range: PartialRangeFrom<Double>) -> ValueReader { number(in: Bounds(range)) }

    /// A finite number above a lower end that is not allowed itself.
    public static func number(above lower: Double) -> ValueReader {
        number(in: Bounds(lower: .init(lower, isOpen: true)))
    }

    /// A finite number above a lower end that is not allowed, up to an upper one that is.
    public static func number(above lower: Double, through upper: Double) -> ValueReader {
        number(in: Bounds(lower: .init(lower, isOpen: true), upper: .init(upper)))
    }

    /// A finite number between two ends that are not allowed themselves.
    public static func number(above lower: Double, below upper: Double) -> ValueReader {
        number(in: Bounds(lower: .init(lower, isOpen: true), upper: .init(upper, isOpen: true)))
    }

    private static func number(in bounds: Bounds<Double>?) -> ValueReader {
        number("a number", in: bounds) { scalar in
            switch scalar {
            case .integer(let value): Double(value)
            case .float(let value) where value.isFinite: value
            case .float, .null, .empty, .boolean, .text: nil
            }
        }
    }
}

extension ValueReader where Value: Comparable {
    /// A reader of numbers of one type, within bounds where there are any.
    fileprivate static func number(
        _ type: String, in bounds: Bounds<Value>?, convert: @escaping (Scalar) -> Value?
    ) -> ValueReader {
        let expected = bounds.map { "\(type), \($0)" } ?? type
        let unbounded = scalar(expected, convert: convert)
        return ValueReader(expected: expected) { node, keyPath, collector in
            guard let value = unbounded.value(node, at: keyPath, collector) else { return nil }
            guard let bounds, !bounds.contains(value) else { return value }
            let kind = Problem.Kind.outOfRange(found: node.found, allowed: "\(bounds)")
            collector.report(kind, at: node.span, keyPath: keyPath)
            return nil
        }
    }
}
