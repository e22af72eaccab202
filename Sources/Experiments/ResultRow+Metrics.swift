// SPDX-License-Identifier: MIT

public import Pipeline
public import Retrieval

extension ResultRow {
    /// The metrics of a table's row.
    public init(_ name: String, _ metrics: RankingMetrics) {
        self.init(
            name: name, rankingProtocol: metrics.rankingProtocol.rawValue, mAP: metrics.mAP, top1: metrics.top1,
            top5: metrics.top5, top10: metrics.top10)
    }
}
