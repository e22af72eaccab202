// SPDX-License-Identifier: MIT

internal import Configuration

extension ExperimentReference {
    /// All keys as a page in Markdown: a table for each place that has some.
    public var markdown: String {
        var sections = [section("The file", nil, keys, level: 2)] + nested(keys, at: "", level: 3)
        for kind in kinds {
            sections.append("## Stages of kind `\(kind.kind.rawValue)`\n\n\(kind.kind.meaning)")
            for method in kind.methods {
                let title =
                    "`\(kind.kind.rawValue)` with `method: \(method.name)`"
                    + (method.name == kind.methods[0].name ? ", the default" : "")
                sections.append(section(title, method.meaning, method.keys, level: 3))
                sections += nested(method.keys, at: kind.kind.rawValue, level: 4)
            }
        }
        return sections.joined(separator: "\n\n") + "\n"
    }

    /// The sections of keys that have keys of their own.
    private func nested(_ keys: [KeyDescription], at place: String, level: Int) -> [String] {
        keys.flatMap { key -> [String] in
            let inner = key.form.keys
            guard !inner.isEmpty else { return [] }
            let path = place.isEmpty ? key.key : "\(place).\(key.key)"
            return [section("`\(path)`", nil, inner, level: level)] + nested(inner, at: path, level: level)
        }
    }

    private func section(_ title: String, _ text: String?, _ keys: [KeyDescription], level: Int) -> String {
        let rows = keys.map { key in
            let meaning = [
                key.meaning.text, key.meaning.symbol.map { "In the paper: \($0)." },
                key.condition.map { "Goes with `\($0)`." },
            ].compactMap { $0 }.joined(separator: " ")
            return "| `\(key.key)` | \(meaning) | \(key.allowedMarkdown) | \(key.standardMarkdown) |"
        }
        let head = ["\(String(repeating: "#", count: level)) \(title)"] + (text.map { ["", $0] } ?? [])
        return (head + ["", "| key | meaning | allowed | default |", "|---|---|---|---|"] + rows).joined(separator: "\n")
    }
}

extension ValueForm {
    /// As a cell of a table.
    fileprivate var markdown: String {
        switch self {
        case .word(let words, let others):
            Self.shown(words, orMatching: others).map { "`\($0)`" }.joined(separator: ", ")
        case .mapping(let keys) where keys.count > 1: "keys of its own, below"
        case .choice(let alternatives): alternatives.map { "`\($0)`" }.joined(separator: ", ")
        case .either(let forms): forms.map(\.markdown).joined(separator: "; or ")
        default: "\(self)"
        }
    }
}

extension KeyDescription {
    fileprivate var allowedMarkdown: String {
        switch form {
        case .integer, .number: form.markdown + (meaning.unit.map { " \($0)" } ?? "")
        default: form.markdown
        }
    }

    fileprivate var standardMarkdown: String {
        let isValue = !isRequired && meaning.leftOut == nil && standard != nil
        return isValue && standardText != "see its keys" ? "`\(standardText)`" : standardText
    }
}
