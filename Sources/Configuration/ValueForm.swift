// SPDX-License-Identifier: MIT

/// What a value may be, as data: a reader says yes or no, while pages, schemas and editors want to know before.
public indirect enum ValueForm: Sendable {
    /// What these cases have no words for, as reports say it.
    case other(String)
    case text(mayBeEmpty: Bool)
    /// That of a file or folder, or a name that stands for one.
    case path
    case boolean
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// A word of a closed list, or one that the expression matches: accepted, and suggested nowhere unless it has a number.
    case word([String], orMatching: String?)
    case list(of: ValueForm, count: ClosedRange<Int>?)
    case mapping([KeyDescription])
    /// A word alone, or a mapping of that one key to what goes with it.
    case choice([Alternative])
    case either([ValueForm])

    /// A word, and what may stand behind it.
    public struct Alternative: Sendable {
        public let word: String
        public let value: ValueForm
        public let meaning: KeyMeaning

        public init(_ word: String, _ value: ValueForm, meaning: KeyMeaning) {
            self.word = word
            self.value = value
            self.meaning = meaning
        }
    }
}

extension ValueForm {
    /// The words of a list and its expression as people are told of them: `[0-9]+` is an N; of an expression without a
    /// number they are not told.
    package static func shown(_ words: [String], orMatching others: String?) -> [String] {
        guard let others, others.contains("[0-9]+") else { return words }
        return words + [others.replacing("[0-9]+", with: "N").filter { $0 != "^" && $0 != "$" }]
    }

    /// The keys that a mapping of this form may have, and the words of a choice as keys.
    public var keys: [KeyDescription] {
        switch self {
        case .mapping(let keys): keys
        case .choice(let alternatives):
            alternatives.map { choice in
                let meaning = KeyMeaning(choice.meaning.text, leftOut: "not chosen")
                return KeyDescription(choice.word, choice.value, meaning: meaning)
            }
        case .either(let forms):
            // A value alone and one of a list may have the same keys.
            forms.flatMap(\.keys).reduce(into: []) { keys, key in
                if !keys.contains(where: { $0.key == key.key }) { keys.append(key) }
            }
        case .list(let element, _): element.keys
        case .other, .text, .path, .boolean, .integer, .number, .word: []
        }
    }
}

extension ValueForm: CustomStringConvertible {
    /// As a person reads it: `0.001 to 1`, `one of source, translated`.
    public var description: String {
        switch self {
        case .other(let expected): expected
        case .text(let mayBeEmpty): mayBeEmpty ? "text" : "text that is not empty"
        case .path: "a path"
        case .boolean: "true or false"
        case .integer(let range): "an integer, \(Bounds(range))"
        case .number(let range): "a number, \(Bounds(range))"
        case .word(let words, let others): Self.shown(words, orMatching: others).joined(separator: ", ")
        case .list(let element, let count):
            "a list" + (count.map { " of \(Bounds($0))" } ?? "") + ", each \(element)"
        case .mapping(let keys) where keys.count == 1: "{\(keys[0].key): \(keys[0].form)}"
        case .mapping(let keys) where keys.isEmpty: "no keys of its own"
        case .mapping(let keys): "keys " + keys.map(\.key).joined(separator: ", ")
        case .choice(let alternatives): alternatives.map(\.description).joined(separator: ", ")
        case .either(let forms): forms.map(\.description).joined(separator: "; or ")
        }
    }
}

extension ValueForm.Alternative: CustomStringConvertible {
    public var description: String {
        switch value {
        case .mapping(let keys) where keys.isEmpty: word
        case .mapping: "{\(word): {…}}"
        case .path: "{\(word): PATH}"
        default: "{\(word): \(value)}"
        }
    }
}
