// SPDX-License-Identifier: MIT

import Backbones
import Layers
import Patterns
import Testing

@testable import Tensor
@testable import Training

/// Two pairs of networks that teach each other, and where they began.
struct WatchedPairs {
    private let students: [Watched]
    private let means: [Watched]

    init(_ pairs: [MutualPair]) throws {
        students = try pairs.map { try Watched($0.student.store.trained.map(\.tensor)) }
        means = try pairs.map { try Watched($0.mean.store.trained.map(\.tensor)) }
    }

    /// What a step has come to: the pairs' classifiers as they are now, gradients, ways and statistics.
    func numbers(_ pairs: [MutualPair], branches: [String]) throws -> RecordedStep {
        var recorded: RecordedStep = [:]
        for (index, pair) in pairs.enumerated() {
            let number = index + 1
            let rows = pair.studentClassifier.weight
            recorded =
                try recorded + [
                    "student \(number).gradient": students[index].gradient(),
                    "student \(number).moved": students[index].moved(),
                    "mean \(number).moved": means[index].moved(),
                    "rows \(number).gradient": [length([#require(try rows.gradient())])],
                    "rows \(number).student": values(rows.detached()),
                    "rows \(number).mean": values(pair.meanClassifier.weight),
                ] + statistics("student \(number)", pair.student.store, branches: branches)
                + statistics("mean \(number)", pair.mean.store, branches: branches)
        }
        return recorded
    }

    /// The first column.
    private func values(_ rows: Tensor) throws -> [Double] { try rows.slice(0..<1, along: 1).doubles() }
}
