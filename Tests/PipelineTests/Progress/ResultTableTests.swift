// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `A table of results` {
    let rows = [
        ResultRow(name: "direct transfer", figures: ["mAP": 0.31, "top1": 0.4]),
        ResultRow(name: "adapted", evaluationProtocol: "visda2020", figures: ["mAP": 1, "top1": .nan, "loss": 0.25]),
    ]

    @Test func `is aligned, each figure as its column says`() {
        let columns = Score.columns + [FigureColumn("loss", heading: "loss") { "\($0)" }]
        #expect(
            ResultTable(Array(rows.prefix(1)), columns: columns).description == """
                                  mAP  top-1  loss
                direct transfer  31.0   40.0     -

                """)
    }

    @Test func `names the protocol where one is named, and has no digits for what is no number`() {
        #expect(
            ResultTable(rows, columns: Score.columns).description == """
                                   mAP  top-1  protocol
                direct transfer   31.0   40.0
                adapted          100.0      -  visda2020

                """)
    }

    /// RFC 4180: what would end a cell or a line stands in quotes.
    @Test(arguments: [
        ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""), ("a\r\nb", "\"a\r\nb\""), ("a,b", "\"a,b\""),
        ("a\"b", "\"a\"\"b\""), ("a b", "a b"),
    ])
    func `quotes as CSV what would end a cell`(cell: String, written: String) {
        #expect(TextGrid(headings: ["h"], rows: [[cell]], words: 1).text(.csv) == "h\r\n\(written)\r\n")
    }

    @Test func `is its headings alone when there are no rows`() {
        #expect(ResultTable([], columns: Score.columns).description == "  mAP  top-1\n")
    }

    @Test func `does without an optional figure that no row has`() {
        let columns = [
            FigureColumn("a", heading: "a") { "\($0)" }, FigureColumn("b", heading: "b", isOptional: true) { "\($0)" },
        ]
        let (one, both) = (ResultRow(name: "x", figures: ["a": 1]), ResultRow(name: "y", figures: ["a": 2, "b": 3]))
        #expect(ResultTable([one], columns: columns).description == "     a\nx  1.0\n")
        #expect(ResultTable([one, both], columns: columns).description == "     a    b\nx  1.0    -\ny  2.0  3.0\n")
    }
}

@Suite struct `A row of a result` {
    private let text = #"{"mAP":0.5,"name":"adapted","protocol":"visda2020","top1":"nan"}"#

    @Test func `has its figures beside its name in JSON`() throws {
        let row = ResultRow(name: "adapted", evaluationProtocol: "visda2020", figures: ["mAP": 0.5, "top1": .nan])
        #expect(String(decoding: try JSONFile.encoder().encode(row), as: UTF8.self) == text)
        let plain = ResultRow(name: "adapted", figures: [:])
        #expect(String(decoding: try JSONFile.encoder().encode(plain), as: UTF8.self) == #"{"name":"adapted"}"#)
    }

    @Test func `is read as it was written`() throws {
        let row = try JSONFile.decoder().decode(ResultRow.self, from: Data(text.utf8))
        #expect(row.name == "adapted" && row.evaluationProtocol == "visda2020")
        #expect(row.figures.keys.sorted() == ["mAP", "top1"])
        #expect(row.figures["mAP"] == 0.5 && row.figures["top1"]?.isNaN == true)
    }

    @Test(arguments: [
        (#"{"name": "adapted", "mAP": [0.5]}"#, "expected Double at mAP"),
        (#"{"name": "adapted", "mAP": null}"#, "expected Double, found null at mAP"),
        (#"{"mAP": 0.5}"#, "key 'name' is missing"),
    ])
    func `is refused where a figure is no number or the name is missing`(text: String, reason: String) {
        let url = URL(fileURLWithPath: "/rows.json")
        #expect(throws: PipelineError.corruptFile(path: "/rows.json", reason: reason)) {
            try JSONFile.decode(ResultRow.self, from: Data(text.utf8), of: url)
        }
    }
}
