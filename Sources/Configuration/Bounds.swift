// SPDX-License-Identifier: MIT

/// An interval whose ends are each allowed, not allowed, or absent; its description is what reports say.
public struct Bounds<Value: Comparable> {
    struct End {
        let value: Value
        let isOpen: Bool

        init(_ value: Value, isOpen: Bool = false) {
            self.value = value
            self.isOpen = isOpen
        }
    }

    var lower: End?
    var upper: End?

    func contains(_ value: Value) -> Bool {
        let isHighEnough = lower.map { $0.isOpen ? value > $0.value : value >= $0.value } ?? true
        let isLowEnough = upper.map { $0.isOpen ? value < $0.value : value <= $0.value } ?? true
        return isHighEnough && isLowEnough
    }
}

extension Bounds {
    /// Both ends are allowed.
    public init(_ range: ClosedRange<Value>) {
        self.init(lower: End(range.lowerBound), upper: End(range.upperBound))
    }

    init(_ range: Range<Value>) {
        self.init(lower: End(range.lowerBound), upper: End(range.upperBound, isOpen: true))
    }

    init(_ range: PartialRangeFrom<Value>) {
        self.init(lower: End(range.lowerBound))
    }
}

extension Bounds: CustomStringConvertible {
    /// As reports say it: `1 to 100`.
    public var description: String {
        switch (lower, upper) {
        case (nil, nil): "any"
        case (let lower?, nil): lower.isOpen ? "above \(lower)" : "\(lower) or more"
        case (nil, let upper?): upper.isOpen ? "below \(upper)" : "at most \(upper)"
        case (let lower?, let upper?):
            switch (lower.isOpen, upper.isOpen) {
            case (false, false): "\(lower) to \(upper)"
            case (false, true): "\(lower) or more and below \(upper)"
            case (true, false): "above \(lower) and at most \(upper)"
            case (true, true): "above \(lower) and below \(upper)"
            }
        }
    }
}

extension Bounds.End: CustomStringConvertible {
    /// The value, a whole number without its `.0`.
    var description: String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
