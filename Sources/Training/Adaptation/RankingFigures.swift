// SPDX-License-Identifier: MIT

package import Retrieval

/// The figures of a ranking that a row of a result has, as fractions in `[0, 1]`.
package struct RankingFigures: Sendable, Equatable {
    /// The mean of the queries' average precisions.
    package var mAP = 0.0
    /// The mean of the queries' inverse negative penalties. Nothing in what was kept before it was kept too.
    package var mINP: Double?
    /// The share of queries with a match at the first place; below, among the first five and ten.
    package var top1 = 0.0
    package var top5 = 0.0
    package var top10 = 0.0

    package init(_ metrics: RankingMetrics) {
        (mAP, mINP) = (metrics.mAP, metrics.mINP)
        (top1, top5, top10) = (metrics.top1, metrics.top5, metrics.top10)
    }

    // MARK: Checkpoints

    private static var members: [(name: String, path: WritableKeyPath<Self, Double>)] {
        [("mAP", \.mAP), ("top1", \.top1), ("top5", \.top5), ("top10", \.top10)]
    }

    private static let mINPName = "mINP"

    /// Those that stand in a kept state under a name; nothing where one is not there.
    init?(_ state: TrainingState, at name: String) {
        for member in Self.members {
            guard let value = state.reports["\(name)/\(member.name)"] else { return nil }
            self[keyPath: member.path] = value
        }
        mINP = state.reports["\(name)/\(Self.mINPName)"]
    }

    func store(in state: inout TrainingState, at name: String) {
        for member in Self.members { state.reports["\(name)/\(member.name)"] = self[keyPath: member.path] }
        state.reports["\(name)/\(Self.mINPName)"] = mINP
    }
}
