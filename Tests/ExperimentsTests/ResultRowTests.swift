// SPDX-License-Identifier: MIT

import Foundation
import Pipeline
import Retrieval
import Testing

@testable import Experiments

@Suite struct `A row of metrics` {
    private let row = ResultRow(
        "adapted",
        RankingMetrics(
            rankingProtocol: .visda2020, mAP: 0.5504, mINP: 0.25,
            cmc: [0.4, 0.5, 0.5, 0.5, 0.75, 0.75, 0.75, 0.75, 0.75, 1],
            queryCount: 4, skippedCount: 0))

    @Test func `has the members of a result's row in JSON`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(
            String(decoding: try encoder.encode(row), as: UTF8.self) == """
                {"mAP":0.5504,"mINP":0.25,"name":"adapted","protocol":"visda2020","top1":0.4,"top10":1,"top5":0.75}
                """)
    }

    @Test func `is shown in percent with one decimal`() {
        #expect(
            ResultTable([row]).description == """
                          mAP  top-1  top-5  top-10  protocol
                adapted  55.0   40.0   75.0   100.0  visda2020

                """)
    }

    @Test func `of a pick says which epoch it is of`() {
        let pick = ResultRow(name: "adapted, oracle pick", figures: row.figures.merging(["epoch": 12]) { $1 })
        #expect(
            ResultTable([pick, row]).description == """
                                       mAP  top-1  top-5  top-10  epoch  protocol
                adapted, oracle pick  55.0   40.0   75.0   100.0     12
                adapted               55.0   40.0   75.0   100.0      -  visda2020

                """)
    }

    @Test func `is told by mAP and top-1 in a list of runs`() {
        #expect([FigureColumn].headline.map(\.heading) == ["mAP", "top-1"])
        #expect([FigureColumn].metrics.map(\.name) == ["mAP", "top1", "top5", "top10", "epoch", "network"])
    }

    @Test func `shows mINP where there is room, and none where it is not known`() throws {
        #expect(
            ResultTable([row], columns: .all).description == """
                          mAP  mINP  top-1  top-5  top-10  protocol
                adapted  55.0  25.0   40.0   75.0   100.0  visda2020

                """)
        let old = try JSONDecoder().decode(
            ResultRow.self, from: Data(#"{"mAP":0.5,"name":"adapted","top1":0.4,"top10":1,"top5":0.75}"#.utf8))
        #expect(
            ResultTable([old], columns: .all).description == """
                          mAP  top-1  top-5  top-10
                adapted  50.0   40.0   75.0   100.0

                """)
    }
}
