// SPDX-License-Identifier: MIT

internal import Pipeline
internal import Retrieval
internal import Training

extension Workspace {
    /// The rows of an adaptation: the picks, then the last epoch, whose networks later stages go on with.
    ///
    /// The last epoch is scored now where it was not: where no epoch is, or no more of them since training went on.
    ///
    /// - Parameters:
    ///   - name: The last epoch's row, and the beginning of the others' names.
    ///   - epochs: How many the networks were trained for.
    /// - Returns: The last alone where no epoch was scored.
    func rows(
        _ name: String, _ adapted: AdaptedNetworks, after epochs: Int, in scope: StageScope
    ) throws -> [ResultRow] {
        let last = adapted.evaluated.last(of: epochs)
        let picks = [
            ("\(name), oracle pick", adapted.evaluated.oracle),
            ("\(name), label-free pick (\(adapted.score.rawValue))", adapted.evaluated.labelFree), (name, last),
        ]
        // Of the other epochs no row is left.
        let named = picks.compactMap { $1.map { RankingEvidence.fileName(epoch: $0.epoch.number, network: $0.network) } }
        try scope.dropEvidence { named.contains($0) }
        let rows = picks.compactMap { name, pick in
            pick.map { ResultRow(name, $0.figures, settings.data.rankingProtocol, figures(of: $0, adapted)) }
        }
        guard last == nil else { return rows }
        return rows + [try row(name, of: adapted.networks[0], in: scope)]
    }

    /// Which epoch it was, which network of several, and what was known of it without labels.
    private func figures(of pick: EvaluatedEpochs.Pick, _ adapted: AdaptedNetworks) -> [String: Double] {
        var figures = [FigureColumn.epoch.name: Double(pick.epoch.number + 1)]
        figures[adapted.score.rawValue] = pick.epoch.score
        if adapted.networks.count > 1 { figures[FigureColumn.network.name] = Double(pick.network + 1) }
        return figures
    }
}
