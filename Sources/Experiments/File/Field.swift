// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration

/// One key of a part of the experiment file: what it has an effect on, how it is read into a value and written back.
///
/// A table of fields is the only description of a part's keys, so reading, writing and what is allowed cannot
/// disagree. A key that the file leaves out keeps the value's default.
struct Field<Part> {
    let key: String
    /// Of a part with keys of its own, all that any of them has.
    let roles: FieldRoles
    let read: (MappingReader, inout Part) -> Void
    /// The value as it is written; of a part with keys of its own, those with any of the roles.
    let write: (Part, FieldRoles) -> YAMLNode?

    /// A key with its reader and writer.
    init<Value>(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Value>, _ reader: ValueReader<Value>,
        _ write: @escaping (Value) -> YAMLNode?
    ) {
        self.init(key, roles, path, reader) { value, _ in write(value) }
    }

    private init<Value>(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Value>, _ reader: ValueReader<Value>,
        writing write: @escaping (Value, FieldRoles) -> YAMLNode?
    ) {
        self.init(
            key: key, roles: roles,
            read: { mapping, part in
                if let found = mapping.optional(key, reader) { part[keyPath: path] = found.value }
            },
            write: { write($0[keyPath: path], $1) })
    }

    /// A key whose value is no property of the part.
    init(
        key: String, roles: FieldRoles, read: @escaping (MappingReader, inout Part) -> Void,
        write: @escaping (Part, FieldRoles) -> YAMLNode?
    ) {
        self.key = key
        self.roles = roles
        self.read = read
        self.write = write
    }

    /// The same key for a value that holds the part.
    func inside<Whole>(_ path: WritableKeyPath<Whole, Part>) -> Field<Whole> {
        Field<Whole>(
            key: key, roles: roles, read: { mapping, whole in read(mapping, &whole[keyPath: path]) },
            write: { write($0[keyPath: path], $1) })
    }

    /// The same key for a value that has the part in one of its cases: where the word `choice` does not choose that, the key
    /// is a conflict.
    ///
    /// - Parameters:
    ///   - part: The part of a value that is in the case.
    ///   - whole: A value in the case.
    func inside<Whole>(
        _ choice: String, _ word: String, _ part: @escaping (Whole) -> Part?, _ whole: @escaping (Part) -> Whole
    ) -> Field<Whole> {
        Field<Whole>(
            key: key, roles: roles,
            read: { mapping, value in
                if var chosen = part(value) {
                    read(mapping, &chosen)
                    value = whole(chosen)
                } else if let found = mapping.optional(key, .anything) {
                    let report = "'\(key)' goes with \(choice): \(word); allowed: one or the other"
                    mapping.collector.report(.conflict(report), at: found)
                }
            },
            write: { value, roles in part(value).flatMap { write($0, roles) } })
    }
}

extension ValueReader<Void> {
    /// Whatever is written.
    fileprivate static var anything: ValueReader { ValueReader(expected: "a value") { _, _, _ in () } }
}

// MARK: Fields of one value

extension Field {
    static func integer(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Int>, _ range: ClosedRange<Int>
    ) -> Field {
        Field(key, roles, path, .integer(range)) { YAMLNode($0) }
    }

    /// A number that may be left out, for which something else stands in then.
    static func integer(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Int?>, _ range: ClosedRange<Int>
    ) -> Field {
        Field(key, roles, path, ValueReader<Int>.integer(range).map(Optional.some)) { $0.map { YAMLNode($0) } }
    }

    static func number(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Double>, _ range: ClosedRange<Double>
    ) -> Field {
        Field(key, roles, path, .number(range)) { YAMLNode($0) }
    }

    static func boolean(_ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Bool>) -> Field {
        Field(key, roles, path, .boolean) { YAMLNode($0) }
    }

    static func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Value>
    ) -> Field where Value.RawValue == String {
        Field(key, roles, path, .choice()) { YAMLNode($0.rawValue) }
    }

    /// A word that may be left out, for which something else stands in then.
    static func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, Value?>
    ) -> Field where Value.RawValue == String {
        Field(key, roles, path, ValueReader<Value>.choice().map(Optional.some)) { $0.map { YAMLNode($0.rawValue) } }
    }

    /// Whole numbers in ascending order.
    static func integers(
        _ key: String, _ roles: FieldRoles, _ path: WritableKeyPath<Part, [Int]>, _ range: ClosedRange<Int>,
        count: ClosedRange<Int>
    ) -> Field {
        let list = ValueReader<[Located<Int>]>.list(of: .integer(range), count: count)
        return Field(key, roles, path, list.map { $0.map(\.value) }) { YAMLNode($0.map { YAMLNode($0) }) }
    }

    /// The name of an earlier stage.
    static func reference(_ key: String, _ path: WritableKeyPath<Part, StageReference>) -> Field {
        Field(key, .reference, path, ValueReader<String>.name.map { .named($0) }) { $0.node }
    }

    /// The name of an earlier stage that may be left out, for which something else stands in then.
    static func reference(_ key: String, _ path: WritableKeyPath<Part, StageReference?>) -> Field {
        Field(key, .reference, path, ValueReader<String>.name.map { .named($0) }) { $0?.node }
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
    static func references(_ key: String, _ path: WritableKeyPath<Part, [StageReference]>) -> Field {
        Field(key, .reference, path, .stageNames) { references in
            let names = references.compactMap(\.node)
            return names.count > 1 ? YAMLNode(names) : names.first
        }
    }
}

extension ValueReader where Value == [StageReference] {
    fileprivate static var stageNames: ValueReader {
        let one = ValueReader<String>.name
        let several = ValueReader<[Located<String>]>.list(of: one, count: 1...Limits.networks.upperBound)
        return ValueReader(expected: "\(one.expected), or a sequence of it") { node, keyPath, collector in
            guard case .sequence = node.value else { return one.value(node, at: keyPath, collector).map { [.named($0)] } }
            return several.value(node, at: keyPath, collector)?.map { .named($0.value) }
        }
    }
}

// MARK: Fields of several

extension Field {
    /// A part with keys of its own.
    static func part<Value: Configurable>(_ key: String, _ path: WritableKeyPath<Part, Value>) -> Field {
        Field(key, Value.roles, path, Value.reader) { YAMLNode(.mapping($0.entries($1))) }
    }

    /// A part that can be left out: `false` for without, `true` for the defaults, or a mapping.
    static func switchable<Value: Configurable>(_ key: String, _ path: WritableKeyPath<Part, Value?>) -> Field {
        Field(key, Value.roles, path, .switchable(Value.reader)) { value, roles in
            value.map { YAMLNode(.mapping($0.entries(roles))) } ?? YAMLNode(false)
        }
    }
}

extension ValueReader {
    fileprivate static func switchable<Part>(_ reader: ValueReader<Part>) -> ValueReader where Value == Part? {
        ValueReader(expected: "true, false or \(reader.expected)") { node, keyPath, collector in
            if case .scalar(.boolean(let isOn)) = node.value {
                guard isOn else { return .some(nil) }
                return reader.value(YAMLNode(.mapping([]), span: node.span), at: keyPath, collector)
            }
            return reader.value(node, at: keyPath, collector)
        }
    }

    /// The same reader with its value turned into another.
    func map<Other>(_ transform: @escaping (Value) -> Other) -> ValueReader<Other> {
        ValueReader<Other>(expected: expected) { node, keyPath, collector in
            value(node, at: keyPath, collector).map(transform)
        }
    }
}
