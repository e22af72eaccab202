// SPDX-License-Identifier: MIT

import Foundation
import Pipeline
import Testing

@testable import Tables

private func run(
    _ name: String, seed: UInt64, epochs: Int, rows: [(String, Double)]
) throws -> (name: RunName, plan: Plan, result: RunResult) {
    let stage = StagePlan(
        name: "adapt", method: "mmt", settings: ["epochs": .integer(epochs)], inputs: [StagePlan.data],
        outputs: [Artefact(name: "out.txt", kind: .document)])
    let plan = try Plan(experiment: "small", seed: seed, dataDigest: ContentDigest(of: "data"), stages: [stage])
    let rows = rows.map { #"{"name": "\#($0.0)", "mAP": \#($0.1)}"# }.joined(separator: ",")
    let text = """
        {"experiment": "small", "run": "\(name)", "status": "completed", "stages": [], "rows": [\(rows)]}
        """
    return (
        RunName(experiment: "small", run: name), plan, try JSONDecoder().decode(RunResult.self, from: Data(text.utf8))
    )
}

@Suite struct `Groups of runs` {
    /// 40 and 44: the mean is 42, the deviation √8.
    @Test func `differ in nothing but the seed`() throws {
        let groups = RunGroups([
            try run("b", seed: 2, epochs: 3, rows: [("before", 0.44), ("after", 0.5)]),
            try run("c", seed: 1, epochs: 4, rows: [("before", 0.1)]),
            try run("a", seed: 1, epochs: 3, rows: [("before", 0.40), ("after", 0.6)]),
            // The same seed again: an older run.
            try run("z", seed: 2, epochs: 3, rows: [("before", 0.9)]),
        ]).groups
        #expect(groups.map { $0.runs.map(\.run) } == [["a", "b"], ["c"]])
        let figure = try #require(groups[0].rows[0].figures[.mAP])
        #expect(abs(figure.mean - 42) < 1e-9 && abs((figure.deviation ?? 0) - 8.0.squareRoot()) < 1e-9)
        #expect(
            RunGroups([try run("b", seed: 2, epochs: 3, rows: [("a|b", 0.44)])]).text(.markdown) == """
                | experiment | row | n | mAP | mINP | top-1 | top-5 | top-10 |
                | --- | --- | --: | --: | --: | --: | --: | --: |
                | small | a\\|b | 1 | 44.0 | - | - | - | - |

                """)
    }
}
