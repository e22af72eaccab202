// SPDX-License-Identifier: MIT

public import Data
internal import Reporting
internal import Retrieval

/// What protocols make of a dataset's queries and gallery.
struct Scoring {
    let dataset: String
    let query: QuerySightings
    let gallery: GallerySightings
    /// The key that says the protocol.
    var key = "data.protocol"

    func coverage(under rankingProtocol: RankingProtocol) -> QueryCoverage {
        QueryCoverage(query, gallery, under: rankingProtocol)
    }

    /// The error of a protocol that scores nothing; nil where it scores some queries.
    func error(under rankingProtocol: RankingProtocol) -> ScoringError? {
        let coverage = coverage(under: rankingProtocol)
        guard coverage.scoredCount == 0 else { return nil }
        let counts = RankingProtocol.allCases.map { ($0, self.coverage(under: $0).scoredCount) }
        return ScoringError(
            dataset: dataset, rankingProtocol: rankingProtocol, coverage: coverage, key: key,
            others: Dictionary(uniqueKeysWithValues: counts.filter { $0.1 > 0 }))
    }
}

extension Scoring {
    init(_ dataset: Dataset, query: [LabelledImage], gallery: [LabelledImage]) {
        self.init(
            dataset: dataset.rawValue,
            query: QuerySightings(query.map { Sighting(identity: $0.identity, camera: $0.camera) }),
            gallery: GallerySightings(gallery.map { Sighting(identity: $0.identity, camera: $0.camera) }))
    }
}

extension FoundDataset {
    /// What ranking the dataset's queries would come to: an error where none can be scored under the dataset's protocol,
    /// a warning where some are skipped.
    public var scoringFindings: [DatasetFinding] {
        labelledQueries.compactMap { split, query, gallery in
            let scoring = Scoring(dataset, query: query, gallery: gallery)
            let splits = [split] + (split.gallery.map { [$0] } ?? [])
            let rankingProtocol = dataset.rankingProtocol
            if let error = scoring.error(under: rankingProtocol) {
                let remedy = error.remedy.map { "; in an experiment, \($0) could" } ?? ""
                return DatasetFinding(.unscorable, splits, error.reason + remedy)
            }
            let coverage = scoring.coverage(under: rankingProtocol)
            let skipped = coverage.queryCount - coverage.scoredCount
            return skipped == 0
                ? nil
                : DatasetFinding(
                    .skippedQueries, splits,
                    "\(skipped) of \(counted(coverage.queryCount, "query")) without a match under '\(rankingProtocol.rawValue)', which skips "
                        + "them")
        }
    }
}
