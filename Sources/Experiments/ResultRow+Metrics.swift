// SPDX-License-Identifier: MIT

internal import Foundation
public import Pipeline
public import Retrieval
internal import Training

extension FigureColumn {
    /// Mean average precision.
    public static let mAP = FigureColumn(share: "mAP", heading: "mAP")
    /// Mean inverse negative penalty; results of before it was kept have none.
    public static let mINP = FigureColumn(share: "mINP", heading: "mINP", isOptional: true)
    /// The share of queries with a match at rank 1.
    public static let top1 = FigureColumn(share: "top1", heading: "top-1")
    /// The share of queries with a match among the first 5.
    public static let top5 = FigureColumn(share: "top5", heading: "top-5")
    /// The share of queries with a match among the first 10.
    public static let top10 = FigureColumn(share: "top10", heading: "top-10")

    /// The epoch that was picked, from 1; in rows of picks only.
    public static let epoch = FigureColumn(number: "epoch")
    /// Which of several networks was picked, from 1.
    public static let network = FigureColumn(number: "network")

    /// A number of something, which most rows do not have.
    private init(number name: String) {
        self.init(name, heading: name, isOptional: true) { String(format: "%.0f", $0) }
    }

    /// A figure in `[0, 1]`, shown in percent with one decimal.
    private init(share name: String, heading: String, isOptional: Bool = false) {
        self.init(name, heading: heading, isOptional: isOptional, unit: .percent) { String(format: "%.1f", $0) }
    }
}

extension ResultRow {
    /// The metrics of a table's row.
    public init(_ name: String, _ metrics: RankingMetrics) {
        self.init(name, RankingFigures(metrics), metrics.rankingProtocol, [:])
    }

    /// - Parameter besides: Further figures.
    init(
        _ name: String, _ figures: RankingFigures, _ rankingProtocol: RankingProtocol, _ besides: [String: Double]
    ) {
        var ranking = [
            FigureColumn.mAP.name: figures.mAP, FigureColumn.top1.name: figures.top1,
            FigureColumn.top5.name: figures.top5, FigureColumn.top10.name: figures.top10,
        ]
        ranking[FigureColumn.mINP.name] = figures.mINP
        self.init(
            name: name, evaluationProtocol: rankingProtocol.rawValue, figures: ranking.merging(besides) { first, _ in first }
        )
    }
}

extension FigureColumn {
    /// The column of a figure: one of the metrics, or another as a plain number.
    public static func named(_ name: String) -> FigureColumn {
        [FigureColumn].all.first { $0.name == name }
            ?? FigureColumn(name, heading: name) { String(format: "%.4g", $0) }
    }
}

extension [FigureColumn] {
    /// All that a row of metrics holds.
    public static let all: [FigureColumn] = [.mAP, .mINP, .top1, .top5, .top10, .epoch, .network]
    /// What a run's table in a terminal shows: with a pick's epoch and network there is no room for more.
    public static let metrics: [FigureColumn] = all.filter { $0.name != FigureColumn.mINP.name }
    /// The two that tell most.
    public static let headline: [FigureColumn] = [.mAP, .top1]
}

extension ResultTable {
    /// A run's table in a terminal.
    public init(_ rows: [ResultRow]) {
        self.init(rows, columns: .metrics)
    }
}
