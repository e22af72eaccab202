// SPDX-License-Identifier: MIT

internal import Configuration

extension ValueReader where Value == SearchSpace {
    /// A mapping of settings to values: `adapt.rate: {log_range: [1.0e-5, 1.0e-3]}`.
    static var searchSpace: ValueReader {
        .mapping { mapping in
            var dimensions: [Dimension] = []
            var isWhole = true
            for key in mapping.keys {
                let reader = ValueReader<Dimension>.dimension(key, after: dimensions)
                if let found = mapping.required(key.value, reader) {
                    dimensions.append(found.value)
                } else {
                    isWhole = false
                }
            }
            if mapping.keys.isEmpty {
                mapping.collector.report(
                    .conflict("no settings to vary; allowed: one or more"), at: mapping.span, keyPath: mapping.keyPath)
            }
            return isWhole ? SearchSpace(dimensions) : nil
        }
    }
}

extension ValueReader where Value == Dimension {
    /// - Parameters:
    ///   - key: The setting, and where it is written.
    ///   - earlier: What conditions may name.
    fileprivate static func dimension(_ key: Located<String>, after earlier: [Dimension]) -> ValueReader {
        let expected = "a sequence of values, or a mapping with one of choices, range and log_range"
        return ValueReader(expected: expected) { node, keyPath, collector in
            if case .sequence = node.value {
                return choices.value(node, at: keyPath, collector).map {
                    Dimension(
                        key: key.value, keySpan: key.span, span: node.span, domain: .choices($0), points: nil,
                        conditions: [])
                }
            }
            guard case .mapping = node.value else {
                collector.reportType(of: node, expected: expected, keyPath)
                return nil
            }
            let mapping = MappingReader(node, at: keyPath, reportingTo: collector)
            defer { mapping.finish() }
            let conditions = mapping.optional("when", .conditions(on: earlier))
            let points = mapping.optional("points", .integer(SweepLimits.points))
            guard let domain = domain(mapping, points: points), conditions != nil || !mapping.has("when") else { return nil }
            return Dimension(
                key: key.value, keySpan: key.span, span: domain.span, domain: domain.value, points: points?.value,
                conditions: conditions?.value ?? [])
        }
    }

    /// The one domain that a mapping names.
    private static func domain(_ mapping: MappingReader, points: Located<Int>?) -> Located<Dimension.Domain>? {
        let choices = mapping.optional("choices", choices).map { $0.map { Dimension.Domain.choices($0) } }
        let range = mapping.optional("range", .range(isLogarithmic: false))
        let logarithmic = mapping.optional("log_range", .range(isLogarithmic: true))
        let words = ["choices", "range", "log_range"]
        let named = words.filter(mapping.has)
        guard named.count == 1 else {
            let found = named.isEmpty ? "none" : named.joined(separator: " and ")
            mapping.collector.report(
                .conflict("found \(found) of \(words.joined(separator: ", ")); allowed: exactly one of them"),
                at: mapping.span, keyPath: mapping.keyPath)
            return nil
        }
        if choices != nil, let points {
            mapping.collector.report(.conflict("'points' divides a range, and choices are counted already"), at: points)
        }
        return choices ?? range ?? logarithmic
    }

    private static var choices: ValueReader<[YAMLNode]> {
        let any = ValueReader<YAMLNode>(expected: "a value") { node, _, _ in node }
        let list = ValueReader<[Located<YAMLNode>]>.list(of: any, count: SweepLimits.choices)
        return ValueReader<[YAMLNode]>(expected: list.expected) { node, keyPath, collector in
            guard let values = list.value(node, at: keyPath, collector)?.map(\.value) else { return nil }
            for (row, value) in values.enumerated() {
                guard values[..<row].contains(where: { $0.hasSameContent(as: value) }) else { continue }
                collector.report(
                    .conflict("\(found(value)) is among the values twice; allowed: each once"), at: value.span,
                    keyPath: "\(keyPath)[\(row)]")
                return nil
            }
            return values
        }
    }

    /// A value as a report shows it.
    private static func found(_ node: YAMLNode) -> String {
        if case .scalar(let scalar) = node.value { scalar.found } else { node.canonicalJSON }
    }
}

extension ValueReader where Value == Dimension.Domain {
    /// Two numbers in ascending order, whole ones where both are written so.
    fileprivate static func range(isLogarithmic: Bool) -> ValueReader {
        let lower = isLogarithmic ? "the lower above 0 and " : ""
        let expected = "two numbers, \(lower)the second above the first"
        let numbers = ValueReader<[Located<Double>]>.list(of: .number(SweepLimits.number), count: 2...2)
        return ValueReader(expected: expected) { node, keyPath, collector in
            guard let ends = numbers.value(node, at: keyPath, collector)?.map(\.value) else { return nil }
            guard ends[0] < ends[1], !isLogarithmic || ends[0] > 0 else {
                let found = ends.map { "\($0)" }.joined(separator: " to ")
                collector.report(.outOfRange(found: found, allowed: expected), at: node.span, keyPath: keyPath)
                return nil
            }
            guard case .sequence(let items) = node.value else { return nil }
            guard items.allSatisfy(\.isInteger) else { return .numbers(ends[0]...ends[1], isLogarithmic: isLogarithmic) }
            let whole = ValueReader<[Located<Int>]>.list(of: .integer(SweepLimits.wholeNumber), count: 2...2)
            return whole.value(node, at: keyPath, collector).map {
                .integers($0[0].value...$0[1].value, isLogarithmic: isLogarithmic)
            }
        }
    }
}

extension YAMLNode {
    fileprivate var isInteger: Bool {
        if case .scalar(.integer) = value { true } else { false }
    }
}

extension ValueReader where Value == [Dimension.Condition] {
    /// A mapping of earlier settings to a value or a sequence of values.
    fileprivate static func conditions(on earlier: [Dimension]) -> ValueReader {
        let expected = "a mapping of earlier settings of the space to values"
        return ValueReader(expected: expected) { node, keyPath, collector in
            guard case .mapping(let entries) = node.value else {
                collector.reportType(of: node, expected: expected, keyPath)
                return nil
            }
            let conditions = entries.compactMap { condition($0, earlier, keyPath, collector) }
            return conditions.count == entries.count ? conditions : nil
        }
    }

    private static func condition(
        _ entry: YAMLNode.Entry, _ earlier: [Dimension], _ keyPath: String, _ collector: ProblemCollector
    ) -> Dimension.Condition? {
        guard let parent = earlier.first(where: { $0.key == entry.key }) else {
            let names = earlier.map(\.key)
            collector.report(
                .unknownValue(found: entry.key, allowed: names, nearest: nearest(to: entry.key, among: names)),
                at: entry.keySpan, keyPath: keyPath)
            return nil
        }
        guard case .choices(let known) = parent.domain else {
            collector.report(
                .conflict("'\(entry.key)' is a range; allowed: a setting with choices"), at: entry.keySpan, keyPath: keyPath)
            return nil
        }
        var values = [entry.value]
        if case .sequence(let items) = entry.value.value { values = items }
        for value in values where !known.contains(where: { $0.hasSameContent(as: value) }) {
            collector.report(
                .conflict(
                    "\(value.canonicalJSON) is none of the choices of '\(entry.key)'; allowed: "
                        + known.map(\.canonicalJSON).joined(separator: ", ")), at: value.span, keyPath: keyPath)
            return nil
        }
        return Dimension.Condition(key: entry.key, values: values)
    }
}
