// SPDX-License-Identifier: MIT

extension FoundDataset {
    /// What is to be said of people who are trained on and tested, once for each split of the test. Their images need not be
    /// there.
    ///
    /// - Complexity: One listing of all splits.
    public var sharedPeople: [DatasetFinding] {
        let listings = splits.compactMap { split in (try? listing(split)).map { (split, $0) } }
        return DatasetComparison(edition: edition, listings: listings, outcomes: [:]).identityFindings
    }

    /// What is to be said of a split that lists fewer images than were published, as an archive that was unpacked half leaves
    /// it.
    public func shortfall(of split: DatasetSplit, holding count: Int) -> String? {
        guard !isDrawn, let least = published(split).compactMap(\.images).min(), count < least else { return nil }
        return "\(dataset.rawValue) \(split.rawValue): \(count) of \(least) images that were published"
    }
}
