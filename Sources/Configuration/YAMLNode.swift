// SPDX-License-Identifier: MIT

/// A YAML value with the place where it is written.
public struct YAMLNode: Sendable {
    /// What the node holds.
    public var value: Value
    /// Where the value begins; for a mapping in a block, at its first key.
    public let span: SourceSpan

    /// What a node holds.
    public enum Value: Sendable {
        case scalar(Scalar)
        case sequence([YAMLNode])
        /// The entries in the order of the file; no key occurs twice in a parsed node.
        case mapping([Entry])
    }

    /// A key of a mapping with its value.
    public struct Entry: Sendable {
        /// The key's text, quotes taken off.
        public let key: String
        /// Where the key is written.
        public let keySpan: SourceSpan
        /// What the key holds.
        public var value: YAMLNode

        /// An entry, of a file or written in code.
        public init(key: String, keySpan: SourceSpan = .generated, value: YAMLNode) {
            self.key = key
            self.keySpan = keySpan
            self.value = value
        }
    }

    /// A node, of a file or written in code.
    public init(_ value: Value, span: SourceSpan = .generated) {
        self.value = value
        self.span = span
    }

    /// A scalar's node, of a file or written in code.
    public init(_ scalar: Scalar, span: SourceSpan = .generated) {
        self.init(.scalar(scalar), span: span)
    }

    /// Whether this is null, written or meant by an empty value.
    public var isNull: Bool {
        switch value {
        case .scalar(.null), .scalar(.empty): true
        case .scalar, .sequence, .mapping: false
        }
    }

    /// Whether nothing is written where a value could stand.
    public var isEmpty: Bool {
        if case .scalar(.empty) = value { true } else { false }
    }

    /// The entries of a mapping; none for a scalar or a sequence.
    public var entries: [Entry] {
        if case .mapping(let entries) = value { entries } else { [] }
    }

    /// The value of a key; none where the node is no mapping or lacks the key.
    public subscript(key: String) -> YAMLNode? {
        entries.first { $0.key == key }?.value
    }

    /// Whether both nodes say the same, wherever it is written and in whichever order their keys stand.
    ///
    /// Integers and floats differ (`1` is not `1.0`); not-a-number equals itself.
    public func hasSameContent(as other: YAMLNode) -> Bool {
        switch (value, other.value) {
        case (.scalar(let left), .scalar(let right)):
            return left == right
        case (.sequence(let left), .sequence(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.hasSameContent(as: $1) }
        case (.mapping(let left), .mapping(let right)):
            return left.count == right.count
                && left.allSatisfy { entry in
                    let twin = right.first { $0.key.utf8.elementsEqual(entry.key.utf8) }
                    return twin.map { entry.value.hasSameContent(as: $0.value) } ?? false
                }
        case (.scalar, _), (.sequence, _), (.mapping, _):
            return false
        }
    }
}

// MARK: Trees written in code

extension YAMLNode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    /// Text, which is quoted in YAML where it could be taken for something else.
    public init(_ text: String) { self.init(.text(text)) }
    /// An integer.
    public init(_ integer: Int) { self.init(.integer(integer)) }
    /// A float, finite or not.
    public init(_ number: Double) { self.init(.float(number)) }
    /// `true` or `false`.
    public init(_ boolean: Bool) { self.init(.boolean(boolean)) }
    /// A sequence.
    public init(_ items: [YAMLNode]) { self.init(.sequence(items)) }

    /// A mapping with its entries in the order given: `YAMLNode(["epochs": 40, "weights": weights?.node])`.
    ///
    /// - Parameter pairs: Keys with their values, no key twice; a key without a value is left out.
    public init(_ pairs: KeyValuePairs<String, YAMLNode?>) {
        let keys = Set(pairs.map(\.key))
        precondition(keys.count == pairs.count, "\(pairs.count) entries with \(keys.count) different keys")
        self.init(.mapping(pairs.compactMap { key, value in value.map { Entry(key: key, value: $0) } }))
    }

    public init(stringLiteral text: String) { self.init(text) }
    public init(integerLiteral integer: Int) { self.init(integer) }
    public init(floatLiteral number: Double) { self.init(number) }
    public init(booleanLiteral boolean: Bool) { self.init(boolean) }
    public init(arrayLiteral items: YAMLNode...) { self.init(items) }
}
