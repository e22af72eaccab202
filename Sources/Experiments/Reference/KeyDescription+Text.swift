// SPDX-License-Identifier: MIT

internal import Configuration
internal import Pipeline

extension KeyDescription {
    /// What holds where a file leaves the key out, as a person reads it.
    var standardText: String {
        if isRequired { return "required" }
        if let leftOut = meaning.leftOut { return leftOut }
        return switch (form, standard) {
        case (.mapping(let keys), _) where !keys.contains(where: \.isRequired): "see its keys"
        case (.either(let forms), .some(let node)) where forms.contains(where: \.isSwitch) && !node.entries.isEmpty: "true"
        case (_, .some(let node)): node.flowText
        case (_, nil): "none"
        }
    }

    /// All of it, a line each.
    var text: String {
        var lines = [meaning.text, "allowed: \(form)"]
        if let unit = meaning.unit { lines.append("unit: \(unit)") }
        lines.append(isRequired ? "must be given" : "default: \(standardText)")
        if let symbol = meaning.symbol { lines.append("in the paper: \(symbol)") }
        if let condition { lines.append("goes with: \(condition)") }
        return lines.joined(separator: "\n")
    }
}

extension ValueForm {
    fileprivate var isSwitch: Bool {
        if case .boolean = self { true } else { false }
    }
}

extension KeyPlace: CustomStringConvertible {
    /// As `passerby keys` shows it.
    public var description: String {
        var blocks = answers.map { answer in
            let of = answer.methods.isEmpty ? "" : " (\(answer.methods.joined(separator: ", ")))"
            return "\(path)\(of)\n" + answer.key.text.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        }
        if let method {
            let others = others.isEmpty ? "" : "\nother methods, shown with --method NAME: \(others.joined(separator: ", "))"
            blocks.append("\(path), method \(method.name): \(method.meaning)\(others)")
        }
        if path.isEmpty {
            let kinds = StageKind.allCases.map { "  \($0.rawValue): \($0.meaning)" }
            blocks.append("An experiment file has these keys; 'passerby keys KEY' says all of one.")
            blocks.append(table)
            blocks.append(
                "Stages are of these kinds; 'passerby keys KIND' has their keys.\n" + kinds.joined(separator: "\n"))
        } else if !keys.isEmpty {
            blocks.append(table)
        }
        return blocks.joined(separator: "\n\n")
    }

    /// A line for each key.
    private var table: String {
        let rows = [("key", "default", "meaning")] + keys.map { ($0.key, shortened($0.standardText), $0.meaning.text) }
        let widths = (rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0)
        return rows.map { key, standard, meaning in
            "\(padded(key, widths.0))  \(padded(standard, widths.1))  \(meaning)"
        }.joined(separator: "\n")
    }

    /// A long default would push every meaning to the right; the key's own description has it whole.
    private func shortened(_ text: String) -> String { text.count <= 30 ? text : text.prefix(29) + "…" }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension KeyPlace: Encodable {
    private enum Member: String, CodingKey {
        case place, method, otherMethods = "other_methods", key, keys
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Member.self)
        try container.encode(path, forKey: .place)
        try container.encodeIfPresent(method?.name, forKey: .method)
        if !others.isEmpty { try container.encode(others, forKey: .otherMethods) }
        if !answers.isEmpty {
            try container.encode(answers.map { EncodedKey(key: $0.key, methods: $0.methods) }, forKey: .key)
        }
        try container.encode(keys.map { EncodedKey(key: $0, methods: []) }, forKey: .keys)
    }
}

/// A key's description as JSON.
private struct EncodedKey: Encodable {
    let key: KeyDescription
    let methods: [String]

    private enum Member: String, CodingKey {
        case key, methods, meaning, unit, symbol, allowed, standard = "default", leftOut = "left_out", goesWith = "goes_with"
        case isRequired = "required"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Member.self)
        try container.encode(key.key, forKey: .key)
        if !methods.isEmpty { try container.encode(methods, forKey: .methods) }
        try container.encode(key.meaning.text, forKey: .meaning)
        try container.encodeIfPresent(key.meaning.unit, forKey: .unit)
        try container.encodeIfPresent(key.meaning.symbol, forKey: .symbol)
        try container.encode("\(key.form)", forKey: .allowed)
        try container.encodeIfPresent(key.standard.map { JSONValue($0) }, forKey: .standard)
        try container.encodeIfPresent(key.meaning.leftOut, forKey: .leftOut)
        try container.encodeIfPresent(key.condition.map { "\($0)" }, forKey: .goesWith)
        try container.encode(key.isRequired, forKey: .isRequired)
    }
}
