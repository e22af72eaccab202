// SPDX-License-Identifier: MIT

/// An item of a sequence such as `stages`, with what kind it is and what it is called.
public struct NamedItem<Kind, Value> {
    /// The item's only key, or the bare word.
    public let kind: Located<Kind>
    /// The item's `name:`, or its key where it has none; no two items share one.
    public let name: Located<String>
    /// What was read from the item's keys.
    public let value: Value
}

extension NamedItem: Sendable where Kind: Sendable, Value: Sendable {}

extension ValueReader {
    /// A sequence of named items: `[{adapt: {epochs: 3}}, {adapt: {name: again}}, postprocess]`.
    ///
    /// The key path of an item is its name alone, so that reports say `adapt.epochs`, which is what an
    /// override would be called. `name` is read here and is no key of the draft: it has letters, digits, `-` and `_`, so
    /// that an override can say it and a folder can be called like that.
    ///
    /// - Parameters:
    ///   - type: The kinds of items, by their keys.
    ///   - reserved: Names that no item may have.
    ///   - draft: Reads the keys of an item; the reader is finished afterwards.
    /// - Returns: A reader of the items that could be read, in order; the others are reported.
    public static func namedItems<Kind, Draft>(
        _ type: Kind.Type, reserved: [String] = [], _ draft: @escaping (Located<Kind>, MappingReader) -> Draft?
    ) -> ValueReader
    where Kind: RawRepresentable & CaseIterable, Kind.RawValue == String, Value == [NamedItem<Kind, Draft>] {
        let names = Kind.allCases.map(\.rawValue)
        let expected = "a sequence of items, each one of \(names.joined(separator: ", "))"
        return ValueReader(expected: expected) { node, keyPath, collector in
            guard case .sequence(let items) = node.value else {
                collector.reportType(of: node, expected: expected, keyPath)
                return nil
            }
            var firstSpans: [String: SourceSpan] = [:]
            return items.enumerated().compactMap { row, item in
                let named = namedItem(item, at: "\(keyPath)[\(row)]", collector, reserved, draft)
                guard let named else { return nil }
                if let first = firstSpans[named.name.value] {
                    collector.report(.duplicateName(named.name.value, first: first), at: named.name)
                    return nil
                }
                firstSpans[named.name.value] = named.name.span
                return named
            }
        }
    }

    private static func namedItem<Kind, Draft>(
        _ item: YAMLNode, at keyPath: String, _ collector: ProblemCollector, _ reserved: [String],
        _ draft: (Located<Kind>, MappingReader) -> Draft?
    ) -> NamedItem<Kind, Draft>?
    where Kind: RawRepresentable & CaseIterable, Kind.RawValue == String {
        let names = Kind.allCases.map(\.rawValue)
        guard
            let single = SingleEntry.choose(from: names, item, at: keyPath, collector),
            let kind = ValueReader<Kind>.known(single.word, at: single.span, keyPath, collector)
        else { return nil }
        let name = Located(single.name.text, span: single.name.span, keyPath: single.name.text)
        let reader = MappingReader(single.body, at: name.value, reportingTo: collector)
        defer { reader.finish() }
        _ = reader.optional("name", .itemName(besides: reserved))
        let located = Located(kind, span: single.span, keyPath: name.value)
        return draft(located, reader).map { NamedItem(kind: located, name: name, value: $0) }
    }
}

extension ValueReader where Value == String {
    /// What an item may be called.
    fileprivate static func itemName(besides reserved: [String]) -> ValueReader {
        let words = reserved.map { ", and not '\($0)'" }.joined()
        let allowed = "letters, digits, - and _, at most \(longestName) bytes\(words)"
        return ValueReader(expected: text.expected, form: text.form) { node, keyPath, collector in
            guard let name = text.value(node, at: keyPath, collector) else { return nil }
            let isSound = !name.isEmpty && name.utf8.count <= longestName && !reserved.contains(name)
            if isSound, name.allSatisfy({ $0.isLetter || $0.isNumber || "-_".contains($0) }) { return name }
            collector.report(.outOfRange(found: node.found, allowed: allowed), at: node.span, keyPath: keyPath)
            return nil
        }
    }

    /// Names of files may have 255 bytes, and some of an item's are longer than its name.
    private static var longestName: Int { 199 }
}
