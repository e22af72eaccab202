// SPDX-License-Identifier: MIT

extension YAMLNode {
    /// YAML text on one line, mappings in braces: `{arcface: {scale: 64, margin: 0.35}}`. Whole floats have no fraction.
    public var flowText: String {
        switch value {
        case .mapping(let entries):
            "{\(entries.map { "\(YAMLNode($0.key).flowText): \($0.value.flowText)" }.joined(separator: ", "))}"
        case .sequence(let items): "[\(items.map(\.flowText).joined(separator: ", "))]"
        case .scalar(.float(let value)) where value.rounded() == value && value.magnitude < 1e15: "\(Int(value))"
        case .scalar: String(yamlText.dropLast())
        }
    }
}
