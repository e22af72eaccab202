// SPDX-License-Identifier: MIT

/// How well a gallery was ranked, as fractions in `[0, 1]`, with the protocol that says what they mean.
public struct RankingMetrics: Sendable, Equatable {
    public let rankingProtocol: RankingProtocol
    /// Mean average precision over the queries that were not skipped.
    public let mAP: Double
    /// Mean inverse negative penalty: matches found divided by the rank of the last of them, averaged like
    /// ``mAP``.
    ///
    /// - SeeAlso: Ye et al., "Deep learning for person re-identification: a survey and outlook",
    ///   arXiv:2001.04193, §2.4.
    public let mINP: Double
    /// The share of queries with a match among the first r rows, for r = 1, 2, …
    public let cmc: [Double]
    /// All queries but junk, skipped ones included.
    public let queryCount: Int
    /// Queries without anything to be found; they count in no mean.
    public let skippedCount: Int
    /// Queries and gallery rows that were left out as junk.
    public let junkCount: Int

    public init(
        rankingProtocol: RankingProtocol, mAP: Double, mINP: Double, cmc: [Double], queryCount: Int,
        skippedCount: Int, junkCount: Int = 0
    ) {
        self.rankingProtocol = rankingProtocol
        self.mAP = mAP
        self.mINP = mINP
        self.cmc = cmc
        self.queryCount = queryCount
        self.skippedCount = skippedCount
        self.junkCount = junkCount
    }

    /// The same of a set from which junk had been left out before.
    public func leavingOut(junk count: Int) -> RankingMetrics {
        RankingMetrics(
            rankingProtocol: rankingProtocol, mAP: mAP, mINP: mINP, cmc: cmc, queryCount: queryCount,
            skippedCount: skippedCount, junkCount: junkCount + count)
    }

    /// The share of queries whose first row is a match.
    public var top1: Double { top(1) }
    /// The share of queries with a match among the first five rows.
    public var top5: Double { top(5) }
    /// The share of queries with a match among the first ten rows.
    public var top10: Double { top(10) }

    /// The share of queries with a match among the first `rank` rows.
    public func top(_ rank: Int) -> Double {
        precondition(rank >= 1, "rank \(rank)")
        return cmc.isEmpty ? 0 : cmc[min(rank, cmc.count) - 1]
    }
}

extension RankingMetrics: Codable {
    private enum CodingKeys: String, CodingKey {
        case rankingProtocol = "protocol"
        case mAP, mINP, top1, top5, top10, cmc
        case queryCount = "queries"
        case skippedCount = "skipped"
        case junkCount = "junk"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        rankingProtocol = try container.decode(RankingProtocol.self, forKey: .rankingProtocol)
        mAP = try container.decode(Double.self, forKey: .mAP)
        mINP = try container.decode(Double.self, forKey: .mINP)
        cmc = try container.decode([Double].self, forKey: .cmc)
        queryCount = try container.decode(Int.self, forKey: .queryCount)
        skippedCount = try container.decode(Int.self, forKey: .skippedCount)
        // Results of before it was counted have none.
        junkCount = try container.decodeIfPresent(Int.self, forKey: .junkCount) ?? 0
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rankingProtocol, forKey: .rankingProtocol)
        try container.encode(mAP, forKey: .mAP)
        try container.encode(mINP, forKey: .mINP)
        try container.encode(top1, forKey: .top1)
        try container.encode(top5, forKey: .top5)
        try container.encode(top10, forKey: .top10)
        try container.encode(cmc, forKey: .cmc)
        try container.encode(queryCount, forKey: .queryCount)
        try container.encode(skippedCount, forKey: .skippedCount)
        try container.encode(junkCount, forKey: .junkCount)
    }
}
