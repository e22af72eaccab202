// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Retrieval

@Suite struct `Ranking metrics` {
    static let metrics = RankingMetrics(
        rankingProtocol: .visda2020Textbook, mAP: 0.5, mINP: 0.25, cmc: [0.5, 0.5, 0.75], queryCount: 5,
        skippedCount: 1, junkCount: 3)

    @Test func `are written with their protocol`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(Self.metrics), as: UTF8.self)
        #expect(
            text == """
                {"cmc":[0.5,0.5,0.75],"junk":3,"mAP":0.5,"mINP":0.25,"protocol":"visda2020-textbook","queries":5,\
                "skipped":1,"top1":0.5,"top10":0.75,"top5":0.75}
                """)
        #expect(try JSONDecoder().decode(RankingMetrics.self, from: Data(text.utf8)) == Self.metrics)
    }

    @Test func `of a file without a count of junk have none`() throws {
        let text = #"{"cmc":[1],"mAP":1,"mINP":1,"protocol":"market1501","queries":1,"skipped":0}"#
        #expect(try JSONDecoder().decode(RankingMetrics.self, from: Data(text.utf8)).junkCount == 0)
    }

    @Test func `keep their last rank beyond the end of the CMC`() {
        #expect(Self.metrics.top(2) == 0.5)
        #expect(Self.metrics.top(50) == 0.75)
    }
}
