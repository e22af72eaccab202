// SPDX-License-Identifier: MIT

import Foundation
import Reporting
import Retrieval
import Tensor
import Testing

@testable import Training

/// Collects what is reported.
private final class Notebook: TrainingScope {
    private(set) var records: [String: Double] = [:]
    private(set) var findings: [Finding] = []

    func restore() -> TrainingState? { nil }
    func endEpoch(_ state: TrainingState) {}
    func endStep(_ state: () throws -> TrainingState) {}
    func pause(_ state: () throws -> TrainingState) {}
    func finish(_ state: TrainingState) {}
    func record(_ name: String, _ value: Double, epoch: Int) { records["\(name) of \(epoch)"] = value }
    func tell(_ finding: Finding) { findings.append(finding) }
    func begin(epochs: Int, iterations: Int, at epoch: Int, step: Int) {}
}

@Suite struct `The health of clusters` {
    /// Ten images: clusters of 4, 2 and 2 with two outliers; then of 4 and 2, with four.
    private let first = ClusterLabels(values: [0, 0, 0, 0, 1, 1, 2, 2, -1, -1])
    private let second = ClusterLabels(values: [0, 0, 0, 0, 1, 1, -1, -1, -1, -1])

    @Test func `is counted by hand`() {
        let health = ClusterHealth(first)
        #expect((health.images, health.clusters, health.outliers, health.largest) == (10, 3, 2, 4))
        #expect(health.outlierShare == 0.2 && health.largestShare == 0.5 && !health.isMerged)
        let none = ClusterHealth(ClusterLabels(values: [-1, -1]))
        #expect(none.outlierShare == 1 && none.largestShare == 0 && !none.isMerged)
    }

    @Test func `is told beside that of the epoch before`() throws {
        let (history, notebook) = (try AdaptationHistory(.stability, restoring: nil), Notebook())
        try history.begin(0, with: first, in: notebook)
        #expect(
            notebook.records == [
                "clusters of 0": 3, "outliers of 0": 2, "outlier_share of 0": 0.2, "largest_cluster_share of 0": 0.5,
            ])
        try history.begin(1, with: second, in: notebook)
        #expect(notebook.records["clusters_change of 1"] == -1)
        #expect(notebook.records["outlier_share_change of 1"] == 0.4 - 0.2)
        #expect(notebook.records["largest_cluster_share of 1"] == 4.0 / 6)
        #expect(
            notebook.findings == [
                .clusters("3 clusters, 20.0 % outliers"), .clusters("2 clusters (-1), 40.0 % outliers (+20.0)"),
            ])
    }

    /// 45 pairs of ten images; 8 together in the first, 7 in the second, 7 in both; by chance 8·7/45 = 56/45:
    /// (7 − 56/45) / (15/2 − 56/45) = 518/563.
    @Test func `has a stability, which is the epoch's that trained on the first clusters`() throws {
        let (history, notebook) = (try AdaptationHistory(.stability, restoring: nil), Notebook())
        try history.begin(4, with: first, in: notebook)
        try history.begin(5, with: second, in: notebook)
        let found = try #require(notebook.records["stability of 4"])
        #expect(abs(found - 518.0 / 563) < 1e-12)
        #expect(notebook.records["stability of 5"] == nil)
    }

    /// Nineteen of twenty images in one cluster.
    private let merged = ClusterLabels(values: Array(repeating: 0, count: 19) + [1])

    @Test func `ends a training at the third epoch in a row in which one cluster holds nearly all`() throws {
        let history = try AdaptationHistory(.stability, restoring: nil)
        for epoch in 0..<2 { try history.begin(epoch, with: merged, in: Notebook()) }
        let error = #expect(throws: MethodError.self) { try history.begin(2, with: merged, in: Notebook()) }
        #expect(error == .collapsed(largest: 19, clustered: 20, clusters: 2, epoch: 2))
        #expect(
            error?.description
                == "clustering before epoch 3 put 19 of 20 clustered images into one cluster of 2, the third epoch in a row "
                + "with more than 90 % in one: the clusters have collapsed; allowed: two such epochs; a smaller clustering "
                + "radius, a smaller learning rate or more pre-training may help")
    }

    /// Two epochs, one in which a tenth lies elsewhere, and two more.
    @Test func `lets a training go on that comes out of it`() throws {
        let history = try AdaptationHistory(.stability, restoring: nil)
        let apart = ClusterLabels(values: Array(repeating: 0, count: 18) + [1, 1])
        for (epoch, labels) in [merged, merged, apart, merged, merged].enumerated() {
            try history.begin(epoch, with: labels, in: Notebook())
        }
        #expect(throws: MethodError.self) { try history.begin(5, with: merged, in: Notebook()) }
    }

    /// As SpCL may begin too: one cluster of three that is trusted, and 500 images on their own; then as many in clusters as
    /// on their own, and one more.
    @Test func `does not take the first cluster of all for one that has swallowed the others`() throws {
        func begin(_ clustered: Int, of images: Int) throws {
            let labels = (0..<images).map { $0 < clustered ? 0 : -1 }
            let history = try AdaptationHistory(.stability, restoring: nil)
            for epoch in 0..<5 { try history.begin(epoch, with: ClusterLabels(values: labels), in: Notebook()) }
        }
        try begin(3, of: 503)
        try begin(10, of: 20)
        let error = #expect(throws: MethodError.self) { try begin(11, of: 20) }
        #expect(error == .collapsed(largest: 11, clustered: 11, clusters: 1, epoch: 2))
    }

    /// As SpCL may begin: every image is a class of its own, epoch after epoch.
    @Test func `does not take no cluster at all for one that holds all`() throws {
        let history = try AdaptationHistory(.stability, restoring: nil)
        for epoch in 0..<5 { try history.begin(epoch, with: ClusterLabels(values: [-1, -1, -1]), in: Notebook()) }
    }

    @Test func `goes on from a kept state`() throws {
        for interruption in 0...2 {
            var (history, notebook) = (try AdaptationHistory(.stability, restoring: nil), Notebook())
            let apart = ClusterLabels(values: (0..<20).map { $0 / 10 })
            for (epoch, labels) in [apart, merged, merged].enumerated() {
                if epoch == interruption {
                    var state = TrainingState(epoch: epoch)
                    try history.store(in: &state)
                    (history, notebook) = (try AdaptationHistory(.stability, restoring: state), Notebook())
                }
                try history.begin(epoch, with: labels, in: notebook)
            }
            #expect(notebook.findings.last == .clusters("2 clusters (+0), 0.0 % outliers (+0.0)"))
            #expect(throws: MethodError.self) { try history.begin(3, with: merged, in: notebook) }
        }
    }
}

@Suite struct `The score of an epoch without labels` {
    private let labels = ClusterLabels(values: [0, 0, 1, 1])
    private let moved = ClusterLabels(values: [0, 0, 1, -1])

    private func history(_ score: AdaptationHistory.Score) throws -> AdaptationHistory {
        var state = TrainingState(epoch: 3)
        let metrics = RankingMetrics(
            rankingProtocol: .market1501, mAP: 0.5, mINP: 0, cmc: [1], queryCount: 1, skippedCount: 0)
        EvaluatedEpochs([.init(number: 2, networks: [RankingFigures(metrics)])]).store(in: &state)
        return try AdaptationHistory(score, restoring: state)
    }

    /// 4/7 as in the tests of the index; no score for the second epoch, which nobody looked at.
    @Test func `of one network is how stable its clusters are in the epoch`() throws {
        let history = try history(.stability)
        try history.begin(1, with: moved, in: Notebook())
        try history.begin(2, with: labels, in: Notebook())
        #expect(history.waitsForScore(2))
        try history.begin(3, with: moved, in: Notebook())
        let score = try #require(history.evaluated.labelFree?.epoch.score)
        #expect(abs(score - 4.0 / 7) < 1e-12 && history.evaluated.epochs.count == 1)
    }

    @Test func `of the last epoch comes from clusters that nothing is trained on`() throws {
        let (history, notebook) = (try history(.stability), Notebook())
        try history.begin(2, with: labels, in: notebook)
        var before = TrainingState(epoch: 3)
        try history.store(in: &before)
        try history.end(2, with: labels, in: notebook)
        #expect(notebook.records["stability of 2"] == 1 && history.evaluated.labelFree?.epoch.score == 1)
        var after = TrainingState(epoch: 3)
        try history.store(in: &after)
        #expect(try before["history"]["labels"]?.integers() == after["history"]["labels"]?.integers())
        #expect(before.numbers == after.numbers)
    }

    /// Twelve images on a circle, of which ten are neighbours: all but the farthest. It is the last for the first six, the
    /// first for the others. The second network has the last image in the middle, so that the farthest is the one before it
    /// for the first five, and the first for the sixth: of six images out of twelve one neighbour in ten is another.
    @Test func `of two networks is how far they agree on neighbours, whatever their clusters do`() throws {
        let (history, notebook) = (try history(.agreement), Notebook())
        try history.begin(2, with: labels, in: notebook)
        try history.begin(3, with: moved, in: notebook)
        #expect(notebook.records["stability of 2"] != nil && history.evaluated.labelFree == nil)
        var degrees = (0..<12).map { 5 * Double($0) + ($0 == 5 ? 0.5 : 0) }
        let first = try circle(degrees)
        degrees[11] = 27.5
        let features = [first, try circle(degrees)]
        try history.setAgreement(of: features, after: 1, in: notebook)
        #expect(notebook.records["agreement of 1"] == nil)
        try history.setAgreement(of: features, after: 2, in: notebook)
        let score = try #require(history.evaluated.labelFree?.epoch.score)
        #expect(abs(score - 0.95) < 1e-12 && notebook.records["agreement of 2"] == score)
        // A second look, as after an interruption, is not taken where the first was.
        try history.setAgreement(of: [first, first], after: 2, in: notebook)
        #expect(history.evaluated.labelFree?.epoch.score == score)
    }

    private func circle(_ degrees: [Double]) throws -> Features<UnitNorm> {
        let values = degrees.flatMap { [Float(cos($0 * .pi / 180)), Float(sin($0 * .pi / 180))] }
        return try Features<Raw>(values, count: degrees.count, dimension: 2).normalised()
    }
}
