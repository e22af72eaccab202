// SPDX-License-Identifier: MIT

import Pipeline
import Testing

@testable import Experiments

/// That rows end with the picks of an adaptation and its last epoch, the second of two, whose figures fit together.
///
/// - Parameters:
///   - name: The last epoch's.
///   - score: What epochs are picked by without labels.
///   - earlier: The names of the rows before.
func expectPicks(
    _ rows: some Collection<ResultRow>, _ name: String, _ score: String, after earlier: [String] = []
) throws {
    #expect(
        rows.map(\.name) == earlier + ["\(name), oracle pick", "\(name), label-free pick (\(score))", name])
    let rows = Array(rows.suffix(3))
    try #require(rows.count == 3)
    let (oracle, labelFree, last) = (rows[0].figures, rows[1].figures, rows[2].figures)
    #expect(last["epoch"] == 2 && rows.allSatisfy { $0.evaluationProtocol == "visda2020" })
    let (oracleMAP, lastMAP) = (try #require(oracle["mAP"]), try #require(last["mAP"]))
    let (picked, left) = (try #require(labelFree[score]), try #require(last[score]))
    #expect(oracleMAP >= lastMAP && oracleMAP >= (labelFree["mAP"] ?? 1) && picked >= left)
    // One epoch and network has one set of figures.
    for (one, other) in [(oracle, labelFree), (oracle, last), (labelFree, last)]
    where one["epoch"] == other["epoch"] && one["network"] == other["network"] { #expect(one == other) }
}
