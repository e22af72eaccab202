// SPDX-License-Identifier: MIT

internal import Foundation
public import Pipeline
public import Retrieval

extension FigureColumn {
    /// Mean average precision.
    public static let mAP = FigureColumn(share: "mAP", heading: "mAP")
    /// The share of queries with a match at rank 1.
    public static let top1 = FigureColumn(share: "top1", heading: "top-1")
    /// The share of queries with a match among the first 5.
    public static let top5 = FigureColumn(share: "top5", heading: "top-5")
    /// The share of queries with a match among the first 10.
    public static let top10 = FigureColumn(share: "top10", heading: "top-10")

    /// A figure in `[0, 1]`, shown in percent with one decimal.
    private init(share name: String, heading: String) {
        self.init(name, heading: heading) { String(format: "%.1f", 100 * $0) }
    }
}

extension ResultRow {
    /// The metrics of a table's row.
    public init(_ name: String, _ metrics: RankingMetrics) {
        self.init(
            name: name, evaluationProtocol: metrics.rankingProtocol.rawValue,
            figures: [
                FigureColumn.mAP.name: metrics.mAP, FigureColumn.top1.name: metrics.top1,
                FigureColumn.top5.name: metrics.top5, FigureColumn.top10.name: metrics.top10,
            ])
    }
}

extension FigureColumn {
    /// The column of a figure: one of the metrics, or another as a plain number.
    public static func named(_ name: String) -> FigureColumn {
        [FigureColumn].metrics.first { $0.name == name }
            ?? FigureColumn(name, heading: name) { String(format: "%.4g", $0) }
    }
}

extension [FigureColumn] {
    /// All that a row of metrics holds.
    public static let metrics: [FigureColumn] = [.mAP, .top1, .top5, .top10]
    /// The two that tell most.
    public static let headline: [FigureColumn] = [.mAP, .top1]
}

extension ResultTable {
    /// A table of all that rows of metrics hold.
    public init(_ rows: [ResultRow]) {
        self.init(rows, columns: .metrics)
    }
}
