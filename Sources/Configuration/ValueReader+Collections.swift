// SPDX-License-Identifier: MIT

extension ValueReader {
    /// A sequence of values of one kind.
    ///
    /// - Parameters:
    ///   - element: What each value has to be.
    ///   - count: How many values are allowed; any number where it is left out.
    /// - Returns: A reader that answers none when any element was reported, after reading all of them.
    public static func list<Element>(
        of element: ValueReader<Element>, count: ClosedRange<Int>? = nil
    ) -> ValueReader where Value == [Located<Element>] {
        let bounds = count.map { $0.upperBound == .max ? Bounds(from: $0.lowerBound) : Bounds($0) }
        let length = bounds.map { " of length \($0)" } ?? ""
        let expected = "a sequence\(length), each item \(element.expected)"
        return ValueReader(expected: expected, form: .list(of: element.form, count: count)) { node, keyPath, collector in
            guard case .sequence(let items) = node.value else {
                collector.reportType(of: node, expected: expected, keyPath)
                return nil
            }
            let read = items.indices.map { element.located(items[$0], at: "\(keyPath)[\($0)]", collector) }
            if let bounds, !bounds.contains(items.count) {
                let found = items.count == 1 ? "1 item" : "\(items.count) items"
                let kind = Problem.Kind.outOfRange(found: found, allowed: "\(bounds)")
                collector.report(kind, at: node.span, keyPath: keyPath)
                return nil
            }
            let values = read.compactMap { $0 }
            return values.count == items.count ? values : nil
        }
    }

    /// One value, or a sequence of them.
    ///
    /// - Parameters:
    ///   - one: What each value has to be.
    ///   - expected: Both, as reports say it.
    ///   - count: How many a sequence may have.
    public static func oneOrSeveral<Element>(
        _ one: ValueReader<Element>, expected: String, count: ClosedRange<Int>
    ) -> ValueReader where Value == [Element] {
        let several = ValueReader<[Located<Element>]>.list(of: one, count: count)
        return ValueReader(expected: expected, form: .either([one.form, several.form])) { node, keyPath, collector in
            guard case .sequence = node.value else { return one.value(node, at: keyPath, collector).map { [$0] } }
            return several.value(node, at: keyPath, collector)?.map(\.value)
        }
    }

    /// A mapping with keys of its own; null counts as an empty one where the key is required.
    ///
    /// - Parameters:
    ///   - keys: The keys that the draft reads; nothing where they are not described.
    ///   - draft: Reads the keys; the reader is finished afterwards.
    /// - Returns: A reader that answers what the draft answers.
    public static func mapping(
        _ keys: [KeyDescription]? = nil, _ draft: @escaping (MappingReader) -> Value?
    ) -> ValueReader {
        ValueReader(expected: "a mapping", form: keys.map(ValueForm.mapping)) { node, keyPath, collector in
            let reader = MappingReader(node, at: keyPath, reportingTo: collector)
            defer { reader.finish() }
            return draft(reader)
        }
    }

    /// One alternative of a closed list with its own keys: `{arcface: {scale: 64}}`, or `linear` without
    /// keys.
    ///
    /// - Parameters:
    ///   - type: The alternatives, by the words that choose them.
    ///   - described: What an alternative is and the keys that the draft reads of it; nothing where that is not described.
    ///   - draft: Reads the keys of the alternative; the reader is finished afterwards.
    /// - Returns: A reader that answers what the draft answers.
    public static func oneOf<Kind: RawRepresentable & CaseIterable>(
        _ type: Kind.Type, described: ((Kind) -> (meaning: KeyMeaning, keys: [KeyDescription]))? = nil,
        _ draft: @escaping (Kind, MappingReader) -> Value?
    ) -> ValueReader where Kind.RawValue == String {
        let names = Kind.allCases.map(\.rawValue)
        let expected = "one of \(names.joined(separator: ", "))"
        let form = described.map { described in
            ValueForm.choice(
                Kind.allCases.map { kind in
                    let (meaning, keys) = described(kind)
                    return .init(kind.rawValue, .mapping(keys), meaning: meaning)
                })
        }
        return ValueReader(expected: expected, form: form) { node, keyPath, collector in
            guard
                let choice = SingleEntry.choose(from: names, node, at: keyPath, collector),
                let kind = ValueReader<Kind>.known(choice.word, at: choice.span, keyPath, collector)
            else { return nil }
            let path = joined(keyPath, choice.word)
            let reader = MappingReader(choice.body, at: path, reportingTo: collector)
            defer { reader.finish() }
            return draft(kind, reader)
        }
    }
}

extension YAMLNode {
    /// Values as ``ValueReader/oneOrSeveral(_:expected:count:)`` reads them: one stands alone. Nothing for none.
    public init?(oneOrSeveral values: [YAMLNode]) {
        guard let first = values.first else { return nil }
        self = values.count > 1 ? YAMLNode(values) : first
    }
}
