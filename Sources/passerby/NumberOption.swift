// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Configuration

/// Numbers of a command line: every one has a range, the one that experiment files have for it too, and its help says it.
extension Option {
    /// A number with a default.
    init(
        wrappedValue: Value, name: NameSpecification = .long, help: ArgumentHelp, within allowed: ClosedRange<Value>
    ) where Value: LosslessStringConvertible & Sendable {
        self.init(
            wrappedValue: wrappedValue, name: name, help: help.saying("\(Bounds(allowed)); default: \(wrappedValue)"),
            transform: number(within: allowed))
    }

    /// A number that may be left out.
    init<Number: Comparable & LosslessStringConvertible & Sendable>(
        name: NameSpecification = .long, help: ArgumentHelp, within allowed: ClosedRange<Number>
    ) where Value == Number? {
        self.init(name: name, help: help.saying("\(Bounds(allowed))"), transform: number(within: allowed))
    }
}

extension ArgumentHelp {
    /// The same with something in brackets at its end.
    fileprivate func saying(_ text: String) -> ArgumentHelp {
        var help = self
        help.abstract = "\(abstract.hasSuffix(".") ? String(abstract.dropLast()) : abstract) (\(text))."
        return help
    }
}

private func number<Number: Comparable & LosslessStringConvertible & Sendable>(
    within allowed: ClosedRange<Number>
) -> @Sendable (String) throws -> Number {
    { text in
        // What is not a number is in no range either.
        guard let value = Number(text), allowed.contains(value) else {
            let isWhole = Number.self is any BinaryInteger.Type
            throw ValidationError("allowed: \(isWhole ? "a whole number, " : "")\(Bounds(allowed))")
        }
        return value
    }
}
