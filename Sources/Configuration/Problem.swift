// SPDX-License-Identifier: MIT

/// One thing that is wrong with an experiment file or an override.
public struct Problem: Hashable, Sendable {
    /// Where it is written.
    public let span: SourceSpan
    /// The keys that lead to the value, as an override would write them; empty for the document as a whole.
    public let keyPath: String
    /// What was found and what is allowed.
    public let kind: Kind

    /// A problem at a place; the key path is empty for the document as a whole.
    public init(_ kind: Kind, at span: SourceSpan, keyPath: String = "") {
        self.kind = kind
        self.span = span
        self.keyPath = keyPath
    }

    /// What is wrong, as values; the sentences are in ``Problem/description``.
    public enum Kind: Hashable, Sendable {
        // The text itself.
        /// The file cannot be opened, read or understood as UTF-8.
        case unreadable(file: String, reason: String)
        /// The text is not YAML.
        case syntax(String)
        /// Correct YAML that an experiment file may not use, such as several documents or a private tag.
        case unsupported(found: String, allowed: String)
        /// The same key twice in one mapping.
        case duplicateKey(first: SourceSpan)
        /// A file that extends itself; the chain begins and ends with the same file.
        case extendsCycle(chain: [String])
        /// An override that is not `key.path=value`, or in a file `key.path: value`.
        case malformedOverride(found: String, allowed: String)

        // The values.
        /// A key that nothing reads.
        case unknownKey(found: String, allowed: [String], nearest: String?)
        /// The name of a stage where only keys may stand.
        case itemAsKey(String)
        /// A word that is none of a closed list.
        case unknownValue(found: String, allowed: [String], nearest: String?)
        /// A value of the wrong type.
        case wrongType(found: String, expected: String)
        /// A number outside its range.
        case outOfRange(found: String, allowed: String)
        /// A required key that is not there.
        case missing(key: String, expected: String)
        /// A key with nothing behind it.
        case noValue(allowed: String)
        /// Several alternatives where exactly one can be chosen.
        case severalAlternatives(found: [String], allowed: [String])
        /// An item of a sequence with a name that another item has.
        case duplicateName(String, first: SourceSpan)
        /// Values that exclude each other; the sentence names both and what is allowed.
        case conflict(String)
    }
}

extension Problem: CustomStringConvertible {
    /// The report's line: `file:line:column: key.path: what was found; what is allowed`.
    public var description: String {
        keyPath.isEmpty ? "\(span): \(kind)" : "\(span): \(shown(keyPath, limit: 200)): \(kind)"
    }
}

extension Problem.Kind: CustomStringConvertible {
    /// What was found; what is allowed.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "cannot read '\(file)': \(reason)"
        case .syntax(let message):
            "not YAML: \(message)"
        case .unsupported(let found, let allowed):
            "found \(found); allowed: \(allowed)"
        case .duplicateKey(let first):
            "given twice; first at \(first)"
        case .extendsCycle(let chain):
            "extends itself: \(chain.joined(separator: " → ")); allowed: a chain that ends"
        case .malformedOverride(let found, let allowed):
            "\(found); allowed: \(allowed)"
        case .unknownKey(let found, let allowed, let nearest):
            "unknown key '\(shown(found))'; allowed: \(list(allowed))\(suggestion(nearest))"
        case .itemAsKey(let name):
            "'\(shown(name))' is a stage, and no key here; allowed: its keys in an item of 'stages', or one of them as "
                + "'override: {\(shown(name)).KEY: VALUE}'"
        case .unknownValue(let found, let allowed, let nearest):
            "found '\(shown(found))'; allowed: \(list(allowed))\(suggestion(nearest))"
        case .wrongType(let found, let expected):
            "found \(found); allowed: \(expected)"
        case .outOfRange(let found, let allowed):
            "found \(found); allowed: \(allowed)"
        case .missing(let key, let expected):
            "missing key '\(key)'; needed: \(expected)"
        case .noValue(let allowed):
            "no value; allowed: \(allowed)"
        case .severalAlternatives(let found, let allowed):
            "found \(found.map { "'\(shown($0))'" }.joined(separator: " and ")); "
                + "allowed: exactly one of \(list(allowed))\(indentationHint(found, allowed))"
        case .duplicateName(let name, let first):
            "the name '\(name)' is taken at \(first); allowed: a 'name:' of its own for each item"
        case .conflict(let message):
            message
        }
    }
}

private func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.joined(separator: ", ")
}

/// The usual mistake in `- adapt:` is that the keys below it are no deeper than `adapt` itself.
private func indentationHint(_ found: [String], _ allowed: [String]) -> String {
    guard let first = found.first, allowed.contains(first), found.contains(where: { !allowed.contains($0) })
    else { return "" }
    return " (are the keys below '\(first)' indented enough?)"
}

private func suggestion(_ nearest: String?) -> String {
    nearest.map { " (did you mean '\($0)'?)" } ?? ""
}
