// SPDX-License-Identifier: MIT

/// A decoded value together with the place that it came from, so that later rules can report there.
public struct Located<Value> {
    /// The value, decoded and checked.
    public let value: Value
    /// Where the value is written.
    public let span: SourceSpan
    /// The keys that lead to the value, as an override would write them: `adapt.head.scale`.
    public let keyPath: String

    /// A value with its place.
    public init(_ value: Value, span: SourceSpan, keyPath: String) {
        self.value = value
        self.span = span
        self.keyPath = keyPath
    }

    /// The same place with another value.
    public func map<Other>(_ transform: (Value) -> Other) -> Located<Other> {
        Located<Other>(transform(value), span: span, keyPath: keyPath)
    }
}

extension Located: Sendable where Value: Sendable {}
extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}
