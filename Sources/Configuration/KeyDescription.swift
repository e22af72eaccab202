// SPDX-License-Identifier: MIT

/// What a key is for, said once, beside the key: a sentence or two in plain English.
public struct KeyMeaning: Sendable, Equatable, ExpressibleByStringLiteral {
    public let text: String
    /// What the value is counted in; nothing for a pure number.
    public let unit: String?
    /// How the paper writes it; nothing where it does not.
    public let symbol: String?
    /// What stands in where the key is left out and there is no fixed default.
    public let leftOut: String?

    public init(_ text: String, unit: String? = nil, symbol: String? = nil, leftOut: String? = nil) {
        self.text = text
        self.unit = unit
        self.symbol = symbol
        self.leftOut = leftOut
    }

    public init(stringLiteral text: String) { self.init(text) }
}

/// All that can be said of a key without a value.
public struct KeyDescription: Sendable {
    public let key: String
    public let form: ValueForm
    public let meaning: KeyMeaning
    /// The value that a file has which leaves the key out; nothing where that is no fixed one.
    public let standard: YAMLNode?
    /// Whether a file must have it.
    public let isRequired: Bool
    /// The other key and its value without which this one is a conflict; nothing for none.
    public let condition: Condition?

    public struct Condition: Sendable, Equatable, CustomStringConvertible {
        public let key: String
        public let value: String

        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }

        public var description: String { "\(key): \(value)" }
    }

    public init(
        _ key: String, _ form: ValueForm, meaning: KeyMeaning, standard: YAMLNode? = nil, isRequired: Bool = false,
        condition: Condition? = nil
    ) {
        self.key = key
        self.form = form
        self.meaning = meaning
        self.standard = standard
        self.isRequired = isRequired
        self.condition = condition
    }

    /// The same key where a file must have it, so that no default holds.
    public var required: KeyDescription {
        KeyDescription(key, form, meaning: meaning, isRequired: true, condition: condition)
    }
}
