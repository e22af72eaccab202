// SPDX-License-Identifier: MIT

internal import Configuration

/// One key of a part of the experiment file: how it is read into a value and written back.
///
/// A table of fields is the only description of a part's keys, so reading, writing and what is allowed cannot
/// disagree. A key that the file leaves out keeps the value's default.
struct Field<Part> {
    let key: String
    let read: (MappingReader, inout Part) -> Void
    let write: (Part) -> YAMLNode?

    /// A key with its reader and writer.
    init<Value>(
        _ key: String, _ path: WritableKeyPath<Part, Value>, _ reader: ValueReader<Value>,
        _ write: @escaping (Value) -> YAMLNode?
    ) {
        self.key = key
        read = { mapping, part in
            if let found = mapping.optional(key, reader) { part[keyPath: path] = found.value }
        }
        self.write = { write($0[keyPath: path]) }
    }

    static func integer(_ key: String, _ path: WritableKeyPath<Part, Int>, _ range: ClosedRange<Int>) -> Field {
        Field(key, path, .integer(range)) { YAMLNode($0) }
    }

    static func number(
        _ key: String, _ path: WritableKeyPath<Part, Double>, _ range: ClosedRange<Double>
    ) -> Field {
        Field(key, path, .number(range)) { YAMLNode($0) }
    }

    static func boolean(_ key: String, _ path: WritableKeyPath<Part, Bool>) -> Field {
        Field(key, path, .boolean) { YAMLNode($0) }
    }

    /// A text that may be left out, empty by default; whoever writes one that is empty meant something else.
    static func text(_ key: String, _ path: WritableKeyPath<Part, String>) -> Field {
        Field(key, path, .name) { $0.isEmpty ? nil : YAMLNode($0) }
    }

    static func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String, _ path: WritableKeyPath<Part, Value>
    ) -> Field where Value.RawValue == String {
        Field(key, path, .choice()) { YAMLNode($0.rawValue) }
    }

    /// Whole numbers in ascending order.
    static func integers(
        _ key: String, _ path: WritableKeyPath<Part, [Int]>, _ range: ClosedRange<Int>, count: ClosedRange<Int>
    ) -> Field {
        let list = ValueReader<[Located<Int>]>.list(of: .integer(range), count: count)
        return Field(key, path, list.map { $0.map(\.value) }) { YAMLNode($0.map { YAMLNode($0) }) }
    }
}

/// A part of the experiment file that is described by a table of fields.
protocol Configurable {
    /// All defaults.
    init()
    static var fields: [Field<Self>] { get }
}

extension Configurable {
    /// The defaults, overwritten by the keys of a mapping.
    init(_ mapping: MappingReader) {
        self.init()
        for field in Self.fields { field.read(mapping, &self) }
    }

    /// All keys with their values.
    var entries: [YAMLNode.Entry] {
        Self.fields.compactMap { field in field.write(self).map { YAMLNode.Entry(key: field.key, value: $0) } }
    }

    static var reader: ValueReader<Self> { .mapping { Self($0) } }

    var node: YAMLNode { YAMLNode(.mapping(entries)) }
}

extension ValueReader {
    /// The same reader with its value turned into another.
    func map<Other>(_ transform: @escaping (Value) -> Other) -> ValueReader<Other> {
        ValueReader<Other>(expected: expected) { node, keyPath, collector in
            value(node, at: keyPath, collector).map(transform)
        }
    }
}
