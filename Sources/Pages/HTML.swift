// SPDX-License-Identifier: MIT

/// A piece of a page.
///
/// Text becomes one through ``init(_:)`` or as an ``Attribute``, and both escape it by one function: no text, whoever wrote
/// it, is ever taken for markup. Names of elements and attributes are written in the program.
public struct HTML: Sendable, Equatable {
    /// What stands in the file.
    let source: String

    init(trusted source: String) { self.source = source }

    /// Text, to be read as it is.
    public init(_ text: String) { source = Self.escaped(text) }

    /// Pieces one after the other; none of them for nothing.
    public init(_ pieces: [HTML]) { source = pieces.map(\.source).joined() }

    /// Nothing.
    public static let empty = HTML(trusted: "")

    /// An element with what is in it.
    public static func element(_ tag: Tag, _ attributes: [Attribute], _ content: [HTML]) -> HTML {
        let opening = attributes.reduce("<\(tag.rawValue)") { "\($0) \($1.source)" }
        let inside = content.map(\.source).joined()
        return HTML(trusted: tag.isVoid ? opening + ">" : "\(opening)>\(inside)</\(tag.rawValue)>")
    }

    /// An element with text in it.
    public static func element(_ tag: Tag, _ attributes: [Attribute], _ text: String) -> HTML {
        element(tag, attributes, [HTML(text)])
    }

    /// An element without properties.
    public static func element(_ tag: Tag, _ content: [HTML]) -> HTML { element(tag, [], content) }

    /// An element without properties, with text in it.
    public static func element(_ tag: Tag, _ text: String) -> HTML { element(tag, [], text) }

    /// Text as it stands in markup, between quotation marks too. What a page may not hold, and what would turn the direction
    /// of the text around it, becomes a replacement character.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}",
                "\u{FFFE}"..."\u{FFFF}":
                escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// The elements that pages are made of. None of them runs, loads or sends anything.
public enum Tag: String, Sendable, CaseIterable {
    case main, section, nav, div, span, p, pre, code, a, strong
    case h1, h2, h3
    case ul, li
    case table, thead, tbody, tr, th, td
    case details, summary
    case figure, figcaption, img
    case svg, g, path, line, rect, text

    /// Whether it has no end.
    var isVoid: Bool { self == .img }
}

/// A property of an element.
public struct Attribute: Sendable {
    let source: String

    private init(_ name: StaticString, trusted value: String) { source = "\(name)=\"\(value)\"" }

    /// A property whose value is text.
    public init(_ name: StaticString, _ value: String) { self.init(name, trusted: HTML.escaped(value)) }

    /// A property whose value is a number, to a tenth of a pixel.
    init(_ name: StaticString, _ value: Double) { self.init(name, trusted: value.pixels) }

    /// What the stylesheet knows the element by.
    public static func style(_ name: StaticString) -> Attribute { Attribute("class", "\(name)") }

    /// A picture within the page.
    public static func source(_ picture: Picture) -> Attribute { Attribute("src", trusted: picture.address) }

    /// A link to a section of the page.
    static func link(to id: String) -> Attribute { Attribute("href", "#\(id)") }
}
