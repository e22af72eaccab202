// SPDX-License-Identifier: MIT

/// Texts by the columns that they take on a terminal.
///
/// - SeeAlso: Unicode Standard Annex 11, East Asian Width: what is wide or full-width takes two.
enum TerminalText {
    /// The blocks whose characters are wide, from the first to the last.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
    ]

    /// The columns of a text without control characters.
    static func columns(_ text: String) -> Int { text.reduce(0) { $0 + columns($1) } }

    /// The longest beginning of a text that takes no more columns; no character is cut in halves.
    static func prefix(_ text: String, columns most: Int) -> String {
        var taken = 0
        return String(
            text.prefix { character in
                taken += columns(character)
                return taken <= most
            })
    }

    /// A text on one line: line breaks, tabs and what else would move the cursor become spaces.
    static func onOneLine(_ text: String) -> String {
        String(
            text.map { character in
                character.unicodeScalars.contains { $0.properties.generalCategory == .control } ? " " : character
            })
    }

    /// What belongs together as one character is drawn in the place of its widest part.
    private static func columns(_ character: Character) -> Int {
        character.unicodeScalars.map(columns).max() ?? 0
    }

    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        if scalar.properties.isEmojiPresentation || wide.contains(where: { $0.contains(scalar.value) }) { return 2 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return 1
        }
    }
}
