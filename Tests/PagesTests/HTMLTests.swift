// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pages

@Suite struct `A piece of a page` {
    @Test func `holds text as text, whoever wrote it`() {
        let hostile = #"</p><script>alert('x')</script>&amp; "quoted""#
        let safe = "&lt;/p&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp; &quot;quoted&quot;"
        #expect(HTML.element(.p, hostile).source == "<p>\(safe)</p>")
        #expect(HTML.element(.img, [Attribute("alt", hostile)], []).source == "<img alt=\"\(safe)\">")
    }

    /// A line feed and a tab stay; a null byte, an escape, and what would have the rest of the line run backwards do not.
    @Test func `holds nothing that is no text`() {
        #expect(HTML("a\n\tb\u{0}c\u{1B}d\u{202E}e\u{2066}f").source == "a\n\tb\u{FFFD}c\u{FFFD}d\u{FFFD}e\u{FFFD}f")
        #expect(HTML("行 é 👩‍🔬").source == "行 é 👩‍🔬")
    }

    @Test func `has no element that runs or loads anything`() {
        #expect(
            Set(Tag.allCases.map(\.rawValue)).isDisjoint(with: [
                "script", "iframe", "object", "embed", "link", "style", "form",
            ]))
    }
}

@Suite struct `A page` {
    private let page = Page(
        "<b>", opening: [.element(.p, "first")], [Page.Section("one", "One & all", [.element(.p, "in it")])])

    @Test func `is one document with its contents in order`() throws {
        let text = page.text
        let pieces = [
            "<!DOCTYPE html>", "<title>&lt;b&gt;</title>", "<h1>&lt;b&gt;</h1><p>first</p>",
            "<nav><a href=\"#one\">One &amp; all</a></nav>",
            "<section id=\"one\"><h2>One &amp; all</h2><p>in it</p></section>",
        ]
        var rest = text[...]
        for piece in pieces {
            let range = try #require(rest.range(of: piece), "\(piece)")
            rest = rest[range.upperBound...]
        }
    }

    @Test func `refuses all that does not lie in it`() {
        #expect(page.text.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:;"))
        #expect(!page.text.contains("http://") && !page.text.contains("https://") && !page.text.contains("url("))
    }

    /// 0x00 0x01 0x02 0x03 is AAECAw==.
    @Test func `holds pictures within itself`() {
        let picture = Picture(.png, Data([0, 1, 2, 3]))
        #expect(HTML.element(.img, [.source(picture)], []).source == "<img src=\"data:image/png;base64,AAECAw==\">")
        #expect(picture.byteCount == 8)
    }
}

@Suite struct `A table` {
    @Test func `has its cells below its headings`() {
        let table = Table(["name", "n"], [[.text("a<b"), .number("7")]])
        #expect(
            table.html.source
                == "<div class=\"scroll\"><table><thead><tr><th>name</th><th class=\"number\">n</th></tr></thead>"
                + "<tbody><tr><td>a&lt;b</td><td class=\"number\">7</td></tr></tbody></table></div>")
    }

    @Test(arguments: [(0.25, "25"), (1.5, "100"), (-1, "0"), (.nan, "0")])
    func `has bars as long as their share`(share: Double, width: String) {
        let table = Table([""], [[.bar("x", share: share)]])
        #expect(table.html.source.contains("<rect width=\"\(width)\" height=\"8\">"))
    }
}
