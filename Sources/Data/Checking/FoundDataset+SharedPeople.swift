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

    /// What is to be said of splits that list fewer images than were published, as an archive that was unpacked half leaves
    /// them.
    ///
    /// - Complexity: One listing of each split.
    public func shortfalls(of splits: [DatasetSplit]) -> [String] {
        guard !isDrawn else { return [] }
        return splits.compactMap { split in
            guard let least = published(split).compactMap(\.images).min(), let found = try? listing(split).images.count,
                found < least
            else { return nil }
            return "\(dataset.rawValue) \(split.rawValue): \(found) of \(least) images that were published"
        }
    }
}
