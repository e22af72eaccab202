// SPDX-License-Identifier: MIT

import Configuration

/// A small generator, so that a failing tree or mutation is the same on every machine.
///
/// - SeeAlso: Steele, Lea and Flood, OOPSLA 2014, "SplitMix".
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A tree with every kind of value, rich in text that looks like something else.
func randomTree(depth: Int, _ generator: inout SplitMix) -> YAMLNode {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 5), using: &generator) {
    case 0: return YAMLNode(randomText(&generator))
    case 1:
        return YAMLNode(
            Int(truncatingIfNeeded: generator.next()) >> Int.random(in: 0..<63, using: &generator))
    case 2: return YAMLNode(randomFloat(&generator))
    case 3: return YAMLNode(Bool.random(using: &generator))
    case 4: return YAMLNode(.null)
    case 5, 6:
        let count = Int.random(in: 0..<4, using: &generator)
        return YAMLNode((0..<count).map { _ in randomTree(depth: depth - 1, &generator) })
    default:
        var keys: Set<String> = []
        let count = Int.random(in: 0..<4, using: &generator)
        let texts = (0..<count).map { _ in randomText(&generator) }.filter { keys.insert($0).inserted }
        return YAMLNode(
            .mapping(
                texts.map { key in
                    YAMLNode.Entry(key: key, value: randomTree(depth: depth - 1, &generator))
                }))
    }
}

/// Any float but not-a-number, whole ones and infinite ones among them.
private func randomFloat(_ generator: inout SplitMix) -> Double {
    if Bool.random(using: &generator) { return Double(Int.random(in: -5...5, using: &generator)) }
    let value = Double(bitPattern: generator.next())
    return value.isNaN ? .infinity : value
}

private func randomText(_ generator: inout SplitMix) -> String {
    let pieces = [
        "a", "b", "no", "true", "null", "0", "7", "0x", ".", "-", "- ", ":", ": ", " #", "#", "'", "\"", "\\",
        "[", "]",
        "{", "}", ",", "&", "*", "!", "|", ">", "%", "@", "`", "?", "? ", "<<", "=", "~", " ", "\n", "\t",
        "\r", "\u{0}",
        "\u{7F}", "\u{85}", "\u{A0}", "\u{2028}", "\u{FEFF}", "\u{FFFF}", "é", "e\u{301}", "🙂", "---", "...",
        "+", "/", "_", "1e3",
    ]
    let count = Int.random(in: 0..<4, using: &generator)
    return (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
}
