// SPDX-License-Identifier: MIT

import Testing

@testable import Pipeline

@Suite struct `A table of results` {
    let rows = [
        ResultRow(name: "direct transfer", mAP: 0.31, top1: 0.4, top5: 0.5504, top10: 0.6196),
        ResultRow(name: "adapted", rankingProtocol: "visda2020", mAP: 1, top1: 0.9996, top5: 0, top10: .nan),
    ]

    @Test func `is aligned, in percent with one decimal`() {
        #expect(ResultTable(Array(rows.prefix(1))).description == """
                              mAP  top-1  top-5  top-10
            direct transfer  31.0   40.0   55.0    62.0

            """)
    }

    @Test func `names the protocol where one is named`() {
        #expect(ResultTable(rows).description == """
                               mAP  top-1  top-5  top-10  protocol
            direct transfer   31.0   40.0   55.0    62.0
            adapted          100.0  100.0    0.0       -  visda2020

            """)
    }

    @Test func `is its headings alone when there are no rows`() {
        #expect(ResultTable([]).description == "  mAP  top-1  top-5  top-10\n")
    }
}
