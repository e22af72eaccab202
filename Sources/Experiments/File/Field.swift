// SPDX-License-Identifier: MIT

internal import Configuration

/// One key of a part of the experiment file: what it is for and has an effect on, how it is read into a value and written
/// back.
///
/// A table of fields is the only description of a part's keys, so reading, writing, what is allowed and what users are told
/// cannot disagree. A key that the file leaves out keeps the value's default.
struct Field<Part> {
    let key: String
    /// Of a part with keys of its own, all that any of them has.
    let roles: FieldRoles
    let meaning: KeyMeaning
    let form: ValueForm
    /// The choice that the key goes with; nothing for none.
    let condition: KeyDescription.Condition?
    let read: (MappingReader, inout Part) -> Void
    /// The value as it is written; of a part with keys of its own, those with any of the roles.
    let write: (Part, FieldRoles) -> YAMLNode?
    /// The value of a part that has all its defaults.
    private let standard: (Part) -> YAMLNode?

    /// A key with its reader and writer.
    init<Value>(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Value>, meaning: KeyMeaning,
        _ reader: ValueReader<Value>, _ write: @escaping (Value) -> YAMLNode?
    ) {
        self.init(key, roles, path, meaning: meaning, reader) { value, _ in write(value) }
    }

    private init<Value>(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Value>, meaning: KeyMeaning,
        _ reader: ValueReader<Value>, writing write: @escaping (Value, FieldRoles) -> YAMLNode?
    ) {
        self.init(
            key: key, roles: roles, meaning: meaning, form: reader.form,
            read: { mapping, part in
                if let found = mapping.optional(key, reader) { part[keyPath: path] = found.value }
            },
            write: { write($0[keyPath: path], $1) })
    }

    /// A key whose value is no property of the part.
    ///
    /// - Parameter standard: The value of a part that has all its defaults; nothing where that is what is written.
    init(
        key: String, roles: FieldRoles, meaning: KeyMeaning, form: ValueForm, condition: KeyDescription.Condition? = nil,
        read: @escaping (MappingReader, inout Part) -> Void, write: @escaping (Part, FieldRoles) -> YAMLNode?,
        standard: ((Part) -> YAMLNode?)? = nil
    ) {
        self.key = key
        self.roles = roles
        self.meaning = meaning
        self.form = form
        self.condition = condition
        self.read = read
        self.write = write
        self.standard = standard ?? { write($0, .all) }
    }

    /// All that users are told of the key.
    ///
    /// - Parameter part: All defaults.
    func description(of part: Part) -> KeyDescription {
        KeyDescription(key, form, meaning: meaning, standard: standard(part), condition: condition)
    }

    /// The same key, which is left out of stages' keys where it says this: keys from before there was another value hold.
    func leftOutOfKeys(where unsaid: YAMLNode) -> Field {
        Field(
            key: key, roles: roles, meaning: meaning, form: form, condition: condition, read: read,
            write: { [write] part, roles in
                guard let node = write(part, roles) else { return nil }
                return roles != .all && node.hasSameContent(as: unsaid) ? nil : node
            })
    }

    /// The same key for a value that holds the part.
    func inside<Whole>(_ path: WritableKeyPath<Whole, Part>) -> Field<Whole> {
        Field<Whole>(
            key: key, roles: roles, meaning: meaning, form: form, condition: condition,
            read: { mapping, whole in read(mapping, &whole[keyPath: path]) },
            write: { write($0[keyPath: path], $1) }, standard: { standard($0[keyPath: path]) })
    }

    /// The same key for a value that has the part in one of its cases: where the word `choice` does not choose that, the key
    /// is a conflict.
    ///
    /// - Parameters:
    ///   - initial: The part of a value that comes into the case.
    ///   - part: The part of a value that is in the case.
    ///   - whole: A value in the case.
    func inside<Whole>(
        _ choice: String, _ word: String, initially initial: Part, _ part: @escaping (Whole) -> Part?,
        _ whole: @escaping (Part) -> Whole
    ) -> Field<Whole> {
        let condition = KeyDescription.Condition(key: choice, value: word)
        return Field<Whole>(
            key: key, roles: roles, meaning: meaning, form: form, condition: condition,
            read: { mapping, value in
                if var chosen = part(value) {
                    read(mapping, &chosen)
                    value = whole(chosen)
                } else if let found = mapping.optional(key, .anything) {
                    let report = "'\(key)' goes with \(condition); allowed: one or the other"
                    mapping.collector.report(.conflict(report), at: found)
                }
            },
            write: { value, roles in part(value).flatMap { write($0, roles) } },
            standard: { standard(part($0) ?? initial) })
    }
}

extension ValueReader<Void> {
    /// Whatever is written.
    fileprivate static var anything: ValueReader { ValueReader(expected: "a value") { _, _, _ in () } }
}

// MARK: Fields of one value

extension Field {
    static func integer(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Int>, _ range: ClosedRange<Int>,
        meaning: KeyMeaning
    ) -> Field {
        Field(key, roles, path, meaning: meaning, .integer(range)) { YAMLNode($0) }
    }

    /// A number that may be left out, for which something else stands in then.
    static func integer(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Int?>, _ range: ClosedRange<Int>,
        meaning: KeyMeaning
    ) -> Field {
        Field(key, roles, path, meaning: meaning, ValueReader<Int>.integer(range).map(Optional.some)) {
            $0.map { YAMLNode($0) }
        }
    }

    static func number(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Double>, _ range: ClosedRange<Double>,
        meaning: KeyMeaning
    ) -> Field {
        Field(key, roles, path, meaning: meaning, .number(range)) { YAMLNode($0) }
    }

    static func boolean(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Bool>, meaning: KeyMeaning
    ) -> Field {
        Field(key, roles, path, meaning: meaning, .boolean) { YAMLNode($0) }
    }

    /// - Parameter others: An expression of the words that are accepted and not suggested; nothing for none.
    static func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Value>, orMatching others: String? = nil,
        meaning: KeyMeaning
    ) -> Field where Value.RawValue == String {
        Field(key, roles, path, meaning: meaning, .choice(orMatching: others)) { YAMLNode($0.rawValue) }
    }

    /// A word that may be left out, for which something else stands in then.
    static func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Value?>, meaning: KeyMeaning
    ) -> Field where Value.RawValue == String {
        Field(key, roles, path, meaning: meaning, ValueReader<Value>.choice().map(Optional.some)) {
            $0.map { YAMLNode($0.rawValue) }
        }
    }

    /// Whole numbers in ascending order.
    static func integers(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, [Int]>, _ range: ClosedRange<Int>,
        count: ClosedRange<Int>, meaning: KeyMeaning
    ) -> Field {
        let list = ValueReader<[Located<Int>]>.list(of: .integer(range), count: count)
        return Field(key, roles, path, meaning: meaning, list.map { $0.map(\.value) }) { YAMLNode($0.map { YAMLNode($0) }) }
    }

    /// The name of an earlier stage.
    static func reference(
        _ key: String, _ path: WritableKeyPath<Part, StageReference>, meaning: KeyMeaning
    ) -> Field {
        Field(key, .reference, path, meaning: meaning, ValueReader<String>.name.map { .named($0) }) { $0.node }
    }

    /// The name of an earlier stage that may be left out, for which something else stands in then.
    static func reference(
        _ key: String, _ path: WritableKeyPath<Part, StageReference?>, meaning: KeyMeaning
    ) -> Field {
        Field(key, .reference, path, meaning: meaning, ValueReader<String>.name.map { .named($0) }) { $0?.node }
    }
}

extension StageReference {
    /// As a file has it; nothing where it is left out.
    fileprivate var node: YAMLNode? {
        switch self {
        case .latest: nil
        case .named(let name): YAMLNode(name)
        }
    }
}

extension Field {
    /// The names of earlier stages: one, or a list of them, each once.
    static func references(
        _ key: String, _ path: WritableKeyPath<Part, [StageReference]>, meaning: KeyMeaning
    ) -> Field {
        let one = ValueReader<String>.name
        let names = ValueReader<[String]>.oneOrSeveral(
            one, expected: "\(one.expected), or a sequence of it", count: 1...Limits.networks.upperBound)
        return Field(key, .reference, path, meaning: meaning, names.map { $0.map { .named($0) } }) {
            YAMLNode(oneOrSeveral: $0.compactMap(\.node))
        }
    }
}

// MARK: Fields of several

extension Field {
    /// A part with keys of its own.
    static func part<Value: Configurable>(
        _ key: String, _ path: WritableKeyPath<Part, Value>, meaning: KeyMeaning
    ) -> Field {
        Field(key, Value.roles, path, meaning: meaning, Value.reader) { YAMLNode(.mapping($0.entries($1))) }
    }

    /// A part that can be left out: `false` for without, `true` for the defaults, or a mapping.
    static func switchable<Value: Configurable>(
        _ key: String, _ path: WritableKeyPath<Part, Value?>, meaning: KeyMeaning
    ) -> Field {
        Field(key, Value.roles, path, meaning: meaning, .switchable(Value.reader)) { value, roles in
            value.map { YAMLNode(.mapping($0.entries(roles))) } ?? YAMLNode(false)
        }
    }
}

extension ValueReader {
    fileprivate static func switchable<Part>(_ reader: ValueReader<Part>) -> ValueReader where Value == Part? {
        let form = ValueForm.either([.boolean, reader.form])
        return ValueReader(expected: "true, false or \(reader.expected)", form: form) { node, keyPath, collector in
            if case .scalar(.boolean(let isOn)) = node.value {
                guard isOn else { return .some(nil) }
                return reader.value(YAMLNode(.mapping([]), span: node.span), at: keyPath, collector)
            }
            return reader.value(node, at: keyPath, collector)
        }
    }

    /// The same reader with its value turned into another.
    func map<Other>(_ transform: @escaping (Value) -> Other) -> ValueReader<Other> {
        ValueReader<Other>(expected: expected, form: form) { node, keyPath, collector in
            value(node, at: keyPath, collector).map(transform)
        }
    }
}
