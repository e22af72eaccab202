// SPDX-License-Identifier: MIT

internal import Experiments
internal import Pipeline

extension PostProcessing.ReRanking {
    /// What is to be said where there are fewer rows than neighbours to compare: the search takes all that there are.
    func fewNeighbours(among rows: Int) -> String? {
        guard neighbours >= rows else { return nil }
        return "--rerank k1=\(neighbours): there are \(rows) rows, and none has more than \(rows - 1) neighbours"
    }

    func noteFewNeighbours(among rows: Int) {
        guard let text = fewNeighbours(among: rows) else { return }
        StandardError().write("note: \(text)\n")
    }
}
