// SPDX-License-Identifier: MIT

internal import Configuration
internal import Layers

/// The key `head`: a bare word, or a word with the scale s and the margin m.
enum HeadField {
    private enum Kind: String, CaseIterable {
        case linear, arcface, cosface, am, circle
    }

    static var reader: ValueReader<Head> {
        .oneOf(Kind.self) { kind, mapping in
            guard kind != .linear else { return .linear }
            let scale = mapping.optional("scale", .number(Limits.scale))?.value ?? 64
            let margin = mapping.optional("margin", .number(Limits.margin))?.value ?? 0.35
            switch kind {
            case .linear: return .linear
            case .arcface: return .arcface(scale: scale, margin: margin)
            case .cosface: return .cosface(scale: scale, margin: margin)
            case .am: return .am(scale: scale, margin: margin)
            case .circle: return .circle(scale: scale, margin: margin)
            }
        }
    }

    static func node(_ head: Head) -> YAMLNode? {
        switch head {
        case .linear: YAMLNode("linear")
        case .arcface(let scale, let margin): node(.arcface, scale, margin)
        case .cosface(let scale, let margin): node(.cosface, scale, margin)
        case .am(let scale, let margin): node(.am, scale, margin)
        case .circle(let scale, let margin): node(.circle, scale, margin)
        }
    }

    private static func node(_ kind: Kind, _ scale: Double, _ margin: Double) -> YAMLNode {
        YAMLNode(
            .mapping([
                .init(key: kind.rawValue, value: YAMLNode(["scale": YAMLNode(scale), "margin": YAMLNode(margin)]))
            ]))
    }
}
