// SPDX-License-Identifier: MIT

internal import Configuration
internal import Data
internal import Retrieval

/// Which networks are scored on what.
struct EvaluateSettings: StageSettings {
    static let kind = StageKind.evaluate
    static let method = "evaluation"
    static let meaning =
        "Networks as they are, a row for each dataset: what is left of the source, and how far they carry beyond the target."

    /// The stages whose networks are scored, those of several as one ensemble.
    var from = [StageReference.latest]
    var files = NetworkFiles()
    var on = [EvaluatedPlace.target]
    /// Of all sets; each one's own where nothing is said.
    var rankingProtocol: RankingProtocol?
    var flip = false
    var ensemble = false

    static var fields: [Field<Self>] {
        [
            .references(
                "from", \.from,
                meaning: KeyMeaning(
                    "The earlier stage whose networks are scored, or a list of stages, whose networks are one ensemble.",
                    leftOut: "the latest stage that leaves networks"))
        ] + NetworkFiles.fields.map { $0.inside(\.files) } + [
            Field(
                "on", .reference, \.on,
                meaning:
                    "Whose queries are looked for in whose gallery: the experiment's source or target, another dataset, or a list of these.",
                EvaluatedPlace.reader
            ) { YAMLNode(oneOrSeveral: $0.map(\.node)) },
            .choice(
                "protocol", .reference, \.rankingProtocol,
                meaning: KeyMeaning(
                    "Which gallery images count when a query is scored.",
                    leftOut:
                        "the experiment's protocol for its target, and for any other dataset that of its published numbers"
                )),
            .boolean(
                "flip", .result, \.flip, meaning: "Whether an image's embedding is averaged with that of its mirror image."),
            .boolean(
                "ensemble", .result, \.ensemble,
                meaning: "Whether the embeddings of all networks are put side by side. Without, the first network is scored."
            ),
        ]
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        var resolved = self
        if from.count > 1, !ensemble {
            rules.report(
                "ensemble", "the networks of \(from.count) stages are scored as one ensemble; allowed: ensemble: true")
        }
        let sets = rules.evaluatedSets(on, under: rankingProtocol)
        guard let found = rules.given(&resolved.files, or: from, by: Self.method), let sets else { return nil }
        resolved.from = found.map(\.reference)
        return EvaluateStage(settings: resolved, scored: found, sets: sets)
    }
}

// MARK: Rules

extension StageRules {
    /// The sets of a stage; nothing where one of them cannot be scored.
    fileprivate func evaluatedSets(_ places: [EvaluatedPlace], under given: RankingProtocol?) -> [EvaluatedSet]? {
        let data = experiment.data
        if let twice = places.repeated {
            report("on", "\(twice.node.flowText) is named twice; allowed: each once")
            return nil
        }
        let names = places.names(source: data.source?.dataset, target: data.target.dataset)
        let sets = zip(places, names).map { place, name in
            self.dataset(of: place).flatMap { dataset -> EvaluatedSet? in
                let own = place == .target ? data.rankingProtocol : dataset.rankingProtocol
                if let conflict = given.flatMap(dataset.conflict) {
                    report("protocol", conflict)
                    return nil
                }
                return EvaluatedSet(place: place, dataset: dataset, rankingProtocol: given ?? own, name: name)
            }
        }
        return sets.contains { $0 == nil } ? nil : sets.compactMap { $0 }
    }

    /// The dataset of a place that has queries.
    private func dataset(of place: EvaluatedPlace) -> Dataset? {
        let data = experiment.data
        switch place {
        case .target: return data.target.dataset
        case .source:
            guard let source = data.source else {
                report("on", "the experiment has no source; allowed: target, or another dataset")
                return nil
            }
            guard data.drawnWorld == nil else {
                report("on", "the drawn world's source has no queries; allowed: target, or another dataset")
                return nil
            }
            guard source.dataset.definition.hasQueries else {
                report("on", "'\(source.name)' has no queries and no gallery; allowed: target, or another dataset")
                return nil
            }
            return source.dataset
        case .elsewhere(let found, let path):
            guard path != nil || data.drawnWorld == nil else {
                let name = found.rawValue
                report("on", "a drawn world has no '\(name)'; allowed: target, or {kind: \(name), path: PATH}")
                return nil
            }
            return found.dataset
        }
    }
}
