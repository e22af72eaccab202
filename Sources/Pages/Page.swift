// SPDX-License-Identifier: MIT

/// A page in one file, which needs no other: no script, no font, nothing from a network.
///
/// The page says so itself, by a policy that has a browser refuse all but its own stylesheet and pictures within it.
public struct Page: Sendable {
    /// A part with a heading and a place in the list of contents.
    public struct Section: Sendable {
        let id: String
        let title: String
        let content: [HTML]

        /// - Parameter id: What links know it by; letters and dashes.
        public init(_ id: StaticString, _ title: String, _ content: [HTML]) {
            self.id = "\(id)"
            self.title = title
            self.content = content
        }
    }

    private let title: String
    private let opening: [HTML]
    private let sections: [Section]

    /// - Parameter opening: What stands below the title.
    public init(_ title: String, opening: [HTML], _ sections: [Section]) {
        self.title = title
        self.opening = opening
        self.sections = sections
    }

    /// The contents of the file, UTF-8.
    public var text: String {
        let contents = HTML.element(.nav, sections.map { .element(.a, [.link(to: $0.id)], $0.title) })
        let body = sections.map { section in
            HTML.element(
                .section, [Attribute("id", section.id)], [.element(.h2, section.title)] + section.content)
        }
        let main = HTML.element(.main, [.element(.h1, title)] + opening + [contents] + body)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <link rel="icon" href="data:,">
            <title>\(HTML(title).source)</title>
            <style>
            \(Stylesheet.text)
            </style>
            </head>
            <body>
            \(main.source)
            </body>
            </html>

            """
    }

    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
}
