// SPDX-License-Identifier: MIT

extension YAMLNode {
    /// JSON text that is the same for trees of the same content: keys sorted by their UTF-8 bytes, no blanks.
    ///
    /// Digests of it tell whether a stage's settings changed. Floats keep a fraction (`1.0`), so that they
    /// differ from integers; JSON knows no infinite ones, which become the strings `".inf"`, `"-.inf"` and
    /// `".nan"`.
    public var canonicalJSON: String {
        switch value {
        case .scalar(.null), .scalar(.empty): return "null"
        case .scalar(.boolean(let value)): return "\(value)"
        case .scalar(.integer(let value)): return "\(value)"
        case .scalar(.float(let value)): return value.isFinite ? "\(value)" : "\"\(Scalar.plain(value))\""
        case .scalar(.text(let value)): return quotedText(value)
        case .sequence(let items): return "[\(items.map(\.canonicalJSON).joined(separator: ","))]"
        case .mapping(let entries):
            let members = entries.sorted(by: byKey).map { "\(quotedText($0.key)):\($0.value.canonicalJSON)" }
            return "{\(members.joined(separator: ","))}"
        }
    }
}

private func byKey(_ left: YAMLNode.Entry, _ right: YAMLNode.Entry) -> Bool {
    left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
}
