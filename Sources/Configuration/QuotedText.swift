// SPDX-License-Identifier: MIT

/// Text in double quotes, escaped so that both JSON and YAML read it back.
func quotedText(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\n": quoted += "\\n"
        case "\r": quoted += "\\r"
        case "\t": quoted += "\\t"
        // Controls, line breaks of YAML 1.1, the byte order mark, and what libyaml refuses unescaped.
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{2029}",
            "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
            let digits = String(scalar.value, radix: 16)
            quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}

/// A user's text for a line of a report: line breaks and other controls escaped, and cut where it is long.
func shown(_ text: String, limit: Int = 80) -> String {
    let line = quotedText(text).dropFirst().dropLast()
    let unescaped = line.replacing("\\\"", with: "\"")
    return unescaped.count > limit ? unescaped.prefix(limit) + "…" : String(unescaped)
}
