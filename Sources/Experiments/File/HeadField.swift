// SPDX-License-Identifier: MIT

internal import Configuration
internal import Layers

/// The key `head`: a bare word, or a word with the scale s and the margin m.
enum HeadField {
    private enum Kind: String, CaseIterable {
        case linear, arcface, cosface, am, circle

        var meaning: KeyMeaning {
            switch self {
            case .linear: "Plain products of embeddings and rows."
            case .arcface: "Cosines, a margin added to the angle with the own class."
            case .cosface: "Cosines, a margin taken off the cosine with the own class."
            case .am: "The same as `cosface`, its rows drawn otherwise at the beginning."
            case .circle: "Cosines, weighted by how far each is from where it should be."
            }
        }
    }

    /// s and m of a head that has them.
    private struct Numbers: Configurable {
        var scale = 64.0
        var margin = 0.35

        static var fields: [Field<Self>] {
            [
                .number(
                    "scale", .result, \.scale, Limits.scale,
                    meaning: KeyMeaning("What cosines are multiplied by.", symbol: "s")),
                .number(
                    "margin", .result, \.margin, Limits.margin,
                    meaning: KeyMeaning("How much harder the own class is made.", symbol: "m")),
            ]
        }
    }

    static var reader: ValueReader<Head> {
        .oneOf(Kind.self, described: { ($0.meaning, $0 == .linear ? [] : Numbers.keys) }) { kind, mapping in
            guard kind != .linear else { return .linear }
            let numbers = Numbers(mapping)
            let (scale, margin) = (numbers.scale, numbers.margin)
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
        YAMLNode(.mapping([.init(key: kind.rawValue, value: Numbers(scale: scale, margin: margin).node)]))
    }
}
