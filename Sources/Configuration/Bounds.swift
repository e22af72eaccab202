// SPDX-License-Identifier: MIT

/// What is allowed of a number, its ends included; its description is what reports say.
public struct Bounds<Value: Comparable> {
    let lower: Value
    /// Nil where there is none.
    let upper: Value?

    /// Both ends are allowed.
    public init(_ range: ClosedRange<Value>) {
        (lower, upper) = (range.lowerBound, range.upperBound)
    }

    /// This and all above.
    init(from lower: Value) {
        (self.lower, upper) = (lower, nil)
    }

    func contains(_ value: Value) -> Bool {
        value >= lower && upper.map { value <= $0 } ?? true
    }
}

extension Bounds: CustomStringConvertible {
    /// As reports say it: `1 to 100`, or `2 or more`.
    public var description: String {
        upper.map { "\(Self.text(lower)) to \(Self.text($0))" } ?? "\(Self.text(lower)) or more"
    }

    /// A value, a whole number without its `.0`.
    private static func text(_ value: Value) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
