// SPDX-License-Identifier: MIT
//
// Scores networks on any number of datasets, each in a row, without training and without post-processing.
//
// Deviations from the authors' code: docs/methods/evaluation.md, 1 to 2.

internal import Backbones
internal import Pipeline
internal import Retrieval
internal import Training

/// Ranks queries of some datasets by one network, or by an ensemble.
struct EvaluateStage: StageDefinition {
    let settings: EvaluateSettings
    /// The networks, stage by stage; at least one.
    let scored: [GivenNetworks]
    let sets: [EvaluatedSet]

    var inputs: [StageInput] { scored.flatMap(\.inputs) }
    var networkFiles: NetworkSet? { scored.compactMap(\.files).first }
    var outputs: [Artefact] { [] }
    var offer: StageOffer { StageOffer() }
    var begins: Backbone? { nil }
    /// Its protocols are those of its sets.
    var isScored: Bool { false }
    var evaluatedSets: [EvaluatedSet] { sets }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        let all = try scored.flatMap { try workspace.networks($0, in: scope) }
        let networks = settings.ensemble ? all : Array(all.prefix(1))
        let validations = sets.map { workspace.validation(on: $0) }
        let images = validations.reduce(0) { $0 + $1.query.count + $1.gallery.count }
        scope.progress.begin(total: images * passes, unit: "passes of images")
        var rows: [ResultRow] = []
        for (set, validation) in zip(sets, validations) {
            scope.progress.note(set.name)
            let distances = try distances(of: networks, set, validation) { count in
                scope.progress.advance(by: count)
                try scope.checkInterruption()
            }
            try workspace.attest(
                distances, .cosine, as: .row(set.name), on: validation, number: rows.count + 1, in: scope)
            rows.append(ResultRow(set.name, try validation.metrics(of: distances)))
        }
        return StageOutcome(rows: rows)
    }

    /// `[Q, G]`, by the embeddings of all networks side by side.
    private func distances(
        of networks: [EmbeddingNetwork], _ set: EvaluatedSet, _ validation: Validation, progress: (Int) throws -> Void
    ) throws -> DistanceMatrix {
        let parts = try networks.map { network in
            try validation.features(
                of: network, domain: set.domain, flip: settings.flip, progress: progress)
        }
        let all = try PostProcessing.concatenated(parts)
        return try squaredDistances(all.query, all.gallery)
    }

    /// The networks that images are embedded by.
    private var embedding: NetworkSet {
        let members = scored.flatMap(\.set.members)
        return NetworkSet(settings.ensemble ? members : Array(members.prefix(1)))
    }

    /// Forward passes of each image.
    private var passes: Int { embedding.count * (settings.flip ? 2 : 1) }
}

// MARK: Forecast

extension EvaluateStage {
    func load(_ data: DatasetCounts) -> StageLoad {
        var load = StageLoad()
        for set in sets {
            let (query, gallery) = data.evaluated(set.place)
            load.besides.images += Double((query + gallery) * passes)
            let ranking = MemoryForecast.ranking(
                queryCount: query, galleryCount: gallery, dimension: embedding.dimension)
            load.bytesBetweenSteps = max(load.bytesBetweenSteps, ranking.total)
        }
        load.statesKept = 0
        return load
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        let network = try EmbeddingNetwork(embedding.members[0].shape, random: rehearsal.random)
        return try rehearsal.cost { set in Rehearsal.Trained(network.store) { try rehearsal.embed($0, network, set) } }
    }
}
