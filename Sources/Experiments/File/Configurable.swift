// SPDX-License-Identifier: MIT

internal import Configuration
internal import Pipeline
internal import Sweeps

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

    static var reader: ValueReader<Self> { .mapping(keys) { Self($0) } }

    /// All that users are told of the keys.
    static var keys: [KeyDescription] {
        let standard = Self()
        return fields.map { $0.description(of: standard) }
    }

    /// All that any field has an effect on.
    static var roles: FieldRoles { fields.reduce(into: []) { $0.formUnion($1.roles) } }

    /// The keys that have any of the roles, with their values.
    func entries(_ roles: FieldRoles = .all) -> [YAMLNode.Entry] {
        Self.fields.compactMap { field in
            guard !field.roles.isDisjoint(with: roles) else { return nil }
            return field.write(self, roles).map { YAMLNode.Entry(key: field.key, value: $0) }
        }
    }

    var node: YAMLNode { YAMLNode(.mapping(entries())) }
}

extension JSONValue {
    /// A tree of settings as data that can be hashed and compared.
    init(_ node: YAMLNode) { self = node.json }

    init(_ entries: [YAMLNode.Entry]) { self = YAMLNode(.mapping(entries)).json }
}
