// SPDX-License-Identifier: MIT

internal import Configuration

/// The options of a program as somebody gave them, defaults filled in.
struct ImportedOptions {
    let source: ImportSource
    let problems: ProblemCollector
    private let options: [ImportedOption]
    private let values: [String: ImportedValue]
    /// Spans of defaults among the source's, so that a report can name an option that was not given.
    let labels: [SourceSpan: String]

    /// Reports options that the program does not have.
    init(_ source: ImportSource, _ options: [ImportedOption], reportingTo problems: ProblemCollector) {
        self.options = options
        self.source = source
        self.problems = problems
        let mapping = MappingReader(YAMLNode(.mapping(source.entries)), reportingTo: problems)
        var (values, labels) = ([String: ImportedValue](), source.labels)
        for (index, option) in options.enumerated() {
            _ = mapping.optional(option.name, .anything)
            if let given = source.entries.first(where: { $0.key == option.name }) {
                values[option.name] = ImportedValue(node: given.value, reason: nil)
            } else if let standard = option.standard {
                let span = SourceSpan(file: "default", line: 1, column: index + 1)
                let reason = "the default of \(option.name)"
                labels[span] = reason
                values[option.name] = ImportedValue(node: YAMLNode(standard.value, span: span), reason: reason)
            }
        }
        mapping.finish()
        (self.values, self.labels) = (values, labels)
    }

    subscript(name: String) -> ImportedValue? { values[name] }

    /// An option's value where a reader takes it; what it does not take is reported.
    func read<Value>(_ name: String, _ reader: ValueReader<Value>) -> Value? {
        values[name].flatMap { reader.value($0.node, at: "", problems) }
    }

    func isOn(_ name: String) -> Bool { read(name, .boolean) ?? false }

    func report(_ message: String, at name: String) {
        problems.report(.conflict(message), at: values[name]?.node.span ?? .generated, keyPath: "")
    }

    /// Reports that an option is missing, unless one that is misspelt may be it.
    func requireGiven(_ name: String, _ expected: String) {
        let isMisspelt = problems.problems.contains { problem in
            if case .unknownKey(_, _, nearest: name) = problem.kind { true } else { false }
        }
        guard values[name] == nil, !isMisspelt else { return }
        problems.report(.missing(key: name, expected: expected), at: .generated, keyPath: "")
    }

    /// The options whose values stand under a key as they are.
    var carriedNames: [String] {
        options.filter { option in
            switch option.fate {
            case .key, .text, .word: true
            case .rule, .always, .beside, .moot: false
            }
        }.map(\.name)
    }

    /// Puts every value whose fate is decided by its option alone into a draft.
    func carry(into draft: inout ImportDraft) {
        for option in options {
            guard let value = values[option.name] else { continue }
            switch option.fate {
            case .key(let path): draft.set(path, value)
            case .text(let path): draft.set(path, text(value), reason: value.reason)
            case .word(let path, let words):
                guard let word = read(option.name, .word(of: words.map { $0.key })) else { continue }
                let ours = words.first { $0.key == word }?.value ?? word
                draft.set(path, YAMLNode(.text(ours), span: value.node.span), reason: value.reason)
            case .rule, .moot: continue
            case .always(let allowed, let sentence):
                guard value.isGiven, !allowed.contains(where: { value.node.says($0) }) else { continue }
                draft.leaveOut(label(value), sentence)
            case .beside(let sentence):
                if value.isGiven { draft.leaveOut(label(value), sentence) }
            }
        }
    }

    /// A word of a command line as it was typed.
    private func text(_ value: ImportedValue) -> YAMLNode {
        guard value.isGiven, let label = labels[value.node.span], label.hasPrefix("-") else { return value.node }
        let typed = label.split(separator: " ", maxSplits: 1).dropFirst().first.map(String.init)
        return typed.map { YAMLNode(.text($0), span: value.node.span) } ?? value.node
    }

    /// What a list of what is left out calls a value: without its place in a file, as the file is named above the list.
    private func label(_ value: ImportedValue) -> String {
        let label = labels[value.node.span] ?? "\(value.node.span)"
        guard !label.hasPrefix("-"), case .scalar = value.node.value else { return label }
        return "\(label): \(value.node.yamlText.dropLast())"
    }
}

extension ValueReader where Value == YAMLNode {
    fileprivate static var anything: ValueReader { ValueReader(expected: "a value") { node, _, _ in node } }
}

extension YAMLNode {
    /// Whether both say the same, where 0 and 0.0 do.
    func says(_ other: YAMLNode) -> Bool {
        hasSameContent(as: other) || number != nil && number == other.number
            || zip(items, other.items).allSatisfy { $0.says($1) } && !items.isEmpty && items.count == other.items.count
    }

    private var items: [YAMLNode] { if case .sequence(let items) = value { items } else { [] } }

    /// A whole number; what is none is reported where it is put.
    var integer: Int? { if case .scalar(.integer(let value)) = value { value } else { nil } }

    private var number: Double? {
        switch value {
        case .scalar(.integer(let value)): Double(value)
        case .scalar(.float(let value)): value
        case .scalar, .sequence, .mapping: nil
        }
    }
}
